/** The settings of the watch, and the configuration they make. */
import { z } from 'zod';
import { numberBetween, Schedule } from '../../core/settings/kinds.ts';
import { setting, type Values } from '../../core/settings/setting.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import type { BackupConfig } from '../backup/settings.ts';
import { REPLICATION_MS, type WatchPolicy } from './model/policy.ts';

const UNITS = { d: DAY_MS, h: HOUR_MS } as const;

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

/** By the name of their environment variable. */
export const WATCH_SETTINGS = {
  WARDEN_WATCH_SCHEDULE: setting(Schedule, {
    description: 'When the watch scans every HSM.',
    expected: 'six-field NCRONTAB text, UTC',
    default: '0 */15 * * * *',
  }),
  WARDEN_PURGE_THRESHOLDS: setting(Thresholds, {
    description: 'How long before its purge a deleted key is reported again.',
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
} as const;

/** What is read from these settings. Durations are milliseconds. */
export interface WatchConfig {
  readonly schedule: string;
  readonly thresholdsMs: readonly number[];
  readonly overdueGraceMs: number;
  readonly unprotectedAfterMs: number;
  readonly minRetentionDays: number;
  readonly unreachableAfterMs: number;
}

/** The configuration. */
export function watchConfig(values: Values<typeof WATCH_SETTINGS>): WatchConfig {
  return {
    schedule: values.WARDEN_WATCH_SCHEDULE,
    thresholdsMs: values.WARDEN_PURGE_THRESHOLDS,
    overdueGraceMs: values.WARDEN_OVERDUE_GRACE_HOURS * HOUR_MS,
    unprotectedAfterMs: values.WARDEN_UNPROTECTED_AFTER_MINUTES * MINUTE_MS,
    minRetentionDays: values.WARDEN_MIN_RETENTION_DAYS,
    unreachableAfterMs: values.WARDEN_UNREACHABLE_AFTER_MINUTES * MINUTE_MS,
  };
}

/** The rules of the watch by these settings and those of the backup. */
export function watchPolicy({
  watch,
  selection,
  schedule,
  refreshMs,
}: Pick<BackupConfig, 'selection' | 'schedule' | 'refreshMs'> & {
  readonly watch: WatchConfig;
}): WatchPolicy {
  const { thresholdsMs, overdueGraceMs, unprotectedAfterMs, minRetentionDays, unreachableAfterMs } = watch;
  return {
    thresholdsMs,
    selection,
    schedule,
    graceMs: overdueGraceMs,
    refreshMs,
    unprotectedAfterMs,
    minRetentionDays,
    unreachableAfterMs,
    settlingMs: REPLICATION_MS,
  };
}
