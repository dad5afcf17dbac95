/** The queue worker that executes approved requests, and the timers that pick up what was left and check the gate. */
import { app } from '@azure/functions';
import type { AppForInvocation } from './guard.ts';

/** Registers the worker and the timers. A failure escapes on purpose: the queue then gives the message again. */
export function registerRecoveryWorker(appFor: AppForInvocation): void {
  app.storageQueue('recoveryWorker', {
    connection: 'AzureWebJobsStorage',
    queueName: 'recoveries',
    handler: async (message, context) => {
      await appFor(context).execute(message);
    },
  });
  app.timer('recoveryReconcile', {
    schedule: '0 */5 * * * *',
    handler: async (_timer, context) => {
      await appFor(context).reconcile();
    },
  });
  app.timer('gateCheck', {
    schedule: '0 30 5 * * *',
    handler: async (_timer, context) => {
      const { armed, problems, override } = await appFor(context).checkGate();
      const log = appFor(context).logger;
      if (armed) log.info('gate checked', { armed, override });
      else log.error('gate disarmed', { armed, override, problems });
    },
  });
}
