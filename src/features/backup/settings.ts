/** The settings of the backup, and the configuration they make. */
import { z } from 'zod';
import type { KeySelection } from '../../core/model/selection.ts';
import { numberBetween, Schedule, Words } from '../../core/settings/kinds.ts';
import { setting, type Values } from '../../core/settings/setting.ts';
import { DAY_MS } from '../../core/time.ts';

/** A pattern with any other character matches no key: a mistake that would leave keys out, or in, without a word. */
const NamePatterns = Words.refine(
  (patterns) => patterns.every((pattern) => /^[0-9A-Za-z*-]+$/.test(pattern)),
  'expected letters, digits, hyphens and *',
);

/** By the name of their environment variable. */
export const BACKUP_SETTINGS = {
  WARDEN_SCHEDULE: setting(Schedule, {
    description: 'When the nightly run starts.',
    expected: 'six-field NCRONTAB text, UTC',
    default: '0 0 2 * * *',
  }),
  WARDEN_PACE: setting(numberBetween(0.1, 10, 'backups a second'), {
    description:
      'Key backups a second on each HSM that sets no pace of its own, all processes together. The service allows 10 a second to everybody; one more than this may start for changed and recovered keys.',
    expected: '0.1 to 10',
    default: '8',
  }),
  WARDEN_CONCURRENCY: setting(z.coerce.number().int().min(1).max(64), {
    description: 'Keys of one HSM under way at the same time.',
    expected: '1 to 64',
    otherwise: '16 shared by the HSMs, at least 4 each',
  }),
  WARDEN_REFRESH_DAYS: setting(numberBetween(1, 90, 'days'), {
    description: 'No backup grows older than this, even of an unchanged key.',
    expected: '1 to 90 days',
    default: '7',
  }),
  WARDEN_INCLUDE: setting(NamePatterns, {
    description: 'Only keys whose name matches one of these are backed up.',
    expected: 'names with `*`, separated by commas',
    otherwise: 'every key',
  }),
  WARDEN_EXCLUDE: setting(NamePatterns, {
    description: 'Keys whose name matches one of these are left out.',
    expected: 'names with `*`, separated by commas',
    otherwise: 'none',
  }),
  WARDEN_EXCLUDE_TAGS: setting(Words, {
    description: 'Keys that carry one of these tags are left out.',
    expected: '`tag` or `tag=value`, separated by commas',
    otherwise: 'none',
  }),
  // The list of 5000 keys alone takes some 200 requests; and host.json gives a function half an hour.
  WARDEN_BUDGET_SECONDS: setting(numberBetween(60, 1500, 'seconds'), {
    description:
      'After this long a worker hands over to its continuation, well under the functionTimeout of host.json.',
    expected: '60 to 1500 seconds',
    default: '600',
  }),
} as const;

/** What is read from these settings. Durations are milliseconds. */
export interface BackupConfig {
  readonly schedule: string;
  readonly concurrency: number;
  readonly refreshMs: number;
  readonly selection: KeySelection;
  readonly budgetMs: number;
}

/** The configuration, for `hsms` HSMs. */
export function backupConfig(values: Values<typeof BACKUP_SETTINGS>, hsms: number): BackupConfig {
  return {
    schedule: values.WARDEN_SCHEDULE,
    concurrency: values.WARDEN_CONCURRENCY ?? shareOfKeys(hsms),
    refreshMs: values.WARDEN_REFRESH_DAYS * DAY_MS,
    selection: {
      include: values.WARDEN_INCLUDE ?? [],
      exclude: values.WARDEN_EXCLUDE ?? [],
      excludeTags: values.WARDEN_EXCLUDE_TAGS ?? [],
    },
    budgetMs: values.WARDEN_BUDGET_SECONDS * 1000,
  };
}

/**
 * How many keys of each of `hsms` HSMs are under way at the same time: few enough for the memory of one process, and four hold a pace of
 * 10/s against answers as slow as recorded ones (docs/performance.md).
 */
export function shareOfKeys(hsms: number): number {
  return Math.max(4, Math.floor(16 / hsms));
}
