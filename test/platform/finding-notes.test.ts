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

/** A process that notes what is found of an HSM, the settings that it shares with others, and the container in which the notes lie. */
function notesOf(hsm: string) {
  const sealer = new MemorySealer(systemClock);
  if (azurite.access.kind !== 'connection-string') throw new Error('expected a connection string');
  const config = readConfig({
    WARDEN_HSMS: hsm,
    WARDEN_STORAGE_CONNECTION: azurite.access.connectionString,
    WARDEN_SEAL_PUBLIC_KEYS: JSON.stringify(sealer.pinned),
  });
  const container = createBlobService(azurite.access).getContainerClient(config.backupContainer);
  const start = () =>
    new FindingNotes({
      once: new BlobOnceStore({ container, clock: systemClock }),
      seals: new DatedSeals({
        seals: { sealer, pinned: async () => sealer.pinned },
        resourceOf: () => config.hsms[0]?.resource,
      }),
      clock: systemClock,
    });
  return { config, container, start };
}

it('what two scans find at the same time, or another process has noted a moment ago, is noted once', async () => {
  const { container, start } = notesOf('fabrikam');
  await container.createIfNotExists();
  const [app, other] = [start(), start()];
  const loss = { kind: 'loss', key: 'orders', lost: 'key', noticedAt: 1_000 } as const;
  const second = { ...loss, key: 'tax' } as const;
  const logger = new RecordingLogger();
  // Both processes have read this, and believe what they read for some seconds.
  await Promise.all([app.read('fabrikam'), other.read('fabrikam')]);
  await Promise.all([1, 2, 3].map(() => app.keep('fabrikam', [loss, second], logger)));
  await other.keep('fabrikam', [second, loss], logger);

  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix: 'findings/fabrikam/' })) names.push(name);
  expect(names).toHaveLength(2);
});

it('what another process noted in the container of the backups is known of an HSM whose state is empty', async () => {
  const { config, container, start } = notesOf('contoso');
  const platform = openPlatform({ config });
  await platform.prepare();
  const loss = { kind: 'loss', key: 'orders', lost: 'key', noticedAt: 1_000 } as const;
  const damage = { kind: 'damage', blob: 'contoso/tax/1', noticedAt: 2_000 } as const;
  await start().keep('contoso', [loss, damage], new RecordingLogger());
  await container.getBlockBlobClient('findings/contoso/loss-junk.json').upload('', 0);

  const { watch, ignored } = await recallWatch(platform.state, 'contoso', Date.now());
  expect(lostFindings(watch)).toMatchObject([{ key: 'orders', lost: 'key', noticedAt: 1_000 }]);
  expect(ignored).toBe(1);
  expect((await readVerification(platform.state, 'contoso')).value?.damaged).toEqual({
    'contoso/tax/1': 2_000,
  });
});
