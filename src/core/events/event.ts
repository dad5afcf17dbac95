/** Findings as CloudEvents 1.0, with identifiers that a repeat shares. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isoTime } from '../time.ts';
import { FINDING_DATA, type Finding, type FindingKind } from './finding.ts';

/** The event type of each finding. */
export const EVENT_TYPES = {
  'key-deleted': 'HsmWarden.KeyDeleted',
  'purge-pending': 'HsmWarden.PurgePending',
  'key-purged': 'HsmWarden.KeyPurged',
  'key-recovered': 'HsmWarden.KeyRecovered',
  'key-unprotected': 'HsmWarden.KeyUnprotected',
  'backup-overdue': 'HsmWarden.BackupOverdue',
  'purge-protection-off': 'HsmWarden.PurgeProtectionOff',
  'retention-too-short': 'HsmWarden.RetentionTooShort',
  'hsm-unreachable': 'HsmWarden.HsmUnreachable',
  'key-used-while-deleted': 'HsmWarden.KeyUsedWhileDeleted',
  'backup-damaged': 'HsmWarden.BackupDamaged',
  heartbeat: 'HsmWarden.Heartbeat',
} as const satisfies Record<FindingKind, string>;

/** The `source` of every event: with `id` it makes an event unique (CloudEvents 1.0, section 3.1). */
const EVENT_SOURCE = '/hsm-warden';

function eventOf<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.strictObject({
    specversion: z.literal('1.0'),
    id: z.string().regex(/^[0-9a-f]{32}$/),
    type: z.literal(type),
    source: z.literal(EVENT_SOURCE),
    subject: z.string().regex(/^hsms\/[^/]+(\/keys\/[^/]+)?$/),
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json'),
    data,
  });
}

/** The schema of each event, by its finding. */
export const EVENTS = {
  'key-deleted': eventOf(EVENT_TYPES['key-deleted'], FINDING_DATA['key-deleted']),
  'purge-pending': eventOf(EVENT_TYPES['purge-pending'], FINDING_DATA['purge-pending']),
  'key-purged': eventOf(EVENT_TYPES['key-purged'], FINDING_DATA['key-purged']),
  'key-recovered': eventOf(EVENT_TYPES['key-recovered'], FINDING_DATA['key-recovered']),
  'key-unprotected': eventOf(EVENT_TYPES['key-unprotected'], FINDING_DATA['key-unprotected']),
  'backup-overdue': eventOf(EVENT_TYPES['backup-overdue'], FINDING_DATA['backup-overdue']),
  'purge-protection-off': eventOf(EVENT_TYPES['purge-protection-off'], FINDING_DATA['purge-protection-off']),
  'retention-too-short': eventOf(EVENT_TYPES['retention-too-short'], FINDING_DATA['retention-too-short']),
  'hsm-unreachable': eventOf(EVENT_TYPES['hsm-unreachable'], FINDING_DATA['hsm-unreachable']),
  'key-used-while-deleted': eventOf(
    EVENT_TYPES['key-used-while-deleted'],
    FINDING_DATA['key-used-while-deleted'],
  ),
  'backup-damaged': eventOf(EVENT_TYPES['backup-damaged'], FINDING_DATA['backup-damaged']),
  heartbeat: eventOf(EVENT_TYPES.heartbeat, FINDING_DATA.heartbeat),
} as const satisfies Record<FindingKind, z.ZodType>;

/** Any event of the product. */
export const WardenEvent = z.discriminatedUnion('type', [
  EVENTS['key-deleted'],
  EVENTS['purge-pending'],
  EVENTS['key-purged'],
  EVENTS['key-recovered'],
  EVENTS['key-unprotected'],
  EVENTS['backup-overdue'],
  EVENTS['purge-protection-off'],
  EVENTS['retention-too-short'],
  EVENTS['hsm-unreachable'],
  EVENTS['key-used-while-deleted'],
  EVENTS['backup-damaged'],
  EVENTS.heartbeat,
]);
export type WardenEvent = z.infer<typeof WardenEvent>;

/** The event that tells `finding`, found at `at` (epoch milliseconds). */
export function toEvent(finding: Finding, at: number): WardenEvent {
  const { kind, data } = finding;
  const key = 'key' in data ? data.key : undefined;
  return WardenEvent.parse({
    specversion: '1.0',
    id: eventId(finding),
    type: EVENT_TYPES[kind],
    source: EVENT_SOURCE,
    subject: key === undefined ? `hsms/${data.hsm}` : `hsms/${data.hsm}/keys/${key}`,
    time: isoTime(at),
    datacontenttype: 'application/json',
    data,
  });
}

/** 32 hex digits that depend on the finding's kind, HSM, key and discriminator alone: not on when it was found. */
export function eventId({ kind, discriminator, data }: Finding): string {
  const key = 'key' in data ? data.key : undefined;
  const identity = JSON.stringify([kind, data.hsm, key ?? null, discriminator]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
