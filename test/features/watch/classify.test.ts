import { describe, expect, it } from 'vitest';
import type { ListedKey } from '../../../src/core/model/key.ts';
import type { LastRun } from '../../../src/features/backup/last-run.ts';
import { classifyActive } from '../../../src/features/watch/judge/classify-active.ts';
import { classifyHsm } from '../../../src/features/watch/judge/classify-hsm.ts';
import { judgeCoverage } from '../../../src/features/watch/model/coverage.ts';
import type { ActiveKey } from '../../../src/features/watch/model/watch-state.ts';
import { CREATED, catalogueEntry, listedKey } from '../../support/listed-key.ts';
import { aWatchPolicy, DAY_MS, HOUR_MS, MINUTE_MS } from '../../support/watch-world.ts';

const TWO_AT_NIGHT = CREATED + 2 * HOUR_MS;
const GRACE_MS = 3 * HOUR_MS;
const KNOWN: ActiveKey = { state: 'active', createdAt: CREATED };

function at(now: number, change = {}) {
  return { hsm: 'contoso', now, policy: aWatchPolicy(change) };
}

describe('an active key', () => {
  it.each([
    ['just before', HOUR_MS - 1, []],
    ['at', HOUR_MS, ['key-unprotected']],
    ['after', HOUR_MS + 1, ['key-unprotected']],
  ])('without a backup, %s the hour it may be without one', (_name, age, kinds) => {
    const { findings } = classifyActive(at(CREATED + age), listedKey(), KNOWN, undefined);
    expect(findings.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('without a backup is reported once, however often it is rotated', () => {
    const first = classifyActive(at(CREATED + MINUTE_MS), listedKey(), KNOWN, undefined);
    const rotated = listedKey({ createdAt: CREATED + HOUR_MS });
    const second = classifyActive(at(CREATED + HOUR_MS), rotated, first.known, undefined);
    const third = classifyActive(at(CREATED + DAY_MS), rotated, second.known, undefined);

    expect([first, second, third].map(({ findings }) => findings.length)).toEqual([0, 1, 0]);
  });

  it('that has its backup again is reported again when it is without one again', () => {
    const lacking = classifyActive(at(CREATED + HOUR_MS), listedKey(), KNOWN, undefined);
    const backed = classifyActive(at(CREATED + HOUR_MS), listedKey(), lacking.known, catalogueEntry());

    expect(backed.known).toEqual(KNOWN);
  });

  it('that the settings leave out needs no backup', () => {
    const selection = { include: [], exclude: ['ord*'], excludeTags: [] };
    const { findings } = classifyActive(at(CREATED + DAY_MS, { selection }), listedKey(), KNOWN, undefined);
    expect(findings).toEqual([]);
  });

  it.each([
    ['just before', GRACE_MS, []],
    ['after', GRACE_MS + 1, ['changed']],
  ])('changed at one at night and not in the run at two, %s five', (_name, ms, reasons) => {
    const changed = listedKey({ updatedAt: CREATED + HOUR_MS });
    const { findings } = classifyActive(at(TWO_AT_NIGHT + ms), changed, KNOWN, catalogueEntry());
    expect(findings.map(({ data }) => 'reason' in data && data.reason)).toEqual(reasons);
  });

  it.each([
    ['just before', 0, []],
    ['after', 1, ['too-old']],
  ])('unchanged, %s its backup is a week and the grace time old', (_name, ms, reasons) => {
    const entry = catalogueEntry();
    const now = entry.record.capturedAt + 7 * DAY_MS + GRACE_MS + ms;
    const { findings } = classifyActive(at(now), listedKey(), KNOWN, entry);
    expect(findings.map(({ data }) => 'reason' in data && data.reason)).toEqual(reasons);
  });

  it('overdue is reported once while it lasts', () => {
    const changed = listedKey({ updatedAt: CREATED + HOUR_MS });
    const first = classifyActive(at(CREATED + DAY_MS), changed, KNOWN, catalogueEntry());
    const second = classifyActive(at(CREATED + 9 * DAY_MS), changed, first.known, catalogueEntry());
    expect([first.findings.length, second.findings.length]).toEqual([1, 0]);
  });
});

describe('coverage', () => {
  it.each([
    ['no backup', undefined, undefined, 'none', 0, 1],
    ['a backup of the newest version', catalogueEntry(), undefined, 'complete', 1, 1],
    [
      'a backup older than the newest version',
      catalogueEntry({ createdAt: CREATED - 1 }),
      undefined,
      'partial',
      1,
      2,
    ],
    ['a backup of an earlier key of that name', catalogueEntry(), 'b'.repeat(32), 'none', 0, 1],
    ['a backup of this key, the name being used again', catalogueEntry(), 'a'.repeat(32), 'complete', 1, 1],
  ])('with %s', (_name, entry, oldest, coverage, covered, known) => {
    expect(judgeCoverage(CREATED, entry, oldest)).toMatchObject({
      coverage,
      versionsCovered: covered,
      versionsKnown: known,
    });
  });
});

describe('an HSM', () => {
  const run: LastRun = {
    format: 1,
    hsm: 'contoso',
    runId: 'r',
    state: 'succeeded',
    startedAt: TWO_AT_NIGHT,
    endedAt: TWO_AT_NIGHT + HOUR_MS,
  };

  function judge(now: number, key: ListedKey | undefined, lastRun: LastRun | undefined, before = {}) {
    const active = new Map(key === undefined ? [] : [[key.name, key]]);
    return classifyHsm(
      at(now, { minRetentionDays: 30 }),
      before,
      { active, deleted: new Map() },
      { lastRun, watchingSince: CREATED },
    );
  }

  function keyOf(recoveryLevel: string, recoverableDays: number): ListedKey {
    const key = listedKey();
    return { ...key, attributes: { ...key.attributes, recoveryLevel, recoverableDays } };
  }

  it.each([
    ['Recoverable', 90, []],
    ['CustomizedRecoverable', 30, []],
    ['CustomizedRecoverable', 29, ['retention-too-short']],
    ['Recoverable+Purgeable', 90, ['purge-protection-off']],
    ['CustomizedRecoverable+Purgeable', 7, ['purge-protection-off', 'retention-too-short']],
  ])('with %s and %d days', (level, days, kinds) => {
    const { findings, conditions } = judge(CREATED + 1, keyOf(level, days), undefined);
    expect(findings.map(({ kind }) => kind)).toEqual(kinds);
    expect(judge(CREATED + 2, keyOf(level, days), undefined, conditions).findings).toEqual([]);
  });

  it('without a key says nothing new of its protection', () => {
    const { conditions } = judge(CREATED + 1, keyOf('Recoverable+Purgeable', 90), undefined);
    expect(judge(CREATED + 2, undefined, undefined, conditions).conditions).toEqual(conditions);
  });

  it.each([
    ['whose first run is not due yet', undefined, TWO_AT_NIGHT, []],
    ['whose first run has the grace time still', undefined, TWO_AT_NIGHT + GRACE_MS, []],
    ['whose first run never ended', undefined, TWO_AT_NIGHT + GRACE_MS + 1, ['no-run']],
    ['whose run ended', run, TWO_AT_NIGHT + DAY_MS + GRACE_MS, []],
    ['whose next run did not end', run, TWO_AT_NIGHT + DAY_MS + GRACE_MS + 1, ['no-run']],
    [
      'whose timer fired a little early',
      { ...run, startedAt: TWO_AT_NIGHT - 900 },
      TWO_AT_NIGHT + GRACE_MS + 1,
      [],
    ],
  ])('%s', (_name, lastRun, now, reasons) => {
    const { findings } = judge(now, undefined, lastRun);
    expect(findings.map(({ data }) => 'reason' in data && data.reason)).toEqual(reasons);
  });
});
