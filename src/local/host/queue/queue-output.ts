/** Carries out queue output bindings: what a function returned or set becomes messages. */
import { type AppSettings, bindingText } from '../app-settings.ts';
import { HostError } from '../host-error.ts';
import type { RegisteredFunction } from '../load-app.ts';
import type { RpcInvocationResponse } from '../rpc-types.ts';
import { toTexts } from '../typed-data.ts';
import { encodeMessage, type MessageEncoding } from './message-codec.ts';
import type { QueueClientFactory } from './queue-clients.ts';
import { sendCreating } from './send-message.ts';

/** The connection of a binding that names none (learn.microsoft.com/azure/azure-functions/functions-app-settings#azurewebjobsstorage). */
export const DEFAULT_CONNECTION = 'AzureWebJobsStorage';

/** What outputs need. */
export interface QueueOutputOptions {
  readonly clients: QueueClientFactory;
  readonly settings: AppSettings;
  readonly encoding: MessageEncoding;
}

/** Refuses functions whose outputs or inputs this host cannot carry out. Fails with `binding-unsupported`. */
export function checkBindings(functions: readonly RegisteredFunction[]): void {
  for (const { metadata, trigger } of functions) {
    for (const [name, binding] of Object.entries(metadata.bindings)) {
      const known =
        name === trigger.name || (binding.direction === 'out' && ['http', 'queue'].includes(binding.type));
      if (!known) {
        throw new HostError(
          'binding-unsupported',
          `${metadata.name} has a ${binding.type} binding (direction ${binding.direction}), which this host does not carry out`,
        );
      }
    }
  }
}

/** Sends the messages an invocation's response asks for, creating absent queues. */
export async function sendOutputs(
  target: RegisteredFunction,
  response: RpcInvocationResponse,
  options: QueueOutputOptions,
): Promise<void> {
  const outputs = [...(response.outputData ?? []), { name: '$return', data: response.returnValue }];
  for (const { name, data } of outputs) {
    const binding = target.metadata.bindings[name];
    if (binding?.type !== 'queue') continue;
    const queueName = bindingText(binding, 'queueName', options.settings) ?? '';
    const connection = bindingText(binding, 'connection', options.settings) ?? DEFAULT_CONNECTION;
    const queue = options.clients(connection).getQueueClient(queueName);
    for (const text of toTexts(data)) await sendCreating(queue, encodeMessage(text, options.encoding));
  }
}
