/** Queues of the product: the name and what a message of it is, written once; a message is checked when it comes in. */
import { z } from 'zod';
import { WardenError } from './errors.ts';

/** One queue. */
export interface Queue<Message = unknown> {
  readonly name: string;
  readonly schema: z.ZodType<Message>;
  /** What a message is, e.g. `a sweep request`. */
  readonly holds: string;
}

/** Reads a message of `queue`: a queue can hold anything. Fails with `message-invalid`, which names what is wrong. */
export function readMessage<Message>(queue: Queue<Message>, message: unknown): Message {
  const parsed = queue.schema.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new WardenError('message-invalid', {
    message: `A message in the queue ${queue.name} is not ${queue.holds}: ${z.prettifyError(parsed.error)}`,
    advice: 'It ends in the poison queue; find out who sent it.',
    cause: parsed.error,
  });
}
