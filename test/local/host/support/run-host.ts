/**
 * A host as a process of its own, to be killed: serves the app named by APP on a free port with the settings of its
 * environment, and prints `ready {url}`.
 */
import { startHost } from '../../../../src/local/host/host.ts';
import { createMemoryScheduleStore } from '../../../../src/local/host/timer/schedule-store.ts';

const host = await startHost({
  entry: process.env.APP ?? '',
  hostJson: { version: '2.0', extensions: { queues: { maxPollingInterval: '00:00:01' } } },
  httpPort: 0,
  queueVisibilityMs: 2000,
  scheduleStore: createMemoryScheduleStore(),
});
process.stdout.write(`ready ${host.url}\n`);
process.once('SIGTERM', () => void host.stop().finally(() => process.exit()));
