/** What the page of drills shows: what must be looked at first, what is unproven, and what is not known. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { listDrills } from '../../../src/features/console/drills.ts';
import { DrillPage } from '../../../src/features/console/model/drills.ts';
import type { DrillResult } from '../../../src/features/drill/model/result.ts';
import { fileResults } from '../../../src/features/drill/model/results.ts';
import type { CatalogueEntry } from '../../../src/features/recovery-points/catalogue.ts';
import { saveBackups } from '../../../src/features/recovery-points/save-backups.ts';
import { aBackupRecord } from '../../support/backup-record.ts';
import { aDrillResult, DRILLED_AT as NOW } from '../../support/drill-result.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';

const UNSEALED = { resourceOf: () => undefined };
const ALL = { limit: 50, offset: 0 };
const TIMES = { now: NOW, days: 30 };

async function drilled(...results: DrillResult[]): Promise<MemoryDocumentStore> {
  const store = new MemoryDocumentStore();
  for (const hsm of new Set(results.map((result) => result.hsm))) {
    await fileResults(
      store,
      hsm,
      results.filter((result) => result.hsm === hsm),
      NOW,
    );
    await saveBackups(store, hsm, results.filter((result) => result.hsm === hsm).map(entryOf));
  }
  return store;
}

/** The recovery point of a result, as the catalogue has it. */
function entryOf({ hsm, key, point: { blob, sha256, capturedAt } }: DrillResult): CatalogueEntry {
  const record = { ...aBackupRecord(new Uint8Array([1]), { hsm, key, capturedAt }), sha256 };
  return { blob, storedAt: capturedAt, record };
}

describe('the page of drills', () => {
  it('shows first what failed, then what is unknown, then the oldest proof', async () => {
    const store = await drilled(
      aDrillResult('new'),
      aDrillResult('old', { endedAt: NOW - 5_000 }),
      aDrillResult('metadata', { verdict: 'metadata-only', reasons: ['It is disabled.'] }),
      aDrillResult('blocked', { verdict: 'blocked' }),
      aDrillResult('broken', { verdict: 'failed', reasons: ['Another key came back.'] }),
    );

    const page = await listDrills(store, UNSEALED, ['contoso'], ALL, TIMES);

    expect(DrillPage.parse(page).items.map(({ key }) => key)).toEqual([
      'broken',
      'blocked',
      'metadata',
      'old',
      'new',
    ]);
    expect(page.hsms).toEqual([
      {
        hsm: 'contoso',
        proven: 2,
        metadataOnly: 1,
        earlier: 0,
        undrilled: 0,
        failed: 1,
        blocked: 1,
        overdue: 0,
        lastAt: '2026-11-24T02:00:00.000Z',
        oldestProofAt: '2026-11-24T01:59:55.000Z',
        restoreMs: { p50: 1_500, p95: 1_500 },
      },
    ]);
  });

  it('keeps in mind that a key was proven before its last drill failed', async () => {
    const store = await drilled(aDrillResult('orders', { endedAt: NOW - 9_000 }));
    await fileResults(store, 'contoso', [aDrillResult('orders', { verdict: 'failed' })], NOW);

    expect((await listDrills(store, UNSEALED, ['contoso'], ALL, TIMES)).items).toMatchObject([
      { key: 'orders', verdict: 'failed', provenAt: '2026-11-24T01:59:51.000Z' },
    ]);
  });

  it('says nothing of an HSM without drills, and that one is unknown which cannot be read', async () => {
    const store = await drilled(aDrillResult('orders', { hsm: 'fabrikam' }));
    const down = new WardenError('storage-unavailable', { message: 'down' });
    store.faults.fail('read', down, { subject: 'drill-results/fabrikam' });

    const { hsms, items } = await listDrills(store, UNSEALED, ['contoso', 'fabrikam'], ALL, TIMES);

    expect(hsms[0]).toMatchObject({ hsm: 'contoso', proven: 0, metadataOnly: 0, undrilled: 0 });
    expect(hsms[1]).toMatchObject({
      hsm: 'fabrikam',
      proven: 0,
      unknown: 'The results could not be read: down',
    });
    expect(items).toEqual([]);
  });

  it.each([
    ['the first page', 0, ['a', 'b'], '2'],
    ['the last page', 2, ['c'], undefined],
    ['a page after the end', 3, [], undefined],
  ])('has %s', async (_case, offset, keys, next) => {
    const store = await drilled(...['a', 'b', 'c'].map((key, n) => aDrillResult(key, { endedAt: NOW + n })));

    const page = await listDrills(store, UNSEALED, ['contoso'], { limit: 2, offset }, TIMES);

    expect(page.items.map(({ key }) => key)).toEqual(keys);
    expect(page.next).toBe(next);
    expect(page.total).toBe(3);
  });

  it('is of one HSM when asked for it', async () => {
    const store = await drilled(aDrillResult('a'), aDrillResult('b', { hsm: 'fabrikam' }));

    const page = await listDrills(
      store,
      UNSEALED,
      ['contoso', 'fabrikam'],
      { ...ALL, hsm: 'fabrikam' },
      TIMES,
    );

    expect(page.hsms.map(({ hsm }) => hsm)).toEqual(['fabrikam']);
    expect(page.items.map(({ key }) => key)).toEqual(['b']);
  });
});
