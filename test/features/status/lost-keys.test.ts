/** Which of the purged keys are lost, by what is known of their backups now. */
import { describe, expect, it } from 'vitest';
import { NameMap } from '../../../src/core/model/key-name.ts';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { lostKeys } from '../../../src/features/status/lost-keys.ts';
import { readWatchState } from '../../../src/features/watch/model/watch-state.ts';
import { catalogueEntry, listedKey } from '../../support/listed-key.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';
import { aWatchPolicy } from '../../support/watch-world.ts';

const ENTRY = catalogueEntry();
const KEY = ENTRY.record.key;
const PURGE = { at: 5, awaitsRecord: false, records: [] };
const HERE = { missing: new NameMap<true>(), damaged: new Set<string>(), unproven: 0 };

/** What is lost of the one purged key. */
async function lostOf(change: {
  readonly entry?: false;
  readonly purge?: Record<string, unknown>;
  readonly store?: Partial<typeof HERE>;
  readonly verified?: readonly string[];
  readonly exclude?: readonly string[];
  readonly isThere?: true;
}) {
  const store = new MemoryDocumentStore();
  const watch = await readWatchState(store, 'contoso');
  const catalogue = await readCatalogue(store, 'contoso');
  const memory = {
    watch: { ...watch, purges: { [KEY]: { ...PURGE, ...change.purge } } },
    catalogue: { ...catalogue, keys: change.entry === false ? {} : { [KEY]: ENTRY } },
    verify: { damaged: Object.fromEntries((change.verified ?? []).map((blob) => [blob, 1])) },
  };
  const active = new NameMap(change.isThere === true ? [[KEY, listedKey()] as const] : []);
  const policy = aWatchPolicy({ selection: { ...EVERY_KEY, exclude: [...(change.exclude ?? [])] } });
  const seen = { active, deleted: new NameMap<never>() };
  return lostKeys(policy, memory, seen, { ...HERE, ...change.store }).map(({ lost }) => lost);
}

describe('a purged key', () => {
  it.each([
    ['with a backup is not lost', {}, []],
    ['whose backup the catalogue names no more is lost', { entry: false }, ['key']],
    [
      'whose backup is not in the store is lost',
      { store: { missing: new NameMap([[KEY, true as const]]) } },
      ['key'],
    ],
    ['whose backup the verification found damaged is lost', { verified: [ENTRY.blob] }, ['key']],
    ['whose backup cannot be read back now is lost', { store: { damaged: new Set([ENTRY.blob]) } }, ['key']],
    ['is not lost for the damage of another backup', { verified: ['another'] }, []],
    [
      'without a backup, left out when it was purged, is not lost',
      { entry: false, purge: { excluded: true } },
      [],
    ],
    ['without a backup, left out by its name now, is not lost', { entry: false, exclude: [KEY] }, []],
    [
      'left out, of whose backup it is known that it is damaged, is lost',
      { exclude: [KEY], verified: [ENTRY.blob] },
      ['key'],
    ],
    [
      'of which the newest version was lost stays so',
      { purge: { lost: 'newest-version' } },
      ['newest-version'],
    ],
    [
      'of which the newest version was lost is lost once its backup goes',
      { entry: false, purge: { lost: 'newest-version' } },
      ['key'],
    ],
    ['that is there again is not lost for want of a backup', { entry: false, isThere: true }, []],
  ] as const)('%s', async (_, change, lost) => {
    expect(await lostOf(change)).toEqual(lost);
  });
});
