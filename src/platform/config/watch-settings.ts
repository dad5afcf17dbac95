/** The settings of the watch, the verification, the audit feed and the events. */

import { z } from 'zod';
import { HOUR_MS } from '../../core/time.ts';
import { DEFAULT_THRESHOLDS_MS } from '../../features/watch/model/policy.ts';
import { numberBetween, Schedule, setting, Url } from './setting-kinds.ts';

const UNITS = { d: 24 * HOUR_MS, h: HOUR_MS } as const;

/** `30d,14d,6h` as milliseconds. */
const Thresholds = z.string().transform((text, context) => {
  const parsed = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((part) => {
      const match = /^(\d{1,4})([dh])$/.exec(part);
      const unit = match?.[2] === 'd' ? UNITS.d : UNITS.h;
      return match === null ? Number.NaN : Number(match[1]) * unit;
    });
  if (parsed.length > 0 && parsed.every((ms) => ms > 0 && ms <= 90 * UNITS.d)) return parsed;
  context.addIssue({ code: 'custom', message: 'expected times up to 90 days, like 30d,7d,6h' });
  return z.NEVER;
});

/** Settings by the name of their environment variable. */
export const WATCH_SETTINGS = {
  WARDEN_TOPIC_URL: setting(Url, {
    description: 'Endpoint of the Event Grid topic (CloudEvents 1.0 schema) that gets the events.',
    expected: 'an https URL (http only on loopback), e.g. `https://….eventgrid.azure.net/api/events`',
    default: 'none: events are only written to the log',
  }),
  WARDEN_TOPIC_KEY: setting(z.string().min(1), {
    description:
      'Access key of a local topic or Event Grid simulator that takes no tokens. In Azure the identity of the app publishes.',
    expected: 'a key, with WARDEN_TOPIC_URL on loopback only; never shown',
    default: 'none: a token is sent',
  }),
  WARDEN_WATCH_SCHEDULE: setting(Schedule, {
    description: 'When the watch looks at every HSM.',
    expected: 'six-field NCRONTAB text, UTC',
    default: '0 */15 * * * *',
  }),
  WARDEN_VERIFY_SCHEDULE: setting(Schedule, {
    description: 'When the verification of all stored backups starts.',
    expected: 'six-field NCRONTAB text, UTC',
    default: '0 0 5 * * *',
  }),
  WARDEN_BACKUP_RETENTION_DAYS: setting(numberBetween(1, 36500, 'days'), {
    description:
      'Age at which the lifecycle rule of the storage removes backups (`deleteAfterDays`): later the verification misses none of a key that is left out.',
    expected: '1 to 36500 days',
    default: '400',
  }),
  WARDEN_PURGE_THRESHOLDS: setting(Thresholds, {
    description: 'How long before its purge a deleted key is told about again.',
    expected: 'days and hours separated by commas, at most 90 days',
    default: '30d,14d,7d,3d,1d,6h',
  }),
  WARDEN_OVERDUE_GRACE_HOURS: setting(numberBetween(0, 48, 'hours'), {
    description: 'How long after it was due a backup may be missing before it counts as overdue.',
    expected: '0 to 48 hours',
    default: '3',
  }),
  WARDEN_UNPROTECTED_AFTER_MINUTES: setting(numberBetween(0, 2880, 'minutes'), {
    description:
      'How long a new key may be without a backup. Without an audit feed a new key waits for the nightly run: then set 1500.',
    expected: '0 to 2880 minutes',
    default: '60',
  }),
  WARDEN_MIN_RETENTION_DAYS: setting(numberBetween(7, 90, 'days'), {
    description: 'Shortest soft-delete retention of an HSM that is not reported.',
    expected: '7 to 90 days',
    default: '30',
  }),
  WARDEN_UNREACHABLE_AFTER_MINUTES: setting(numberBetween(0, 1440, 'minutes'), {
    description: 'How long an HSM may fail to answer the watch before that is reported.',
    expected: '0 to 1440 minutes',
    default: '10',
  }),
  WARDEN_AUDIT_HUB: setting(z.string().min(1), {
    description:
      'Event hub that gets the AuditEvent logs of the HSMs. Its connection is `AuditEvents__fullyQualifiedNamespace`.',
    expected: 'the name of an event hub',
    default: 'none: changes are found by the nightly run, deletions by the next look',
  }),
  WARDEN_AUDIT_CONSUMER_GROUP: setting(z.string().min(1), {
    description: 'Consumer group of that event hub.',
    expected: 'a name',
    default: '$Default',
  }),
} as const;

/** What is read from these settings. Durations are milliseconds. */
export interface WatchConfig {
  readonly topicUrl?: string;
  /** Set for a topic on loopback only. */
  readonly topicKey?: string;
  readonly schedule: string;
  readonly verifySchedule: string;
  readonly backupRetentionMs: number;
  readonly thresholdsMs: readonly number[];
  readonly overdueGraceMs: number;
  readonly unprotectedAfterMs: number;
  readonly minRetentionDays: number;
  readonly unreachableAfterMs: number;
  readonly audit?: { readonly hub: string; readonly consumerGroup: string };
}

/** The settings as parsed; what is absent takes its default. */
type Parsed = {
  readonly [Name in keyof typeof WATCH_SETTINGS]?:
    | z.infer<(typeof WATCH_SETTINGS)[Name]['schema']>
    | undefined;
};

/** Fills in the defaults. */
export function watchConfig(parsed: Parsed): WatchConfig {
  const hub = parsed.WARDEN_AUDIT_HUB;
  const topicUrl = parsed.WARDEN_TOPIC_URL;
  const topicKey = parsed.WARDEN_TOPIC_KEY;
  return {
    ...(topicUrl === undefined ? {} : { topicUrl }),
    ...(topicKey === undefined ? {} : { topicKey }),
    schedule: parsed.WARDEN_WATCH_SCHEDULE ?? '0 */15 * * * *',
    verifySchedule: parsed.WARDEN_VERIFY_SCHEDULE ?? '0 0 5 * * *',
    backupRetentionMs: (parsed.WARDEN_BACKUP_RETENTION_DAYS ?? 400) * 24 * HOUR_MS,
    thresholdsMs: parsed.WARDEN_PURGE_THRESHOLDS ?? DEFAULT_THRESHOLDS_MS,
    overdueGraceMs: (parsed.WARDEN_OVERDUE_GRACE_HOURS ?? 3) * HOUR_MS,
    unprotectedAfterMs: (parsed.WARDEN_UNPROTECTED_AFTER_MINUTES ?? 60) * 60_000,
    minRetentionDays: parsed.WARDEN_MIN_RETENTION_DAYS ?? 30,
    unreachableAfterMs: (parsed.WARDEN_UNREACHABLE_AFTER_MINUTES ?? 10) * 60_000,
    ...(hub === undefined
      ? {}
      : { audit: { hub, consumerGroup: parsed.WARDEN_AUDIT_CONSUMER_GROUP ?? '$Default' } }),
  };
}
