/** A process that is only the app in its host, so that a test can kill it while HSMs and storage live on. */
import { subscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { managedIdentity } from '../../src/adapters/identity/credential.ts';
import { createQueueService } from '../../src/adapters/queue/clients.ts';
import { setClockAhead } from '../../src/adapters/system/system-clock.ts';
import { startHost } from '../../src/local/host/host.ts';

// The app follows the clock of emulators that a test moves ahead: at its start, and by message while it runs.
setClockAhead(Number(process.env.CLOCK_AHEAD_MS ?? 0));
process.on('message', (ms) => setClockAhead(Number(ms)));
const caPem = await readFile(process.env.WARDEN_CA_FILE ?? '', 'utf8');
const queueUrl = process.env.WARDEN_QUEUE_URL ?? '';
const service = createQueueService({
  kind: 'identity',
  blobUrl: queueUrl,
  queueUrl,
  caPem,
  credential: managedIdentity(),
});
// Either app; and a host may be made to leave its queues alone, or to take few messages at a time.
const { HOST_ENTRY = 'functions/main.ts', HOST_QUEUES, HOST_BATCH, HOST_LOG } = process.env;
const hostJson = JSON.parse(await readFile(new URL('../../host.json', import.meta.url), 'utf8'));
if (HOST_BATCH !== undefined) {
  Object.assign(hostJson.extensions.queues, { batchSize: Number(HOST_BATCH), newBatchThreshold: 1 });
}
const host = await startHost({
  entry: new URL(`../../${HOST_ENTRY}`, import.meta.url),
  hostJson,
  queues: HOST_QUEUES !== 'off',
  httpPort: 0,
  masterKey: process.env.HOST_MASTER_KEY,
  queueClients: () => service,
  // A killed process's message comes back after this long; the official host takes ten minutes.
  queueVisibilityMs: Number(process.env.QUEUE_VISIBILITY_MS ?? 2_000),
  timers: false,
  log: ({ level, message }) => {
    if (level === 'error' || HOST_LOG === 'all') process.stderr.write(`${message}\n`);
  },
});
// One line when it is up, one more for each key dealt with.
process.stdout.write(`${host.url}\n`);
subscribe('hsm-warden.sweep', () => process.stdout.write('key\n'));
process.once('SIGTERM', () => {
  // As the official host: the process is gone as soon as the app's hook is done. A connection to the test does not hold it.
  void host.stop().finally(() => process.exit());
});
