/** A process that is only the app in its host, so that a test can kill it while HSMs and storage live on. */
import { subscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { managedIdentity } from '../../src/adapters/identity/credential.ts';
import { createQueueService } from '../../src/adapters/queue/clients.ts';
import { startHost } from '../../src/local/host/host.ts';

const caPem = await readFile(process.env.WARDEN_CA_FILE ?? '', 'utf8');
const queueUrl = process.env.WARDEN_QUEUE_URL ?? '';
const service = createQueueService({
  kind: 'identity',
  blobUrl: queueUrl,
  queueUrl,
  caPem,
  credential: managedIdentity(),
});
const host = await startHost({
  entry: new URL('../../functions/main.ts', import.meta.url),
  hostJson: JSON.parse(await readFile(new URL('../../host.json', import.meta.url), 'utf8')),
  httpPort: 0,
  queueClients: () => service,
  // A killed process's message comes back after this long; the official host takes ten minutes.
  queueVisibilityMs: 2_000,
  timers: false,
  log: ({ level, message }) => {
    if (level === 'error') process.stderr.write(`${message}\n`);
  },
});
// One line when it is up, one more for each key dealt with.
process.stdout.write(`${host.url}\n`);
subscribe('hsm-warden.sweep', () => process.stdout.write('key\n'));
process.once('SIGTERM', () => {
  void host.stop();
});
