/** What the watch can find, each with the facts it is told with. The event schemas are made from these types. */
import { z } from 'zod';

/** How much a finding matters, mildest first. */
export const SEVERITIES = ['info', 'notice', 'warning', 'high', 'critical'] as const;
export const Severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

/** Whether backups would bring the key back: all its versions, some of them, none; `excluded`: the settings leave it out. */
export const COVERAGES = ['complete', 'partial', 'none', 'excluded'] as const;
const Time = z.iso.datetime();
const Seconds = z.int().nonnegative();
const OnHsm = { hsm: z.string().min(1), severity: Severity };
const OnKey = { ...OnHsm, key: z.string().min(1) };

/** The newest good backup of a key, by its name in the store. */
const BackupFacts = z.strictObject({
  blob: z.string().min(1),
  versionId: z.string().exactOptional(),
  capturedAt: Time,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupFacts = z.infer<typeof BackupFacts>;

const CoverageFacts = {
  coverage: z.enum(COVERAGES),
  /** Versions in the newest good backup. */
  versionsCovered: z.int().nonnegative(),
  /** Versions the key is known to have had, at least: the versions of a deleted key cannot be listed. */
  versionsKnown: z.int().nonnegative(),
  backup: BackupFacts.exactOptional(),
};

/** Who did something, as far as the HSM's audit log says. */
export const Caller = z.strictObject({
  objectId: z.string().exactOptional(),
  upn: z.string().exactOptional(),
  appId: z.string().exactOptional(),
  address: z.string().exactOptional(),
});
export type Caller = z.infer<typeof Caller>;

const DeletedFacts = {
  ...OnKey,
  deletedAt: Time,
  scheduledPurgeAt: Time,
  secondsLeft: Seconds,
  recoveryLevel: z.string().exactOptional(),
  /** What can be done now, and what once the key is purged. */
  recoverable: z.literal('recover'),
  afterPurge: z.enum(['restore', 'lost']),
  ...CoverageFacts,
};

/** The facts of each finding, by its name. */
export const FINDING_DATA = {
  'key-deleted': z.strictObject({ ...DeletedFacts, deletedBy: Caller.exactOptional() }),
  'purge-pending': z.strictObject({ ...DeletedFacts, thresholdSeconds: Seconds }),
  'key-purged': z.strictObject({
    ...OnKey,
    recoverable: z.enum(['restore', 'lost']),
    foundBy: z.enum(['look', 'audit-log', 'catalogue']),
    /** Not proven: a younger key is in its place, and the same key recovered and rotated meanwhile would look alike. */
    presumed: z.literal(true).exactOptional(),
    noticedAt: Time,
    deletedAt: Time.exactOptional(),
    scheduledPurgeAt: Time.exactOptional(),
    purgedBy: Caller.exactOptional(),
    ...CoverageFacts,
  }),
  'key-recovered': z.strictObject({ ...OnKey, deletedAt: Time }),
  'key-unprotected': z.strictObject({ ...OnKey, createdAt: Time, since: Time }),
  'backup-overdue': z.strictObject({
    ...OnHsm,
    /** Absent when the whole HSM's run is overdue. */
    key: z.string().min(1).exactOptional(),
    dueAt: Time,
    lastBackupAt: Time.exactOptional(),
    reason: z.enum(['changed', 'too-old', 'no-run']),
  }),
  'purge-protection-off': z.strictObject({ ...OnHsm, recoveryLevel: z.string() }),
  'retention-too-short': z.strictObject({ ...OnHsm, days: z.int(), expectedDays: z.int() }),
  'hsm-unreachable': z.strictObject({ ...OnHsm, since: Time, code: z.string(), message: z.string() }),
  'key-used-while-deleted': z.strictObject({
    ...OnKey,
    operation: z.string(),
    usedAt: Time,
    httpStatus: z.int(),
    caller: Caller,
    deletedAt: Time,
    scheduledPurgeAt: Time,
    secondsLeft: Seconds,
  }),
  'backup-damaged': z.strictObject({
    ...OnKey,
    blob: z.string(),
    reason: z.string(),
    capturedAt: Time,
    noticedAt: Time,
    expectedSha256: z.string(),
    /** Another good backup of the key, if there is one. */
    backup: BackupFacts.exactOptional(),
  }),
  heartbeat: z.strictObject({
    ...OnHsm,
    ok: z.boolean(),
    lookedAt: Time,
    activeKeys: z.int(),
    deletedKeys: z.int(),
    /** Conditions that still hold, by finding; an absent one has none. */
    open: z.record(z.string(), z.int()),
    /** Age of the oldest newest-backup among the keys that should have one. */
    oldestBackupSeconds: Seconds.exactOptional(),
    /** Events accepted so far by no topic; the heartbeat's own batch is not counted. */
    waitingEvents: z.int(),
  }),
} as const;

/** The name of a finding. */
export type FindingKind = keyof typeof FINDING_DATA;

/** The facts of the finding `Kind`. */
export type FindingData<Kind extends FindingKind> = z.infer<(typeof FINDING_DATA)[Kind]>;

/**
 * One finding. `discriminator` tells this occurrence from any other of its kind on the same key; it is made of facts
 * that do not change from look to look, so a repeat has the same identifier.
 */
export type Finding = {
  [Kind in FindingKind]: {
    readonly kind: Kind;
    readonly discriminator: string;
    readonly data: FindingData<Kind>;
  };
}[FindingKind];
