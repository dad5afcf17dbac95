/** Says what lies in the poison queues, again and again while it lies there: work that nobody does any more. */
import { z } from 'zod';
import type { DeadLetter, DeadLetters, Logger } from '../../core/ports.ts';

/** Names of the log: what the message was about, as far as it says. */
const About = z.object({
  kind: z.string().optional().catch(undefined),
  hsm: z.string().optional().catch(undefined),
  key: z.string().optional().catch(undefined),
  runId: z.string().optional().catch(undefined),
});

/** Messages named one by one in the log; of more there is the number. */
const NAMED = 20;

/** What a message was about. */
export function aboutOf({ message }: Pick<DeadLetter, 'message'>): z.output<typeof About> {
  const read = About.safeParse(message);
  return read.success ? read.data : {};
}

/** Logs each message that was set aside. Fails with a storage code. */
export async function reportDeadLetters(deps: {
  readonly deadLetters: DeadLetters;
  readonly logger: Logger;
}): Promise<void> {
  const letters = await deps.deadLetters.list();
  for (const letter of letters.slice(0, NAMED)) {
    const { queue, id, setAsideAt } = letter;
    deps.logger.error('a message failed for good and waits in the poison queue', {
      queue,
      id,
      setAsideAt,
      ...aboutOf(letter),
      messages: letters.length,
      advice: `hsm-warden queue retry ${queue} ${id}`,
    });
  }
}
