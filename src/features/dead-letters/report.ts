/** Reports what lies in the poison queues, again and again while it lies there: work that nobody does any more. */
import type { EventBus } from '../../core/events/bus.ts';
import type { DeadLetters, Logger } from '../../core/ports.ts';
import { aboutOf } from './about.ts';
import { adviceFor, poisonedEvent } from './events.ts';

/** Messages that the log names one by one; of more it has the number. */
const NAMED = 20;

/** What reporting needs. */
export interface DeadLetterDeps {
  readonly deadLetters: DeadLetters;
  readonly bus: Pick<EventBus, 'sendOnce'>;
  readonly logger: Logger;
}

/**
 * Logs each message that was set aside, and sends an event about it, once by each process: a topic that takes none now is tried
 * the next time. Fails with a storage code.
 */
export async function reportDeadLetters({ deadLetters, bus, logger }: DeadLetterDeps): Promise<void> {
  const letters = await deadLetters.list();

  for (const letter of letters.slice(0, NAMED)) {
    const { queue, id, setAsideAt } = letter;
    const { id: recoveryId, ...about } = aboutOf(letter);
    logger.error('a message failed for good and waits in the poison queue', {
      queue,
      id,
      setAsideAt,
      ...about,
      ...(recoveryId !== undefined && { recoveryId }),
      messages: letters.length,
      advice: adviceFor(letter),
    });
  }
  try {
    await bus.sendOnce(letters.map(poisonedEvent), { logger });
  } catch (error) {
    logger.error('messages that failed for good could not be reported by an event', { error });
  }
}
