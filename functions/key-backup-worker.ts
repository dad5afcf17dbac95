/** The queue worker that backs up one key soon after it changed. */
import { app, type InvocationContext } from '@azure/functions';
import type { Watch } from '../src/platform/compose-watch.ts';

/** Registers the worker `keyBackupWorker`. A failure escapes on purpose: the queue then gives the message again. */
export function registerKeyBackupWorker(watch: Watch<InvocationContext>): void {
  app.storageQueue('keyBackupWorker', {
    connection: 'AzureWebJobsStorage',
    queueName: 'key-backups',
    handler: async (message, context) => {
      await watch.backUpKey(message, context);
    },
  });
}
