/** Queues at an Azurite, hosts on them, and what their worker function is given. */
import { randomUUID } from 'node:crypto';
import type { InvocationContext } from '@azure/functions';
import { type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import type { HostOptions } from '../../../../src/local/host/host-options.ts';
import { type Act, acts } from '../apps/script.ts';
import type { Azurite } from './azurite.ts';
import { fixtureApp, startTestHost } from './start.ts';

/** How long what is expected may take, for `vi.waitFor`. */
export const SOON = { timeout: 15_000, interval: 25 };
/** A message as its queue holds it. */
export const encode = (content: string) => Buffer.from(content).toString('base64');

/** The queues of one function that works. */
interface QueueWorld {
  readonly queue: QueueClient;
  readonly poison: QueueClient;
  /** The hosts of one world share its queues. */
  start(queues?: Record<string, unknown>, options?: Partial<HostOptions>): ReturnType<typeof startTestHost>;
}

/** Queues that no other test has, at `azurite`, and hosts that work on them. */
export function createWorld(azurite: Azurite): QueueWorld {
  const service = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const name = `work-${randomUUID()}`;
  return {
    queue: service.getQueueClient(name),
    poison: service.getQueueClient(`${name}-poison`),
    start: (queues = {}, options = {}) =>
      startTestHost({
        entry: fixtureApp('work-app'),
        hostJson: { version: '2.0', extensions: { queues: { maxPollingInterval: '00:00:01', ...queues } } },
        settings: {
          NIGHTLY: '0 0 2 * * *',
          WORK_QUEUE: name,
          Storage: azurite.connectionString,
        },
        timers: false,
        ...options,
      }),
  };
}

/** Messages in a queue, hidden ones too. */
export async function count(queue: QueueClient): Promise<number> {
  return (await queue.getProperties()).approximateMessagesCount ?? 0;
}

/** The visible messages of a queue. */
export async function texts(queue: QueueClient): Promise<readonly string[]> {
  const answer = await queue.peekMessages({ numberOfMessages: 32 });
  return answer.peekedMessageItems.map((item) => Buffer.from(item.messageText, 'base64').toString('utf8'));
}

/** Notes what the worker function receives, then does `then`. */
export function recordWork(
  then: Act = () => undefined,
): { readonly value: unknown; readonly context: InvocationContext }[] {
  const seen: { value: unknown; context: InvocationContext }[] = [];
  acts.set('worker', (value, context) => {
    seen.push({ value, context });
    return then(value, context);
  });
  return seen;
}
