/** What every BackupStore does where the account keeps versions: a version that was named stays what it was. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackupRecord } from '../../src/core/model/backup-record.ts';
import type { BackupStore } from '../../src/core/ports.ts';
import { aBackupRecord } from '../support/backup-record.ts';
import { failureOf } from '../support/errors.ts';

/** A store to try whose account keeps versions. */
export interface BackupVersionsWorld {
  readonly store: BackupStore;
  /** Puts other bytes and facts under a name, as somebody with more rights than the product could. */
  overwrite(blob: string, bytes: Uint8Array, record: BackupRecord): Promise<void>;
  close?(): Promise<void>;
}

const BACKUP = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn');
const OTHER = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.c29tZXRoaW5nIGVsc2U.dGFn');

/** Runs the contract; each test uses HSM names of its own. */
export function describeBackupVersions(name: string, factory: () => Promise<BackupVersionsWorld>): void {
  describe(`${name}, with versions, keeps the contract of a BackupStore`, () => {
    let world: BackupVersionsWorld;
    let store: BackupStore;
    beforeAll(async () => {
      world = await factory();
      store = world.store;
    });
    afterAll(async () => world.close?.());

    it('names the version that was written, and the same one when it is fetched', async () => {
      const stored = await store.put(aBackupRecord(BACKUP, { hsm: 'named' }), BACKUP);

      const found = await store.fetch({ blob: stored.blob });

      expect(stored.versionId).toBeTruthy();
      expect(found.stored.versionId).toBe(stored.versionId);
    });

    it('fetches the named version, facts and bytes, after another took its place', async () => {
      const record = aBackupRecord(BACKUP, { hsm: 'replaced' });
      const stored = await store.put(record, BACKUP);
      await world.overwrite(stored.blob, OTHER, aBackupRecord(OTHER, { hsm: 'replaced', runId: 'forged' }));

      const named = await store.fetch(stored);
      const current = await store.fetch({ blob: stored.blob });

      expect(named.stored.record).toEqual(record);
      expect(Buffer.from(named.bytes).equals(BACKUP)).toBe(true);
      expect(Buffer.from(current.bytes).equals(OTHER)).toBe(true);
      expect(current.stored.versionId).not.toBe(stored.versionId);
    });

    it('gives no other version for one that is not there', async () => {
      const { blob } = await store.put(aBackupRecord(BACKUP, { hsm: 'absent' }), BACKUP);
      const versionId = '2020-01-01T00:00:00.0000000Z';

      expect((await failureOf(store.fetch({ blob, versionId }))).code).toBe('blob-missing');
    });
  });
}
