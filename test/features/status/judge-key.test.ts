import { describe, expect, it } from 'vitest';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { overallVerdict } from '../../../src/features/status/hsm-status.ts';
import {
  judgeActive,
  judgeDeleted,
  type KeyContext,
  riskOfDeleted,
} from '../../../src/features/status/judge-key.ts';
import { DEFAULT_THRESHOLDS_MS } from '../../../src/features/watch/model/policy.ts';
import { CREATED, catalogueEntry, listedKey } from '../../support/listed-key.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const policy = {
  thresholdsMs: DEFAULT_THRESHOLDS_MS,
  selection: EVERY_KEY,
  schedule: '0 0 2 * * *',
  graceMs: 3 * HOUR,
  refreshMs: 7 * DAY,
  unprotectedAfterMs: HOUR,
  minRetentionDays: 30,
  unreachableAfterMs: HOUR,
  settlingMs: 0,
};
const captured = CREATED + HOUR;

function context(change: Partial<KeyContext> = {}): KeyContext {
  const entry = catalogueEntry({ capturedAt: captured });
  return {
    now: captured,
    policy,
    entry,
    oldestVersion: undefined,
    damaged: false,
    missing: false,
    ...change,
  };
}

function riskOf(...args: Parameters<typeof judgeActive>): string {
  const judged = judgeActive(...args);
  return typeof judged === 'string' ? judged : judged.risk;
}

describe('an active key', () => {
  const dueAt = captured + 7 * DAY;
  it.each([
    ['with a backup of its newest version is covered', listedKey(), {}, 'covered'],
    ['without a backup is at risk', listedKey(), { entry: undefined }, 'no-backup'],
    [
      'whose backup is of another key of that name is at risk',
      listedKey(),
      { oldestVersion: 'b'.repeat(32) },
      'no-backup',
    ],
    ['whose backup is damaged is at risk', listedKey(), { damaged: true }, 'backup-damaged'],
    ['whose backup is not in the store is at risk', listedKey(), { missing: true }, 'backup-missing'],
    [
      'with a newer version is at risk',
      listedKey({ createdAt: CREATED + 1000 }),
      {},
      'newest-version-not-backed-up',
    ],
    [
      'that the settings leave out is excluded',
      listedKey(),
      { policy: { ...policy, selection: { ...EVERY_KEY, exclude: ['ord*'] } } },
      'excluded',
    ],
    [
      'is covered just before the grace of its due backup ends',
      listedKey(),
      { now: dueAt + policy.graceMs - 1 },
      'covered',
    ],
    ['is covered at the end of the grace', listedKey(), { now: dueAt + policy.graceMs }, 'covered'],
    ['is at risk just after it', listedKey(), { now: dueAt + policy.graceMs + 1 }, 'backup-too-old'],
  ])('%s', (_case, key, change, expected) => {
    expect(riskOf(key, context(change))).toBe(expected);
  });
});

describe('a soft-deleted key', () => {
  const deleted = { ...listedKey(), deletedAt: captured, scheduledPurgeAt: captured + 90 * DAY };
  it.each([
    ['with a whole backup is no risk', {}, 'complete', undefined],
    ['without a backup would be lost', { entry: undefined }, 'none', 'deleted-without-backup'],
    ['whose backup is not in the store would be lost', { missing: true }, 'none', 'deleted-without-backup'],
    ['whose backup is damaged would be lost', { damaged: true }, 'none', 'deleted-without-backup'],
    [
      'that the settings leave out is given up on purpose',
      { entry: undefined, policy: { ...policy, selection: { ...EVERY_KEY, exclude: ['*'] } } },
      'excluded',
      undefined,
    ],
  ])('%s', (_case, change, coverage, risk) => {
    const judged = judgeDeleted(deleted, context(change));
    expect(judged.coverage).toBe(coverage);
    expect(riskOfDeleted(judged)?.risk).toBe(risk);
  });

  it.each([
    [-1, 1],
    [0, 0],
    [1, 0],
  ])('has a countdown that ends at zero (%i ms after its purge was due)', (late, left) => {
    expect(judgeDeleted(deleted, context({ now: deleted.scheduledPurgeAt + late })).leftMs).toBe(left);
  });
});

describe('the verdict over several HSMs', () => {
  it.each([
    [['safe', 'safe'], 'safe'],
    [['safe', 'unknown'], 'unknown'],
    [['unknown', 'at-risk'], 'at-risk'],
    [[], 'unknown'],
  ] as const)('of %j is %s', (verdicts, expected) => {
    expect(overallVerdict(verdicts.map((verdict) => ({ verdict })))).toBe(expected);
  });
});
