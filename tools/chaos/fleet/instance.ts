/** A process that is one instance of an app in its host: to be killed at any moment. It does what its parent asks by message. */
import { readFile } from 'node:fs/promises';
import { managedIdentity } from '../../../src/adapters/identity/credential.ts';
import { createQueueService } from '../../../src/adapters/queue/clients.ts';
import { setClockAhead } from '../../../src/adapters/system/system-clock.ts';
import { startHost } from '../../../src/local/host/host.ts';
import { Asked } from './messages.ts';

const {
  CHAOS_ENTRY = '',
  CHAOS_RETRY,
  CHAOS_VISIBILITY_MS,
  CLOCK_AHEAD_MS,
  WARDEN_CA_FILE = '',
  WARDEN_QUEUE_URL = '',
} = process.env;
setClockAhead(Number(CLOCK_AHEAD_MS ?? 0));
const service = createQueueService({
  kind: 'identity',
  blobUrl: WARDEN_QUEUE_URL,
  queueUrl: WARDEN_QUEUE_URL,
  caPem: await readFile(WARDEN_CA_FILE, 'utf8'),
  credential: managedIdentity(),
});
const hostJson = JSON.parse(await readFile('host.json', 'utf8'));
// A message that failed, or whose process died, comes back soon: a campaign has no minutes to wait.
Object.assign(hostJson.extensions.queues, { visibilityTimeout: CHAOS_RETRY });
const host = await startHost({
  entry: CHAOS_ENTRY,
  hostJson,
  httpPort: 0,
  queueClients: () => service,
  queueVisibilityMs: Number(CHAOS_VISIBILITY_MS),
  timers: false,
  log: ({ level, functionName, message }) => {
    process.stdout.write(`${level} ${functionName ?? ''} ${message}\n`);
  },
});
process.on('message', (asked) => void answer(asked));
process.once('disconnect', () => process.exit());
process.once('SIGTERM', () => {
  // As the official host: the process is gone as soon as the app's hook is done.
  void host.stop().finally(() => process.exit());
});
process.send?.({ url: host.url });

/** Runs a function and says how it ended. */
async function answer(message: unknown): Promise<void> {
  const { id, run, data } = Asked.parse(message);
  const outcome = await (data === undefined ? host.invoke(run) : host.deliver(run, data)).then(
    ({ status }) => status,
    () => 'failed' as const,
  );
  if (process.connected) process.send?.({ id, outcome });
}
