/** The home page: is every key safe, and since when do we know? Times in JSON are ISO 8601, in UTC. */
import { z } from 'zod';
import { Night } from './nights.ts';
import { Count, Coverage, FleetDoubt, Time } from './parts.ts';
import { TroubledRequest, WaitingRequest } from './requests.ts';
import { HeldUp } from './settings.ts';

const Verdict = z.enum(['safe', 'at-risk', 'unknown']);

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
  drills: z
    .strictObject({
      proven: Count,
      metadataOnly: Count,
      earlier: Count,
      undrilled: Count,
      failed: Count,
      blocked: Count,
      overdue: Count,
    })
    .meta({
      description: 'Keys by what drills have proven of their newest recovery points; absent if unreadable',
    })
    .exactOptional(),
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
  fleetDoubt: FleetDoubt.exactOptional(),
  waiting: z.strictObject({
    count: Count,
    unknown: z.string().exactOptional(),
    items: z.array(WaitingRequest),
  }),
  ended: z
    .strictObject({ count: Count, unknown: z.string().exactOptional(), items: z.array(TroubledRequest) })
    .meta({ description: 'Of the last 7 days: failed, or not every version is verified; newest first' }),
  channels: z
    .array(
      z.strictObject({
        channel: z.string(),
        heldUp: HeldUp.exactOptional(),
        unknown: z.string().exactOptional(),
      }),
    )
    .meta({ description: 'Channels to people on which messages are held up, or of which nothing is known' }),
  nights: z.array(Night),
});
export type Home = z.infer<typeof Home>;
