/** A fixture app for a host in its own process: its worker says on the standard output what it does. */
import { setTimeout as wait } from 'node:timers/promises';
import { app } from '@azure/functions';

const running = new Set<Promise<void>>();

app.storageQueue('worker', {
  queueName: '%WORK_QUEUE%',
  connection: 'Storage',
  handler: async (value, context) => {
    process.stdout.write(`begin ${String(value)} ${String(context.triggerMetadata?.dequeueCount)}\n`);
    const work = wait(Number(process.env.WORK_MS ?? 0));
    running.add(work);
    await work;
    process.stdout.write(`end ${String(value)}\n`);
  },
});
app.timer('nightly', { schedule: '0 0 2 * * *', handler: () => undefined });
app.hook.appTerminate(async () => {
  if (process.env.WAIT_AT_END === 'yes') await Promise.all(running);
});
