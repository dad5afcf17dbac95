/** The platform gives the readers of the state what is noted beside the backups: without that a forgotten loss stays forgotten. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BlobOnceStore } from '../../src/adapters/audit/blob-once-store.ts';
import { createBlobService } from '../../src/adapters/blob/clients.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { DatedSeals } from '../../src/core/seal/dated-seals.ts';
import { FindingNotes } from '../../src/features/notes/finding-notes.ts';
import { readVerification } from '../../src/features/verify/verify-state.ts';
import { lostFindings } from '../../src/features/watch/model/lost-findings.ts';
import { recallWatch } from '../../src/features/watch/model/noted-losses.ts';
import { readConfig } from '../../src/platform/config/config.ts';
import { openPlatform } from '../../src/platform/platform.ts';
import { type RunningAzurite, startAzurite } from '../support/azurite.ts';
import { MemorySealer } from '../support/memory/memory-sealer.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

it('what another process noted in the container of the backups is known of an HSM whose state is empty', async () => {
  const sealer = new MemorySealer(systemClock);
  if (azurite.access.kind !== 'connection-string') throw new Error('expected a connection string');
  const config = readConfig({
    WARDEN_HSMS: 'contoso',
    WARDEN_STORAGE_CONNECTION: azurite.access.connectionString,
    WARDEN_SEAL_PUBLIC_KEYS: JSON.stringify(sealer.pinned),
  });
  const platform = openPlatform({ config });
  await platform.prepare();
  const container = createBlobService(azurite.access).getContainerClient(config.backupContainer);
  const app = new FindingNotes({
    once: new BlobOnceStore({ container, clock: systemClock }),
    seals: new DatedSeals({
      seals: { sealer, pinned: async () => sealer.pinned },
      resourceOf: () => config.hsms[0]?.resource,
    }),
    clock: systemClock,
  });
  const loss = { kind: 'loss', key: 'orders', lost: 'key', noticedAt: 1_000 } as const;
  const damage = { kind: 'damage', blob: 'contoso/tax/1', noticedAt: 2_000 } as const;
  await app.keep('contoso', [loss, damage], new RecordingLogger());
  await container.getBlockBlobClient('findings/contoso/loss-junk.json').upload('', 0);

  const { watch, ignored } = await recallWatch(platform.state, 'contoso');
  expect(lostFindings(watch)).toMatchObject([{ key: 'orders', lost: 'key', noticedAt: 1_000 }]);
  expect(ignored).toBe(1);
  expect((await readVerification(platform.state, 'contoso')).value?.damaged).toEqual({
    'contoso/tax/1': 2_000,
  });
});
