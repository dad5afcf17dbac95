/** Registers the triggers of an app with the Functions library. A failure escapes on purpose: the host then repeats or reports. */
import { app, type InvocationContext } from '@azure/functions';
import type { App, BoundTrigger } from '../src/platform/app.ts';

/** Queues are the host's own storage connection. */
const QUEUE_CONNECTION = 'AzureWebJobsStorage';

/** Registers every trigger of `product`. */
export function registerTriggers(product: App): void {
  for (const trigger of product.triggers) register(trigger);
}

function register({ name, on, run }: BoundTrigger): void {
  const handler = async (input: unknown, context: InvocationContext): Promise<void> => {
    await run(input, context);
  };
  switch (on.kind) {
    case 'timer':
      app.timer(name, { schedule: on.schedule, handler });
      return;
    case 'queue':
      app.storageQueue(name, { connection: QUEUE_CONNECTION, queueName: on.queue, handler });
      return;
    case 'hub':
      app.eventHub(name, {
        connection: on.connection,
        eventHubName: on.hub,
        consumerGroup: on.consumerGroup,
        cardinality: 'many',
        // The checkpoint of an event hub moves on after a failure too, unless a retry policy holds it. Only a failing
        // storage account lets a batch fail, so it is held until that works again.
        // https://learn.microsoft.com/azure/azure-functions/functions-bindings-errors
        retry: { strategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { seconds: 10 } },
        handler,
      });
  }
}
