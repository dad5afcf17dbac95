/** Runs the real app once, in the local host of this process, over a local world. */
import { readFile } from 'node:fs/promises';
import { managedIdentity } from '../../src/adapters/identity/credential.ts';
import { createQueueService } from '../../src/adapters/queue/clients.ts';
import type { RunSummary } from '../../src/features/backup/run-record.ts';
import { startHost } from '../../src/local/host/host.ts';
import { runNightly } from '../../src/local/run-nightly.ts';
import type { LocalWorld } from './local-world.ts';

/** Starts the app, runs its nightly timer, waits for the runs of all HSMs, and stops the app. */
export async function runNightlyIn(
  local: LocalWorld,
  settings: Readonly<Record<string, string>> = {},
): Promise<readonly RunSummary[]> {
  const { world } = local;
  Object.assign(process.env, world.settings, settings);
  const { blobUrl, queueUrl } = world.azurite;
  const service = createQueueService({
    kind: 'identity',
    blobUrl,
    queueUrl,
    caPem: world.caPem,
    credential: managedIdentity(),
  });
  await service.getQueueClient('hsm-sweeps').createIfNotExists();
  const host = await startHost({
    entry: new URL('../../functions/main.ts', import.meta.url),
    hostJson: JSON.parse(await readFile(new URL('../../host.json', import.meta.url), 'utf8')),
    httpPort: 0,
    queueClients: () => service,
    timers: false,
  });
  try {
    return await runNightly(
      host,
      world.hsms.map(({ name }) => name),
      () => undefined,
      120_000,
    );
  } finally {
    await host.stop();
  }
}
