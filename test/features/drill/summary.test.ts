import { expect, test } from 'vitest';
import type { DrillResult } from '../../../src/features/drill/model/result.ts';
import { fileResults, type KeyDrills, readResults } from '../../../src/features/drill/model/results.ts';
import { drillNotes, remarkOf, summariseDrills } from '../../../src/features/drill/summary.ts';
import { aBackupRecord } from '../../support/backup-record.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';

const NOW = Date.UTC(2026, 10, 24, 2);
const DAY_MS = 86_400_000;
const [NEWEST, EARLIER] = ['a'.repeat(64), 'b'.repeat(64)];

function aResult(
  verdict: DrillResult['verdict'],
  sha256: string,
  change: Partial<DrillResult> = {},
): DrillResult {
  return {
    ...{ hsm: 'contoso', key: 'orders', drillHsm: 'drill', runId: 'run-1', verdict },
    ...{ reasons: [], used: [], unused: [], startedAt: NOW - 2_000, endedAt: NOW - 1_000 },
    point: {
      ...{ blob: 'contoso/orders/1.keybackup', sha256, capturedAt: NOW - DAY_MS },
      ...{ createdAt: 1, updatedAt: 1, version: '0'.repeat(32), versions: 1 },
    },
    steps: { restore: 1_500 },
    ...change,
  };
}

function summaryOf(drills: KeyDrills | undefined, capturedAt = NOW - DAY_MS) {
  const record = { ...aBackupRecord(new Uint8Array([1]), { key: 'orders', capturedAt }), sha256: NEWEST };
  const results = new Map(drills === undefined ? [] : [['orders', drills]]);
  return summariseDrills({ hsm: 'contoso', points: [{ record }], results, days: 30, now: NOW });
}

const PROVEN = aResult('proven', NEWEST);

test.each<[string, KeyDrills | undefined, object]>([
  ['proven', { last: PROVEN }, { proven: 1 }],
  ['restored and compared', { last: aResult('metadata-only', NEWEST) }, { metadataOnly: 1 }],
  ['proven of an earlier recovery point', { last: aResult('proven', EARLIER) }, { earlier: 1 }],
  ['never drilled', undefined, { undrilled: 1 }],
  [
    'failed',
    { last: aResult('failed', NEWEST), lastGood: aResult('proven', EARLIER) },
    { failed: ['orders'] },
  ],
  ['failed of an earlier recovery point', { last: aResult('failed', EARLIER) }, { undrilled: 1 }],
  [
    'failed of an earlier one, and proven before',
    { last: aResult('failed', EARLIER), lastGood: aResult('proven', EARLIER) },
    { earlier: 1 },
  ],
  ['blocked', { last: aResult('blocked', NEWEST) }, { blocked: ['orders'] }],
  ['blocked after it was proven', { last: aResult('blocked', NEWEST), lastGood: PROVEN }, { proven: 1 }],
])('the newest recovery point of a key counts once: %s', (_, drills, counted) => {
  const none = { proven: 0, metadataOnly: 0, earlier: 0, undrilled: 0, failed: [], blocked: [] };
  expect(summaryOf(drills)).toMatchObject({ ...none, ...counted });
});

test.each([
  ['proven just in time', NOW - 30 * DAY_MS, []],
  ['proven too long ago', NOW - 30 * DAY_MS - 1, ['orders']],
])('a key is overdue by its proof: %s', (_, endedAt, overdue) => {
  expect(summaryOf({ last: { ...PROVEN, endedAt } }, NOW - 90 * DAY_MS).overdue).toEqual(overdue);
});

test('a key that was never proven is overdue by the age of its recovery point', () => {
  expect(summaryOf(undefined, NOW - 31 * DAY_MS).overdue).toEqual(['orders']);
});

test('a result of a key without a recovery point counts nowhere, and is said to be of none', () => {
  const drills = { last: aResult('failed', NEWEST) };
  const results = new Map([['gone', drills]]);
  const summary = summariseDrills({ hsm: 'contoso', points: [], results, days: 30, now: NOW });
  expect(summary).toMatchObject({ failed: [], overdue: [] });
  expect(summary.lastAt).toBeUndefined();
  expect(remarkOf(undefined, drills)).toContain('no recovery point of the key any more');
});

test('how long a restore takes is measured by those that brought their keys back', () => {
  const slow = aResult('blocked', NEWEST, { steps: { restore: 90_000 } });
  expect(summaryOf({ last: slow, lastGood: PROVEN }).restoreMs).toEqual({ p50: 1_500, p95: 1_500 });
  expect(summaryOf({ last: slow }).restoreMs).toBeUndefined();
});

test('a result that a clock ahead has dated gives way to the next one; an older one does not take its place', async () => {
  const store = new MemoryDocumentStore();
  const last = async () =>
    (await readResults(store, 'contoso', { resourceOf: () => undefined })).get('orders')?.last.runId;
  await fileResults(store, 'contoso', [{ ...PROVEN, runId: 'ahead', endedAt: NOW + DAY_MS }], NOW + DAY_MS);
  await fileResults(store, 'contoso', [{ ...PROVEN, runId: 'now', endedAt: NOW }], NOW);
  expect(await last()).toBe('now');
  await fileResults(store, 'contoso', [{ ...PROVEN, runId: 'old', endedAt: NOW - 1 }], NOW);
  expect(await last()).toBe('now');
});

test.each<[string, KeyDrills | undefined, string]>([
  ['proven', { last: PROVEN }, 'restored this very backup and used it.'],
  [
    'compared',
    { last: aResult('metadata-only', NEWEST) },
    'restored this very backup and compared it, without',
  ],
  [
    'failed',
    { last: aResult('failed', NEWEST, { reasons: ['It is damaged.'] }) },
    'did not bring the key back',
  ],
  ['proven, and blocked since', { last: aResult('blocked', NEWEST), lastGood: PROVEN }, 'and used it.'],
  ['of another backup', { last: aResult('proven', EARLIER) }, 'No drill has tried this very backup.'],
  ['never drilled', undefined, 'No drill has tried this very backup.'],
])('approvers read what drills say of a backup: %s', (_, drills, said) => {
  const results = new Map(drills === undefined ? [] : [['orders', drills]]);
  expect(drillNotes(results, { hsm: 'contoso', key: 'orders', sha256: NEWEST })[0]).toContain(said);
});

test('approvers read how long a restore takes, where drills have measured it', () => {
  const asked = { hsm: 'contoso', key: 'orders', sha256: NEWEST };
  expect(drillNotes(new Map([['orders', { last: PROVEN }]]), asked)[1]).toBe(
    'In drills the restore of a key of HSM contoso took 1.5 s, at most 1.5 s for 95 of 100.',
  );
  expect(drillNotes(new Map(), asked)).toHaveLength(1);
});
