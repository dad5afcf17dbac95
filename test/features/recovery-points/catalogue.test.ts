import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  emptyCatalogue,
  mergeBackups,
  readCatalogue,
  readEntry,
  writeCatalogue,
} from '../../../src/features/recovery-points/catalogue.ts';
import { catalogueLine, catalogueText } from '../../../src/features/recovery-points/catalogue-text.ts';
import { exchangeBackups, saveBackups } from '../../../src/features/recovery-points/save-backups.ts';
import { catalogueEntry } from '../../support/listed-key.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';
import { piecesOf } from '../../support/memory/pieces.ts';
import { whole } from '../../support/pieces.ts';

const backups = fc.array(
  fc
    .record({
      key: fc.constantFrom('a', 'b', 'c'),
      capturedAt: fc.integer({ min: 0, max: 5 }),
      blob: fc.constantFrom('x', 'y', 'z'),
    })
    .map(catalogueEntry),
);

/** `text` without its last characters. */
async function* shortened(text: AsyncIterable<string>, by: number): AsyncGenerator<string> {
  yield (await whole(text)).slice(0, -by);
}

/** A line as it is stored. */
const ORDERS = catalogueLine(catalogueEntry({ key: 'orders' }));

describe('the catalogue', () => {
  test.prop([backups, backups])(
    'is the same whatever the order and the repeats of what is merged',
    (one, other) => {
      const there = mergeBackups(mergeBackups(emptyCatalogue('contoso'), one), other);
      const back = mergeBackups(mergeBackups(mergeBackups(emptyCatalogue('contoso'), other), one), other);
      const summary = (catalogue: typeof there) =>
        Object.entries(catalogue.keys)
          .map(([key, { blob, record }]) => [key, blob, record.capturedAt])
          .sort();

      expect(summary(there)).toEqual(summary(back));
    },
  );

  it('keeps the newest backup of each key', () => {
    const merged = mergeBackups(emptyCatalogue('contoso'), [
      catalogueEntry({ capturedAt: 2 }),
      catalogueEntry({ capturedAt: 1 }),
    ]);
    expect(merged.keys.orders?.record.capturedAt).toBe(2);
  });

  it('takes in what another writer saved between its read and its write', async () => {
    const state = new MemoryDocumentStore();
    state.faults.plant({
      operation: 'write',
      act: async () => {
        await saveBackups(state, 'contoso', [catalogueEntry({ key: 'theirs' })]);
      },
    });

    await saveBackups(state, 'contoso', [catalogueEntry({ key: 'ours' })]);

    expect(Object.keys((await readCatalogue(state, 'contoso')).keys).sort()).toEqual(['ours', 'theirs']);
  });

  it.each([
    ['nothing in it', piecesOf('', 1)],
    ['no JSON', piecesOf('{', 1)],
    ['another format', piecesOf('{"format":1,"hsm":"contoso","keys":{}}\n', 9)],
    ['the name of another HSM', catalogueText('fabrikam', [[]])],
    ['an entry without its record', catalogueText('contoso', [['["a",{"blob":"b","storedAt":1}]']])],
    ['a line without a key', catalogueText('contoso', [['{"blob":"b"}']])],
    ['a line that holds another key', catalogueText('contoso', [[ORDERS.replace('orders', 'billing')]])],
    ['two lines of one key', catalogueText('contoso', [[ORDERS, ORDERS]])],
    ['its end cut off', shortened(catalogueText('contoso', [[ORDERS]]), 2)],
    ['its last line break cut off', shortened(catalogueText('contoso', [[ORDERS]]), 1)],
  ])('with %s is refused, not guessed', async (_case, text) => {
    const state = new MemoryDocumentStore();
    await state.writeFrom({ kind: 'catalogue', hsm: 'contoso' }, text, 'absent');

    await expect(readCatalogue(state, 'contoso')).rejects.toMatchObject({
      code: 'state-corrupt',
      hsm: 'contoso',
    });
  });

  it('that cannot be read is not written over', async () => {
    const state = new MemoryDocumentStore();
    const address = { kind: 'catalogue', hsm: 'contoso' } as const;
    const etag = await state.writeFrom(address, shortened(catalogueText('contoso', [[ORDERS]]), 1), 'absent');

    await expect(saveBackups(state, 'contoso', [catalogueEntry({})])).rejects.toMatchObject({
      code: 'state-corrupt',
    });
    expect((await state.read(address))?.etag).toBe(etag);
  });

  it('gives the entry of one key, whatever stands in the lines of others, and none for a key it does not know', async () => {
    const state = new MemoryDocumentStore();
    const broken = '["billing",{"blob":"b"}]';
    await state.writeFrom(
      { kind: 'catalogue', hsm: 'contoso' },
      catalogueText('contoso', [[broken, ORDERS]]),
      'absent',
    );

    expect(await readEntry(state, 'contoso', 'orders')).toEqual(catalogueEntry({ key: 'orders' }));
    expect(await readEntry(state, 'contoso', 'constructor')).toBeUndefined();
    expect(await readEntry(state, 'fabrikam', 'orders')).toBeUndefined();
    await expect(readEntry(state, 'contoso', 'billing')).rejects.toMatchObject({ code: 'state-corrupt' });
  });

  it('without a key of its own is read as empty', async () => {
    const state = new MemoryDocumentStore();
    await state.writeFrom(
      { kind: 'catalogue', hsm: 'contoso' },
      writeCatalogue(emptyCatalogue('contoso')),
      'absent',
    );
    expect(await readCatalogue(state, 'contoso')).toEqual(emptyCatalogue('contoso'));
  });

  test.prop([fc.array(backups, { maxLength: 4 })])(
    'saved in parts knows what it knows when merged in memory',
    async (parts) => {
      const state = new MemoryDocumentStore();
      for (const part of parts) await saveBackups(state, 'contoso', part);

      const merged = parts.reduce(
        (catalogue, part) => mergeBackups(catalogue, part),
        emptyCatalogue('contoso'),
      );
      expect(await readCatalogue(state, 'contoso')).toEqual(merged);
    },
  );

  it('is not written when it learns nothing new', async () => {
    const state = new MemoryDocumentStore();
    const address = { kind: 'catalogue', hsm: 'contoso' } as const;
    await saveBackups(state, 'contoso', [catalogueEntry({ capturedAt: 2 })]);
    const before = await state.read(address);

    await saveBackups(state, 'contoso', [catalogueEntry({ capturedAt: 1 })]);
    await exchangeBackups(state, 'contoso', [{ key: 'orders', blob: 'another', replacement: undefined }]);
    await exchangeBackups(state, 'fabrikam', [{ key: 'orders', blob: 'another', replacement: undefined }]);

    expect(await state.read(address)).toEqual(before);
    expect(state.documents.size).toBe(1);
  });

  describe('of a damaged backup', () => {
    const damaged = catalogueEntry({ capturedAt: 2 });
    const older = catalogueEntry({ capturedAt: 1 });

    it.each([
      ['takes the newest good one instead', damaged, older, [older.blob]],
      ['forgets the key when no good one is left', damaged, undefined, []],
      ['keeps a newer one', catalogueEntry({ capturedAt: 3 }), older, ['contoso/orders/3']],
    ])('%s', async (_case, known, good, blobs) => {
      const state = new MemoryDocumentStore();
      const other = catalogueEntry({ key: 'billing' });
      await saveBackups(state, 'contoso', [known, other]);

      await exchangeBackups(state, 'contoso', [{ key: 'orders', blob: damaged.blob, replacement: good }]);

      const { keys } = await readCatalogue(state, 'contoso');
      expect(keys.billing).toEqual(other);
      expect(Object.values(keys).map(({ blob }) => blob)).toEqual(expect.arrayContaining(blobs));
      expect(Object.keys(keys)).toHaveLength(1 + blobs.length);
    });
  });
});
