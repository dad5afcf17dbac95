/** What the console is answered. Times in JSON are ISO 8601, in UTC. */
import { z } from 'zod';

const Time = z.iso.datetime();
const Count = z.int().nonnegative();
const Coverage = z.enum(['complete', 'partial', 'none', 'excluded']);
const Verdict = z.enum(['safe', 'at-risk', 'unknown']);

/** What a page needs to let somebody sign in. It holds no secret. */
export const SignInConfig = z.strictObject({
  authority: z.string(),
  knownAuthorities: z.array(z.string()),
  protocolMode: z.enum(['AAD', 'OIDC']),
  clientId: z.string(),
  scope: z.string(),
  authorityMetadata: z.string().exactOptional(),
  local: z.boolean(),
  approvalSignInMinutes: z.number(),
});
export type SignInConfig = z.infer<typeof SignInConfig>;

/** Who calls. */
export const Me = z.strictObject({
  name: z.string(),
  id: z.string(),
  roles: z.array(z.string()),
  groups: z.array(z.string()),
  groupsUnknown: z.boolean(),
  signedInAt: Time.exactOptional(),
  contexts: z.array(z.string()),
  can: z.strictObject({
    read: z.boolean(),
    request: z.boolean(),
    approve: z.boolean(),
    audit: z.boolean(),
  }),
});
export type Me = z.infer<typeof Me>;

/** A request in a line. */
export const WaitingRequest = z.strictObject({
  id: z.string(),
  state: z.string(),
  action: z.string(),
  hsm: z.string(),
  key: z.string(),
  requester: z.string(),
  approvals: Count,
  approvalsNeeded: Count,
  expiresAt: Time,
});
export type WaitingRequest = z.infer<typeof WaitingRequest>;

/** One run over an HSM. */
export const NightRun = z.strictObject({
  hsm: z.string(),
  runId: z.string(),
  state: z.enum(['running', 'paused', 'succeeded', 'partial', 'rebuilt']),
  startedAt: Time,
  endedAt: Time.exactOptional(),
  counts: z.strictObject({
    keys: Count,
    backedUp: Count,
    unchanged: Count,
    skipped: Count,
    vanished: Count,
    refused: Count,
    failed: Count,
  }),
});
export type NightRun = z.infer<typeof NightRun>;

/** The runs that began on one day (UTC). */
export const Night = z.strictObject({ date: z.iso.date(), runs: z.array(NightRun) });
export type Night = z.infer<typeof Night>;

/** What drills have proven of the keys of one HSM. Without `lastAt` no drill is known: its restores are unproven. */
export const DrillHsm = z.strictObject({
  hsm: z.string(),
  proven: Count,
  /** Restored and compared, but not used. */
  metadataOnly: Count,
  failed: Count,
  blocked: Count,
  lastAt: Time.exactOptional(),
  oldestProofAt: Time.exactOptional(),
  /** How long a restore takes: half of them no longer than `p50`, 95 of 100 no longer than `p95`. Milliseconds. */
  restoreMs: z.strictObject({ p50: Count, p95: Count }).exactOptional(),
  /** Why nothing can be said. */
  unknown: z.string().exactOptional(),
});
export type DrillHsm = z.infer<typeof DrillHsm>;

/** The last drill of a key. */
export const DrilledKey = z.strictObject({
  hsm: z.string(),
  key: z.string(),
  verdict: z.enum(['proven', 'metadata-only', 'failed', 'blocked']),
  drilledAt: Time,
  /** When a drill last proved something of it. */
  provenAt: Time.exactOptional(),
  reasons: z.array(z.string()),
});
export type DrilledKey = z.infer<typeof DrilledKey>;

/** A page of drilled keys. */
export const DrillPage = z.strictObject({
  hsms: z.array(DrillHsm),
  items: z.array(DrilledKey),
  total: Count,
  next: z.string().exactOptional(),
});
export type DrillPage = z.infer<typeof DrillPage>;

const Trouble = z.strictObject({ code: z.string(), message: z.string(), advice: z.string().exactOptional() });

/** One HSM on the home page. */
export const HomeHsm = z.strictObject({
  hsm: z.string(),
  verdict: Verdict,
  why: z.string().exactOptional(),
  sealed: z.boolean(),
  judgedAt: Time.exactOptional(),
  staleAfter: Time.exactOptional(),
  counts: z
    .strictObject({
      active: Count,
      covered: Count,
      excluded: Count,
      deleted: Count,
      restorable: Count,
      risks: Count,
      lost: Count,
      acknowledged: Count,
    })
    .exactOptional(),
  scannedAt: Time.exactOptional(),
  verifiedAt: Time.exactOptional(),
  drilledAt: Time.exactOptional(),
  oldestBackupAt: Time.exactOptional(),
  lastRun: z
    .strictObject({
      runId: z.string(),
      state: z.enum(['succeeded', 'partial']),
      startedAt: Time,
      endedAt: Time,
    })
    .exactOptional(),
  risks: z.array(z.strictObject({ key: z.string(), risk: z.string(), detail: z.string() })),
  lost: z.array(
    z.strictObject({
      key: z.string(),
      lost: z.enum(['key', 'newest-version']),
      finding: z.string().exactOptional(),
      noticedAt: Time.exactOptional(),
    }),
  ),
  deleted: z.array(
    z.strictObject({
      key: z.string(),
      deletedAt: Time,
      purgeAt: Time,
      coverage: Coverage,
      versionsCovered: Count,
      versionsKnown: Count,
      deletedBy: z.string().exactOptional(),
    }),
  ),
  warnings: z.array(z.string()),
  trouble: Trouble.exactOptional(),
});
export type HomeHsm = z.infer<typeof HomeHsm>;

