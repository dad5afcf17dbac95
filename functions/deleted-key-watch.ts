/** The timer that asks for a look at every HSM, and the worker that looks. */
import { app, type InvocationContext } from '@azure/functions';
import type { Watch } from '../src/platform/compose-watch.ts';
import type { Config } from '../src/platform/config/config.ts';

/** Registers `deletedKeyWatch` and `watchWorker`. A failure escapes on purpose: the queue then gives the message again. */
export function registerDeletedKeyWatch(config: Config, watch: Watch<InvocationContext>): void {
  app.timer('deletedKeyWatch', {
    schedule: config.watch.schedule,
    handler: async (_timer, context) => {
      await watch.startLooks(context);
    },
  });
  app.storageQueue('watchWorker', {
    connection: 'AzureWebJobsStorage',
    queueName: 'watch-looks',
    handler: async (message, context) => {
      await watch.look(message, context);
    },
  });
}
