/** The events of the watch, each with the facts it carries: findings on their way to whoever must know. */
import { z } from 'zod';
import { eventIdOf, subjectOf } from '../../../core/events/cloud-event.ts';
import { defineEvent, toCloudEvent } from '../../../core/events/define-event.ts';
import { Severity } from '../../../core/events/severity.ts';
import { storableName } from '../../../core/model/names.ts';
import { isoTime } from '../../../core/time.ts';
import { BACKUP_DAMAGED, BACKUP_REPLACED, BackupFacts } from '../../recovery-points/events.ts';

/** Whether backups would bring the key back: all its versions, some of them, none; `excluded`: the settings leave it out. */
export const COVERAGES = ['complete', 'partial', 'none', 'excluded'] as const;
const Time = z.iso.datetime();
const Seconds = z.int().nonnegative();
const OnHsm = { hsm: z.string().min(1), severity: Severity };
const OnKey = { ...OnHsm, key: z.string().min(1) };

const CoverageFacts = {
  coverage: z.enum(COVERAGES),
  /** Versions in the newest good backup. */
  versionsCovered: z.int().nonnegative(),
  /** Versions the key is known to have had, at least: the versions of a deleted key cannot be listed. */
  versionsKnown: z.int().nonnegative(),
  backup: BackupFacts.exactOptional(),
};

/**
 * A word of the HSM's audit log. People read it, approvers among them, and others than the HSM can write what it came through: whoever
 * reads it there has it without what hides or moves other words.
 */
export const LogWord = z.string().overwrite((text) => storableName(text, 'a name that cannot be shown'));

/** Who did something, as far as the HSM's audit log says. */
export const Caller = z.strictObject({
  objectId: LogWord.exactOptional(),
  upn: LogWord.exactOptional(),
  appId: LogWord.exactOptional(),
  address: LogWord.exactOptional(),
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

function watchEvent<const Kind extends string, const Type extends string, Data extends z.ZodRawShape>(
  kind: Kind,
  type: Type,
  data: Data,
) {
  return defineEvent({
    kind,
    type,
    data: z.strictObject(data),
    subject: z.string().regex(/^hsms\/[^/]+(\/keys\/[^/]+)?$/),
  });
}

/** What the watch can find. */
export const WATCH_EVENTS = [
  watchEvent('key-deleted', 'HsmWarden.KeyDeleted', { ...DeletedFacts, deletedBy: Caller.exactOptional() }),
  watchEvent('purge-pending', 'HsmWarden.PurgePending', { ...DeletedFacts, thresholdSeconds: Seconds }),
  watchEvent('key-purged', 'HsmWarden.KeyPurged', {
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
  watchEvent('key-recovered', 'HsmWarden.KeyRecovered', { ...OnKey, deletedAt: Time }),
  watchEvent('key-brought-back-unapproved', 'HsmWarden.KeyBroughtBackUnapproved', {
    ...OnHsm,
    /** Absent when the HSM's record does not name it: a restore may not. */
    key: z.string().min(1).exactOptional(),
    action: z.enum(['restore', 'recover']),
    /** By the HSM's clock; absent when its record does not say when. */
    broughtBackAt: Time.exactOptional(),
    caller: Caller,
    /** Whether people decided on it: nobody; nobody, but they noted it as break glass; or that could not be found out. */
    approval: z.enum(['none', 'noted', 'unknown']),
    noted: z.strictObject({ by: z.string(), reason: z.string() }).exactOptional(),
    /** What a person should do now. */
    todo: z.string(),
  }),
  watchEvent('key-unprotected', 'HsmWarden.KeyUnprotected', { ...OnKey, createdAt: Time, since: Time }),
  watchEvent('backup-overdue', 'HsmWarden.BackupOverdue', {
    ...OnHsm,
    /** Absent when the whole HSM's run is overdue. */
    key: z.string().min(1).exactOptional(),
    dueAt: Time,
    lastBackupAt: Time.exactOptional(),
    reason: z.enum(['changed', 'too-old', 'no-run']),
  }),
  watchEvent('purge-protection-off', 'HsmWarden.PurgeProtectionOff', { ...OnHsm, recoveryLevel: z.string() }),
  watchEvent('retention-too-short', 'HsmWarden.RetentionTooShort', {
    ...OnHsm,
    days: z.int(),
    expectedDays: z.int(),
  }),
  watchEvent('restores-unproven', 'HsmWarden.RestoresUnproven', {
    ...OnHsm,
    /** No drill HSM is named for it; or one is, and no run of drills has ended there within the days of the guarantee. */
    reason: z.enum(['no-drill-hsm', 'no-drill']),
    since: Time,
    drillHsm: z.string().min(1).exactOptional(),
    /** When the last run of drills ended; absent before the first. */
    lastDrillAt: Time.exactOptional(),
    /** What a person should do now. */
    todo: z.string(),
  }),
  watchEvent('hsm-unreachable', 'HsmWarden.HsmUnreachable', {
    ...OnHsm,
    since: Time,
    code: z.string(),
    message: z.string(),
  }),
  watchEvent('key-used-while-deleted', 'HsmWarden.KeyUsedWhileDeleted', {
    ...OnKey,
    operation: LogWord,
    usedAt: Time,
    httpStatus: z.int(),
    caller: Caller,
    deletedAt: Time,
    scheduledPurgeAt: Time,
    secondsLeft: Seconds,
  }),
  watchEvent('heartbeat', 'HsmWarden.Heartbeat', {
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
] as const;

/** What can be in the outbox of a watch: its own findings, and what others find and put there. */
const POSTED = [...WATCH_EVENTS, BACKUP_DAMAGED, BACKUP_REPLACED] as const;
type Posted = (typeof POSTED)[number];
const [first, ...rest] = POSTED;

/** Any event that goes through the outbox of a watch. */
export const WatchEvent = z.discriminatedUnion('type', [first.schema, ...rest.map(({ schema }) => schema)]);
export type WatchEvent = z.infer<typeof WatchEvent>;

/** The name of a finding. */
type FindingKind = Posted['kind'];

/** The facts of the finding `Kind`. */
export type FindingData<Kind extends FindingKind> = z.infer<
  Extract<Posted, { readonly kind: Kind }>['schema']
>['data'];

/**
 * One finding. `discriminator` distinguishes this occurrence from any other of its kind on the same key; it is made of facts
 * that do not change from scan to scan, so a repeat has the same identifier.
 */
export type Finding = {
  [Kind in FindingKind]: {
    readonly kind: Kind;
    readonly discriminator: string;
    readonly data: FindingData<Kind>;
  };
}[FindingKind];

const TYPES = new Map<FindingKind, string>(POSTED.map(({ kind, type }) => [kind, type]));

/** The event that reports `finding`, found at `at` (epoch milliseconds). */
export function toEvent(finding: Finding, at: number): WatchEvent {
  const { kind, data } = finding;
  const key = 'key' in data ? data.key : undefined;
  return WatchEvent.parse(
    toCloudEvent({
      id: eventId(finding),
      type: TYPES.get(kind) ?? kind,
      subject: subjectOf(data.hsm, key),
      time: isoTime(at),
      data,
    }),
  );
}

/** The event's id: it depends on the finding's kind, HSM, key and discriminator alone, not on when it was found. */
export function eventId({ kind, discriminator, data }: Finding): string {
  const key = 'key' in data ? data.key : undefined;
  return eventIdOf(JSON.stringify([kind, data.hsm, key ?? null, discriminator]));
}
