import { describe, expect, it } from 'vitest';
import type { ListedDeletedKey, ListedKey } from '../../../src/core/model/key.ts';
import type { LastRun } from '../../../src/features/backup/last-run.ts';
import { classifyActive } from '../../../src/features/watch/judge/classify-active.ts';
import { beginDeletion, classifyDeleted } from '../../../src/features/watch/judge/classify-deleted.ts';
import { classifyHsm } from '../../../src/features/watch/judge/classify-hsm.ts';
import {
  backupFacts,
  coverageOfUnseen,
  excuse,
  judgeCoverage,
} from '../../../src/features/watch/model/coverage.ts';
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

describe('a deleted key', () => {
  const DELETED_AT = CREATED + DAY_MS;
  const PURGE_AT = DELETED_AT + 90 * DAY_MS;
  const key: ListedDeletedKey = { ...listedKey(), deletedAt: DELETED_AT, scheduledPurgeAt: PURGE_AT };
  const deletedBy = { upn: 'mallory@contoso.com' };
  const FACTS = {
    hsm: 'contoso',
    key: 'orders',
    deletedAt: '2026-01-02T00:00:00.000Z',
    scheduledPurgeAt: '2026-04-02T00:00:00.000Z',
    recoverable: 'recover',
  };
  const NO_BACKUP = { coverage: 'none', versionsCovered: 0, versionsKnown: 1, afterPurge: 'lost' };
  const begin = (entry = catalogueEntry(), oldest?: string, by?: { upn: string }) =>
    beginDeletion(at(DELETED_AT + 1), key, entry, oldest, by);

  it('is remembered as it is, and reported with what is known of it and no more', () => {
    const { known, finding } = beginDeletion(at(DELETED_AT + 1), key, undefined, undefined, undefined);

    expect(known).toStrictEqual({
      state: 'deleted',
      createdAt: CREATED,
      deletedAt: DELETED_AT,
      scheduledPurgeAt: PURGE_AT,
      told: [],
      uses: [],
    });
    expect(finding).toStrictEqual({
      kind: 'key-deleted',
      discriminator: `deleted ${DELETED_AT}`,
      data: { ...FACTS, ...NO_BACKUP, severity: 'high', secondsLeft: 90 * 86_400 - 1 },
    });
  });

  it('is remembered and reported with who deleted it, and what restores it', () => {
    const { known, finding } = begin(undefined, 'a'.repeat(32), deletedBy);

    expect(known).toMatchObject({ oldestVersion: 'a'.repeat(32), deletedBy });
    expect(finding.data).toMatchObject({ deletedBy, coverage: 'complete', afterPurge: 'restore' });
    expect(finding.data).toMatchObject({ severity: 'info', backup: { sha256: '0'.repeat(64) } });
  });

  it('of a name that was used before is not covered by the backups of the earlier key', () => {
    expect(begin(undefined, 'b'.repeat(32)).finding.data).toMatchObject(NO_BACKUP);
  });

  it('is reported with its recovery level where the HSM says it', () => {
    const attributes = { ...key.attributes, recoveryLevel: 'Recoverable' };
    const { finding } = beginDeletion(
      at(DELETED_AT),
      { ...key, attributes },
      undefined,
      undefined,
      undefined,
    );
    expect(finding.data).toMatchObject({ recoveryLevel: 'Recoverable' });
  });

  it('that the settings leave out is called so', () => {
    const selection = { include: [], exclude: [], excludeTags: ['test'] };
    const tagged = { ...key, tags: { test: 'yes', team: 'billing' } };
    const context = at(DELETED_AT, { selection });
    const { known, finding } = beginDeletion(context, tagged, undefined, undefined, undefined);

    expect(known.tags).toEqual({ test: 'yes' });
    expect(finding.data).toMatchObject({ coverage: 'excluded', severity: 'info' });
  });

  it.each([
    { name: 'just before a threshold', left: 30 * DAY_MS + 1, told: [], days: [] },
    { name: 'at a threshold', left: 30 * DAY_MS, told: [], days: [30] },
    { name: 'at one that was reported', left: 30 * DAY_MS, told: [30], days: [] },
    { name: 'after two of which one was reported', left: 14 * DAY_MS, told: [30], days: [14] },
    { name: 'after three at once, the longest first', left: 7 * DAY_MS, told: [], days: [30, 14, 7] },
  ])('$name is reported for each that is new: $days', ({ left, told, days }) => {
    const before = { ...begin().known, told: told.map((day) => day * DAY_MS) };
    const { known, findings } = classifyDeleted(at(PURGE_AT - left), key, before, undefined);

    expect(findings).toStrictEqual(
      days.map((day) => ({
        kind: 'purge-pending',
        discriminator: `deleted ${DELETED_AT} ${day * DAY_MS}`,
        data: {
          ...FACTS,
          ...NO_BACKUP,
          severity: 'high',
          secondsLeft: left / 1000,
          thresholdSeconds: day * 86_400,
        },
      })),
    );
    if (days.length === 0) expect(known).toBe(before);
    expect(known).toEqual({ ...before, told: [...told, ...days].map((day) => day * DAY_MS) });
  });

  it.each([
    { name: 'as long as the retention', thresholdsMs: [90 * DAY_MS], seconds: [] },
    { name: 'a little shorter', thresholdsMs: [90 * DAY_MS - 1], seconds: [90 * 86_400 - 1] },
  ])('is reported for no threshold $name before that is crossed', ({ thresholdsMs, seconds }) => {
    const context = at(DELETED_AT + 1, { thresholdsMs });
    const { findings } = classifyDeleted(context, key, begin().known, undefined);

    expect(findings.map(({ data }) => 'thresholdSeconds' in data && data.thresholdSeconds)).toEqual(seconds);
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

  it('of a key of which only the catalogue knows is all that its backup has, or nothing', () => {
    expect(coverageOfUnseen(undefined)).toEqual({ coverage: 'none', versionsCovered: 0, versionsKnown: 0 });
    expect(coverageOfUnseen(catalogueEntry())).toMatchObject({ coverage: 'complete', versionsCovered: 1 });
  });

  it('names the backup, with the version of its blob where there is one', () => {
    const entry = catalogueEntry();
    const facts = {
      blob: entry.blob,
      capturedAt: '2026-01-01T00:01:00.000Z',
      sha256: '0'.repeat(64),
    };

    expect(judgeCoverage(CREATED, entry).backup).toStrictEqual(facts);
    expect(backupFacts({ ...entry, versionId: 'v1' })).toStrictEqual({ ...facts, versionId: 'v1' });
  });

  it('of one version among others tells that the name is still this key’s', () => {
    const entry = catalogueEntry();
    const versions = [{ version: 'a'.repeat(32) }, { version: 'b'.repeat(32) }];
    const two = { ...entry, record: { ...entry.record, versions } };

    expect(judgeCoverage(CREATED, two, 'b'.repeat(32)).versionsCovered).toBe(2);
  });

  it.each([
    { name: 'without a backup', entry: undefined, exclude: ['*'], expected: 'excluded' },
    { name: 'without a backup that should have one', entry: undefined, exclude: [], expected: 'none' },
    { name: 'with a backup', entry: catalogueEntry(), exclude: ['*'], expected: 'complete' },
  ])('of a key $name, left out by $exclude, is $expected', ({ entry, exclude, expected }) => {
    const selection = { include: [], exclude, excludeTags: [] };

    expect(excuse(judgeCoverage(CREATED, entry), listedKey(), selection).coverage).toBe(expected);
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
