/** The timer that starts the nightly verification of all backups, and the worker that does (one part of) it. */
import { app, type InvocationContext } from '@azure/functions';
import type { Watch } from '../src/platform/compose-watch.ts';
import type { Config } from '../src/platform/config/config.ts';

/** Registers `nightlyVerify` and `verifyWorker`. A failure escapes on purpose: the queue then gives the message again. */
export function registerNightlyVerify(config: Config, watch: Watch<InvocationContext>): void {
  app.timer('nightlyVerify', {
    schedule: config.watch.verifySchedule,
    handler: async (_timer, context) => {
      await watch.startVerification(context);
    },
  });
  app.storageQueue('verifyWorker', {
    connection: 'AzureWebJobsStorage',
    queueName: 'verifications',
    handler: async (message, context) => {
      await watch.verify(message, context);
    },
  });
}
