/** What every BackupStore does, in memory or in Blob storage. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublicKey } from '../../src/core/model/public-key.ts';
import type { BackupStore, StoredBackup } from '../../src/core/ports.ts';
import { aBackupRecord, thumbprint, versionId } from '../support/backup-record.ts';
import { failureOf } from '../support/errors.ts';

/** A store to try, with nothing in it. */
export interface BackupStoreWorld {
  readonly store: BackupStore;
  close?(): Promise<void>;
}

const BACKUP = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn');

/** Runs the contract of {@link BackupStore}; each test uses HSM names of its own. */
export function describeBackupStore(name: string, factory: () => Promise<BackupStoreWorld>): void {
  describe(`${name} keeps the contract of a BackupStore`, () => {
    let world: BackupStoreWorld;
    let store: BackupStore;
    beforeAll(async () => {
      world = await factory();
      store = world.store;
    });
    afterAll(async () => world.close?.());

    it('gives back the bytes it was given', async () => {
      const every = Uint8Array.from({ length: 256 * 200 }, (_, index) => index % 256);

      const { blob } = await store.put(aBackupRecord(every, { hsm: 'bytes' }), every);

      expect(Buffer.from(await store.read(blob)).equals(every)).toBe(true);
    });

    it('lists what was put, as it was put', async () => {
      const stored = await store.put(aBackupRecord(BACKUP, { hsm: 'lists' }), BACKUP);

      const [found, ...others] = await all(store.list('lists'));

      expect(others).toEqual([]);
      expect(found?.blob).toBe(stored.blob);
      expect(found?.storedAt).toBe(stored.storedAt);
      expect(found?.record).toEqual(aBackupRecord(BACKUP, { hsm: 'lists' }));
    });

    it('never overwrites: a second backup of the same key, version and moment is refused', async () => {
      const record = aBackupRecord(BACKUP, { hsm: 'once' });
      const { blob } = await store.put(record, BACKUP);

      const error = await failureOf(store.put({ ...record, runId: 'run-2' }, Buffer.from('other')));

      expect(error.code).toBe('blob-exists');
      expect(error.key).toBe('orders');
      expect(Buffer.from(await store.read(blob)).equals(BACKUP)).toBe(true);
    });

    it('takes the same backup again as the one it has: a try may be repeated', async () => {
      const record = aBackupRecord(BACKUP, { hsm: 'repeated' });
      const first = await store.put(record, BACKUP);

      const second = await store.put({ ...record }, BACKUP);

      expect(second).toEqual(first);
      expect(await all(store.list('repeated'))).toHaveLength(1);
    });

    it('fetches facts and bytes together', async () => {
      const stored = await store.put(aBackupRecord(BACKUP, { hsm: 'fetched' }), BACKUP);

      const found = await store.fetch({ blob: stored.blob });

      expect(found.stored).toEqual(stored);
      expect(Buffer.from(found.bytes).equals(BACKUP)).toBe(true);
    });

    it('keeps the public keys of a backup beside it, of all the versions a key can have', async () => {
      const record = aBackupRecord(BACKUP, { hsm: 'keys' });
      const keys = publicKeys(100);
      const { blob } = await store.put(record, BACKUP, undefined, keys);
      await store.put(record, BACKUP, undefined, keys);

      expect(await store.publicKeysOf(blob)).toEqual(keys);
      expect((await all(store.list('keys'))).map((found) => found.blob)).toEqual([blob]);
    });

    it('knows of no public keys where none were kept', async () => {
      const { blob } = await store.put(aBackupRecord(BACKUP, { hsm: 'keyless' }), BACKUP);

      expect(await store.publicKeysOf(blob)).toEqual(new Map());
    });

    it('fails to read what is not there', async () => {
      const { blob } = await store.put(aBackupRecord(BACKUP, { hsm: 'missing' }), BACKUP);

      expect((await failureOf(store.read(`${blob}x`))).code).toBe('blob-missing');
      expect((await failureOf(store.fetch({ blob: `${blob}x` }))).code).toBe('blob-missing');
    });

    it('lists the backups of one key by time, and not those of a key whose name begins alike', async () => {
      for (const capturedAt of [3_000, 1_000, 2_000]) {
        await store.put(aBackupRecord(BACKUP, { hsm: 'order', key: 'tax', capturedAt }), BACKUP);
        await store.put(aBackupRecord(BACKUP, { hsm: 'order', key: 'tax-2', capturedAt }), BACKUP);
      }

      const found = await all(store.list('order', 'tax'));

      expect(found.map(({ record }) => [record.key, record.capturedAt])).toEqual([
        ['tax', 1_000],
        ['tax', 2_000],
        ['tax', 3_000],
      ]);
    });

    it.each(['yaz', 'YAZ', 'Yaz'])(
      'finds the backups of a key made as Yaz and as yaz when asked for %s',
      async (asked) => {
        const hsm = `asked-for-${asked}`;
        for (const [key, capturedAt] of [
          ['Yaz', 1_000],
          ['yaz', 2_000],
          ['yaz-2', 3_000],
        ] as const) {
          await store.put(aBackupRecord(BACKUP, { hsm, key, capturedAt }), BACKUP);
        }

        const found = await all(store.list(hsm, asked));

        expect(found.map(({ record }) => record.key)).toEqual(['Yaz', 'yaz']);
      },
    );

    it('lists the backups of one HSM key by key, and not those of an HSM whose name begins alike', async () => {
      for (const [hsm, key, capturedAt] of [
        ['north', 'b', 1_000],
        ['north', 'a', 1_000],
        ['north-2', 'a', 1_000],
        ['north', 'a', 2_000],
      ] as const) {
        await store.put(aBackupRecord(BACKUP, { hsm, key, capturedAt }), BACKUP);
      }

      const found = await all(store.list('north'));

      expect(found.map(({ record }) => `${record.hsm} ${record.key} ${record.capturedAt}`)).toEqual([
        'north a 1000',
        'north a 2000',
        'north b 1000',
      ]);
    });

    it('has no backups of an unknown HSM', async () => {
      expect(await all(store.list('unknown'))).toEqual([]);
    });

    it('keeps the facts of 100 versions of a key with a name of 127 characters', async () => {
      const versions = Array.from({ length: 100 }, (_, n) => ({
        version: versionId(n),
        thumbprint: thumbprint(n),
      }));
      const record = aBackupRecord(BACKUP, { hsm: 'many', key: 'k'.repeat(127), versions });

      await store.put(record, BACKUP);

      expect((await all(store.list('many'))).map((stored) => stored.record)).toEqual([record]);
    });

    it('keeps that a version has no thumbprint', async () => {
      const versions = [{ version: versionId(1) }, { version: versionId(2), thumbprint: thumbprint(2) }];

      await store.put(aBackupRecord(BACKUP, { hsm: 'symmetric', versions }), BACKUP);

      expect((await all(store.list('symmetric')))[0]?.record.versions).toEqual(versions);
    });

    it('stops when the caller has given up', async () => {
      const record = aBackupRecord(BACKUP, { hsm: 'aborted' });
      const signal = AbortSignal.abort();

      expect((await failureOf(store.put(record, BACKUP, signal))).code).toBe('aborted');
      expect((await failureOf(store.read('aborted/x', signal))).code).toBe('aborted');
      expect((await failureOf(store.fetch({ blob: 'aborted/x' }, signal))).code).toBe('aborted');
      expect(await all(store.list('aborted'))).toEqual([]);
    });
  });
}

async function all(pages: AsyncIterable<readonly StoredBackup[]>): Promise<StoredBackup[]> {
  const found: StoredBackup[] = [];
  for await (const page of pages) found.push(...page);
  return found;
}

/** Public keys of the size of RSA-4096: together they are longer than a blob's metadata may be. */
function publicKeys(count: number): ReadonlyMap<string, PublicKey> {
  const n = Buffer.alloc(512, 7).toString('base64url');
  return new Map(
    Array.from({ length: count }, (_, index) => [versionId(index), { kty: 'RSA', n, e: 'AQAB' }]),
  );
}
