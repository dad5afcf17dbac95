/** A key made as `Yaz` and asked for in another letter case keeps its backups, its proof and its history. */
import { describe, expect, it } from 'vitest';
import { EVERY_KEY } from '../../src/core/model/selection.ts';
import { DEFAULT_RETRY } from '../../src/core/retry.ts';
import { readAuditBatch } from '../../src/features/audit-feed/read-batch.ts';
import { sortRecords } from '../../src/features/audit-feed/sort-records.ts';
import { backUpSingleKey } from '../../src/features/backup/single-key.ts';
import { mergeBackups, readCatalogue, readEntry } from '../../src/features/recovery-points/catalogue.ts';
import { catalogueLine, catalogueText } from '../../src/features/recovery-points/catalogue-text.ts';
import { exchangeBackups, saveBackups } from '../../src/features/recovery-points/save-backups.ts';
import { readWatchState } from '../../src/features/watch/model/watch-state.ts';
import { aRecord } from '../support/audit-record.ts';
import { catalogueEntry } from '../support/listed-key.ts';
import { MemoryDocumentStore } from '../support/memory/memory-document-store.ts';
import { RecoveryWorld } from '../support/recovery-world.ts';
import { SweepWorld } from '../support/sweep-world.ts';
import { WatchWorld } from '../support/watch-world.ts';

const OTHERS = ['yaz', 'YAZ', 'Yaz'];

describe('a key made as Yaz', () => {
  it.each(OTHERS)('is restored and verified when %s is asked for', async (key) => {
    const world = new RecoveryWorld();
    world.hsm.createKey('Yaz');
    await world.backUp('Yaz');
    world.hsm.deleteKey('Yaz');
    world.hsm.purgeKey('Yaz');

    const record = await world.approved({ key });
    await world.deliver(record.id);

    expect(record.operation).toMatchObject({ action: 'restore', key: 'Yaz' });
    expect(world.stored(record.id).outcome).toMatchObject({ result: 'succeeded', versions: 1, verified: 1 });
    const { keys } = await readCatalogue(world.store, 'contoso');
    expect(Object.keys(keys)).toEqual(['Yaz']);
  });

  it.each(OTHERS)('is recovered and verified against its backup when %s is asked for', async (key) => {
    const world = new RecoveryWorld();
    world.hsm.createKey('Yaz');
    await world.backUp('Yaz');
    world.hsm.deleteKey('Yaz');

    const record = await world.approved({ key });
    await world.deliver(record.id);

    expect(record.operation).toMatchObject({ action: 'recover', key: 'Yaz' });
    expect(record.preflight.join(' ')).not.toContain('no backup');
    expect(world.stored(record.id).outcome).toMatchObject({ result: 'succeeded', versions: 1, verified: 1 });
  });

  it.each(OTHERS)('is backed up under its own name when a message names %s, and only once', async (key) => {
    const world = await SweepWorld.withKeys(0);
    world.hsm.createKey('Yaz');
    await world.clock.advance(10_000);
    const run = (name: string) =>
      backUpSingleKey(
        world.deps,
        { selection: EVERY_KEY, retry: DEFAULT_RETRY },
        { kind: 'key-backup', hsm: 'contoso', key: name, reason: 'changed' },
        AbortSignal.timeout(60_000),
      );

    expect(await run(key)).toBe('backed-up');
    await world.clock.advance(600_000);
    expect(await run(key)).toBe('covered');
    expect([...world.backupsPerKey()]).toEqual([['Yaz', 1]]);
  });

  it('is one changed key, however the records of a batch spell it', () => {
    const { records } = readAuditBatch([{ records: OTHERS.map((key) => aRecord({}, `/keys/${key}`)) }]);
    const hsms = [{ name: 'contoso', url: 'https://contoso.managedhsm.azure.net' }];

    expect(sortRecords(records, hsms).byHsm.get('contoso')?.changed.size).toBe(1);
  });

  it.each(OTHERS)('whose purge the audit log tells of %s is one key to the watch', async (key) => {
    const world = new WatchWorld({ purgeProtection: false });
    world.hsm.createKey('Yaz');
    await world.backUp('Yaz');
    await world.scan();
    world.hsm.deleteKey('Yaz');
    const at = world.clock.now();
    await world.scan({ deletes: [{ key, at, caller: { upn: 'mallory@contoso.com' } }] });
    world.hsm.purgeKey('Yaz');
    await world.scan({ purges: [{ key, at: world.clock.now(), caller: { upn: 'mallory@contoso.com' } }] });
    await world.scan();

    const [deleted] = world.events('HsmWarden.KeyDeleted');
    expect(deleted?.data).toMatchObject({
      key: 'Yaz',
      coverage: 'complete',
      deletedBy: { upn: 'mallory@contoso.com' },
    });
    expect(world.events('HsmWarden.KeyPurged').map(({ data }) => data)).toMatchObject([
      { recoverable: 'restore', purgedBy: { upn: 'mallory@contoso.com' } },
    ]);
  });

  it('that is purged and made again as yaz is one key to the watch, under the new spelling', async () => {
    const world = new WatchWorld({ purgeProtection: false });
    world.hsm.createKey('Yaz');
    await world.backUp('Yaz');
    await world.scan();
    world.hsm.deleteKey('Yaz');
    await world.scan();
    world.hsm.purgeKey('Yaz');
    await world.clock.advance(60_000);
    world.hsm.createKey('yaz');
    await world.scan();

    const { keys } = await readWatchState(world.state, 'contoso');
    expect(Object.keys(keys)).toEqual(['yaz']);
    expect(world.events('HsmWarden.KeyPurged')).toHaveLength(1);
  });
});

describe('a catalogue', () => {
  const [older, newer] = [
    catalogueEntry({ key: 'Yaz', capturedAt: 1 }),
    catalogueEntry({ key: 'yaz', capturedAt: 2 }),
  ];

  it('has one entry for a key whose backups are of two spellings', async () => {
    const state = new MemoryDocumentStore();
    await saveBackups(state, 'contoso', [older]);
    await saveBackups(state, 'contoso', [newer]);
    await saveBackups(state, 'contoso', [older]);

    expect((await readCatalogue(state, 'contoso')).keys).toEqual({ yaz: newer });
    expect(mergeBackups({ hsm: 'contoso', keys: { Yaz: older } }, [newer]).keys).toEqual({ yaz: newer });
    expect(await readEntry(state, 'contoso', 'YAZ')).toEqual(newer);
  });

  it('with a line of each spelling, as an earlier version wrote it, is read and made one', async () => {
    const state = new MemoryDocumentStore();
    const lines = [[catalogueLine(older), catalogueLine(newer)]];
    await state.writeFrom({ kind: 'catalogue', hsm: 'contoso' }, catalogueText('contoso', lines), 'absent');
    expect((await readCatalogue(state, 'contoso')).keys).toEqual({ yaz: newer });

    const newest = catalogueEntry({ key: 'yaz', capturedAt: 3 });
    await saveBackups(state, 'contoso', [newest]);

    expect((await readCatalogue(state, 'contoso')).keys).toEqual({ yaz: newest });
  });

  it('gives up a damaged backup in whatever spelling it is named', async () => {
    const state = new MemoryDocumentStore();
    await saveBackups(state, 'contoso', [older]);

    await exchangeBackups(state, 'contoso', [{ key: 'YAZ', blob: older.blob, replacement: undefined }]);

    expect((await readCatalogue(state, 'contoso')).keys).toEqual({});
  });
});
