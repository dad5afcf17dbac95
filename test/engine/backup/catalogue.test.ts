import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { MemoryStateStore } from '../../../src/adapters/memory/memory-state-store.ts';
import {
  emptyCatalogue,
  mergeBackups,
  readCatalogue,
  saveBackups,
} from '../../../src/engine/backup/catalogue.ts';
import { catalogueEntry } from '../../support/listed-key.ts';

const backups = fc.array(
  fc
    .record({
      key: fc.constantFrom('a', 'b', 'c'),
      capturedAt: fc.integer({ min: 0, max: 5 }),
      blob: fc.constantFrom('x', 'y', 'z'),
    })
    .map(catalogueEntry),
);

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
    const state = new MemoryStateStore();
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
    ['no JSON', '{'],
    ['another format', '{"format":2,"hsm":"contoso","keys":{}}'],
    ['an entry without its record', '{"format":1,"hsm":"contoso","keys":{"a":{"blob":"b","storedAt":1}}}'],
  ])('with %s is refused, not guessed', async (_case, text) => {
    const state = new MemoryStateStore();
    await state.write({ kind: 'catalogue', hsm: 'contoso' }, text, 'absent');

    await expect(readCatalogue(state, 'contoso')).rejects.toMatchObject({
      code: 'state-corrupt',
      hsm: 'contoso',
    });
  });
});
