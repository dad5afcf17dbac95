/** What every FaultContainer does, in memory or in Blob storage, beside what every BackupStore does. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { FaultContainer } from '../../src/features/drill/ports.ts';
import { aBackupRecord, versionId } from '../support/backup-record.ts';
import { failureOf } from '../support/errors.ts';

const BACKUP = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn');

/** The contract of {@link FaultContainer}. */
export function describeFaultContainer(name: string, make: () => Promise<FaultContainer>): void {
  describe(`${name} keeps the contract of a FaultContainer`, () => {
    let container: FaultContainer;
    beforeAll(async () => {
      container = await make();
    });

    it('has nothing to clear at first', async () => {
      await container.clear();

      expect(await blobsOf(container)).toEqual([]);
    });

    it('removes every backup with its public keys, and takes one of the same name again', async () => {
      const record = aBackupRecord(BACKUP, { hsm: 'contoso' });
      const keys = new Map([[versionId(1), { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'Ag' } as const]]);
      const { blob } = await container.backups.put(record, BACKUP, undefined, keys);
      await container.backups.put(aBackupRecord(BACKUP, { hsm: 'contoso', key: 'other' }), BACKUP);
      await container.backups.pin(blob);

      await container.clear();

      expect(await blobsOf(container)).toEqual([]);
      expect((await failureOf(container.backups.fetch({ blob }))).code).toBe('blob-missing');
      expect((await container.backups.publicKeysOf(blob)).size).toBe(0);
      expect((await container.backups.put({ ...record, runId: 'again' }, BACKUP)).blob).toBe(blob);
      expect(await blobsOf(container)).toEqual([blob]);
    });

    it('does nothing for a caller that has given up', async () => {
      const error = await failureOf(container.clear(AbortSignal.abort()));

      expect(error.code).toBe('aborted');
      expect(await blobsOf(container)).toHaveLength(1);
    });
  });
}

async function blobsOf({ backups }: FaultContainer): Promise<readonly string[]> {
  const blobs: string[] = [];
  for await (const page of backups.list('contoso')) blobs.push(...page.map(({ blob }) => blob));
  return blobs;
}