/** The home page. */
export const Home = z.strictObject({
  now: Time,
  verdict: Verdict,
  sentence: z.string(),
  sealed: z.boolean(),
  judgedAt: Time.exactOptional(),
  gate: z.strictObject({ armed: z.boolean(), problems: z.array(z.string()) }),
  hsms: z.array(HomeHsm),
  waiting: z.strictObject({
    count: Count,
    unknown: z.string().exactOptional(),
    items: z.array(WaitingRequest),
  }),
  nights: z.array(Night),
});
export type Home = z.infer<typeof Home>;

/** How old what is said of an HSM's keys is. */
export const AsOf = z.strictObject({
  hsm: z.string(),
  judgedAt: Time.exactOptional(),
  stale: z.boolean(),
  why: z.string().exactOptional(),
});
export type AsOf = z.infer<typeof AsOf>;

/** A key in a list. */
export const KeyLine = z.strictObject({
  hsm: z.string(),
  key: z.string(),
  state: z.enum(['active', 'deleted', 'purged', 'restorable']),
  word: z.enum(['safe', 'excluded', 'at-risk', 'lost']),
  risk: z.string().exactOptional(),
  detail: z.string().exactOptional(),
  coverage: Coverage,
  versionsCovered: Count,
  versionsKnown: Count,
  backupAt: Time.exactOptional(),
  backup: z.string().exactOptional(),
  createdAt: Time.exactOptional(),
  deletedAt: Time.exactOptional(),
  purgeAt: Time.exactOptional(),
  deletedBy: z.string().exactOptional(),
  finding: z.string().exactOptional(),
  request: z.strictObject({ id: z.string(), state: z.string() }).exactOptional(),
});
export type KeyLine = z.infer<typeof KeyLine>;

/** A page of keys. */
export const KeyPage = z.strictObject({
  items: z.array(KeyLine),
  total: Count,
  next: z.string().exactOptional(),
  asOf: z.array(AsOf),
});
export type KeyPage = z.infer<typeof KeyPage>;

/** Something that happened to a key. */
export const TimelineEvent = z.strictObject({
  at: Time,
  kind: z.enum([
    'version',
    'backup',
    'damage',
    'deleted',
    'use-while-deleted',
    'purged',
    'requested',
    'approved',
    'rejected',
    'cancelled',
    'expired',
    'recovered',
    'failed',
    'drill',
  ]),
  text: z.string(),
  by: z.string().exactOptional(),
  blob: z.string().exactOptional(),
  version: z.string().exactOptional(),
  recoveryId: z.string().exactOptional(),
  sealed: z.boolean().exactOptional(),
  damaged: z.boolean().exactOptional(),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;

/** A backup of the key whose page it is on. */
export const KeyBackup = z.strictObject({
  blob: z.string(),
  capturedAt: Time,
  bytes: Count,
  versions: Count,
  sealed: z.boolean().nullable().meta({ description: 'null where no seals are configured' }),
  why: z.string().exactOptional(),
  damaged: z.boolean(),
  newest: z.boolean(),
});
export type KeyBackup = z.infer<typeof KeyBackup>;

/** The page of one key. */
export const KeyStory = z.strictObject({
  line: KeyLine,
  asOf: AsOf,
  timeline: z.array(TimelineEvent),
  truncated: z.boolean(),
  backups: z.array(KeyBackup),
  requests: z.array(WaitingRequest),
  unknown: z.array(z.string()),
});
export type KeyStory = z.infer<typeof KeyStory>;

/** What waits for whoever asks. */
export const InboxItem = z.strictObject({
  kind: z.enum(['approve', 'wait', 'acknowledge', 'rearm']),
  text: z.string(),
  hsm: z.string().exactOptional(),
  key: z.string().exactOptional(),
  id: z.string().exactOptional(),
  until: Time.exactOptional(),
  path: z.string(),
});
export type InboxItem = z.infer<typeof InboxItem>;

/** One run with a page of its keys. */
export const NightDetail = z.strictObject({
  run: NightRun.extend({ parts: Count, retries: Count, throttles: Count }),
  causes: z.array(z.strictObject({ code: z.string(), count: Count, example: z.string() })),
  items: z.array(
    z.strictObject({
      key: z.string(),
      outcome: z.string(),
      reason: z.string().exactOptional(),
      error: z.strictObject({ code: z.string(), message: z.string() }).exactOptional(),
      versions: Count.exactOptional(),
      durationMs: z.number().exactOptional(),
    }),
  ),
  total: Count,
  next: z.string().exactOptional(),
});
export type NightDetail = z.infer<typeof NightDetail>;

/** What is configured. */
export const SettingsView = z.strictObject({
  hsms: z.array(z.strictObject({ name: z.string(), url: z.string(), resource: z.string().exactOptional() })),
  settings: z.array(
    z.strictObject({
      name: z.string(),
      value: z.string().nullable(),
      isDefault: z.boolean(),
      secret: z.boolean(),
      description: z.string(),
      area: z.string(),
    }),
  ),
  gate: z.strictObject({
    armed: z.boolean(),
    override: z.boolean(),
    checkedAt: Time,
    problems: z.array(z.string()),
  }),
  policy: z.strictObject({
    approvals: Count,
    groups: z.array(z.string()),
    hours: z.number(),
    rules: z.array(
      z.strictObject({
        pattern: z.string(),
        approvals: Count,
        groups: z.array(z.string()),
        hours: z.number(),
      }),
    ),
  }),
  signIn: z.strictObject({ approvalMinutes: z.number(), contexts: z.record(z.string(), z.string()) }),
  seals: z.boolean(),
});
export type SettingsView = z.infer<typeof SettingsView>;
