/** The queue worker that does (one part of) the run over one HSM. */
import { app } from '@azure/functions';
import type { Warden } from '../src/platform/compose.ts';

/** Registers the worker `sweepWorker`. A failure escapes on purpose: the queue then gives the message again. */
export function registerSweepWorker(warden: Warden): void {
  app.storageQueue('sweepWorker', {
    connection: 'AzureWebJobsStorage',
    queueName: 'hsm-sweeps',
    handler: async (message, context) => {
      await warden.sweep(message, context);
    },
  });
}
