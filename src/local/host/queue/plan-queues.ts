/** Sets up the queue triggers of an app, finding every storage account before anything runs. */
import { type AppSettings, bindingText } from '../app-settings.ts';
import { HostError } from '../host-error.ts';
import type { QueueSettings } from '../host-json.ts';
import type { HostLogger } from '../host-log.ts';
import type { Invoker } from '../invoker.ts';
import type { RegisteredFunction } from '../load-app.ts';
import { CALL_LIMIT_MS } from './limited-call.ts';
import type { QueueClientFactory } from './queue-clients.ts';
import { type QueueListener, startQueueListener } from './queue-listener.ts';

/** The connection of a binding that names none (learn.microsoft.com/azure/azure-functions/functions-app-settings#azurewebjobsstorage). */
const DEFAULT_CONNECTION = 'AzureWebJobsStorage';

/** What queue triggers need. */
export interface QueuePlanOptions {
  readonly functions: readonly RegisteredFunction[];
  readonly settings: AppSettings;
  readonly clients: QueueClientFactory;
  readonly queueSettings: QueueSettings;
  readonly visibilityMs: number;
  readonly random: () => number;
  readonly log: HostLogger;
  readonly invoker: Invoker;
}

/** One starter for each queue function; none has started. Fails with `setting-missing` or `registration-invalid`. */
export function planQueues(options: QueuePlanOptions): readonly (() => QueueListener)[] {
  return options.functions.flatMap((target) => {
    const { binding } = target.trigger;
    if (binding.type.toLowerCase() !== 'queuetrigger') return [];
    const functionName = target.metadata.name;
    const queueName = bindingText(binding, 'queueName', options.settings);
    if (!queueName) throw new HostError('registration-invalid', `${functionName} names no queue`);
    const service = options.clients(
      bindingText(binding, 'connection', options.settings) ?? DEFAULT_CONNECTION,
    );
    const start = () =>
      startQueueListener({
        queue: service.getQueueClient(queueName),
        poisonQueue: service.getQueueClient(`${queueName}-poison`),
        settings: options.queueSettings,
        visibilityMs: options.visibilityMs,
        callLimitMs: CALL_LIMIT_MS,
        random: options.random,
        log: (level, message) => options.log({ level, category: 'system', message, functionName }),
        onError: (message) => options.log({ level: 'error', category: 'system', message, functionName }),
        invoke: (input) => options.invoker.invoke(target, input),
      });
    return [start];
  });
}
