/** The wake-up messages that are on their way: those who wait for the same need one, not one each. */
import { isWardenError } from '../../../core/errors.ts';
import type { Clock, Logger, WorkQueue } from '../../../core/ports.ts';
import { NOTIFICATIONS } from './queues.ts';

/** The delay of a message is whole seconds. */
const SECOND_MS = 1_000;
/** The name of what every wake-up looks after: the channels. No scope is called so. */
const CHANNELS = '';

/** What sending one needs. */
interface WakeDeps {
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The wake-ups of a process. Each message that is dealt with asks for one, and each wake-up is such a message: without this
 * they would be as many as there were messages, for as long as anything is due, and each reads the whole memory.
 */
export class WakeUps {
  /** By scope: when the next one comes, epoch milliseconds. */
  readonly #coming = new Map<string, number>();

  /**
   * Sends a message that comes back at `at` (epoch milliseconds) for `scopes` and the channels, unless one comes by then. The
   * timer would see to it, too, a little later: so a failure is none.
   */
  async wake({ queue, clock, logger }: WakeDeps, at: number, scopes: readonly string[]): Promise<void> {
    const now = clock.now();
    const missing = scopes.filter((scope) => !this.#isComing(scope, at, now));
    if (scopes.length === 0 ? this.#isComing(CHANNELS, at, now) : missing.length === 0) return;
    // Sending may have taken so long that it is due by now, and no queue takes a negative delay.
    const seconds = Math.max(0, Math.ceil((at - now) / SECOND_MS));
    const names = [...missing, CHANNELS];
    const before = new Map(names.map((name) => [name, this.#coming.get(name)]));
    // Noted first: whoever asks while it is sent needs none.
    for (const name of names) this.#coming.set(name, now + seconds * SECOND_MS);
    try {
      await queue.send(NOTIFICATIONS, { kind: 'wake', scopes: missing }, seconds);
    } catch (error) {
      for (const [name, coming] of before) this.#restore(name, coming);
      if (!isWardenError(error)) throw error;
      logger.warn('the wake-up of the notifications could not be sent', { error });
    }
  }

  /** One that is due by now has come, or is lost with its process: it is no longer counted on. */
  #isComing(name: string, at: number, now: number): boolean {
    const coming = this.#coming.get(name);
    return coming !== undefined && coming > now && coming < at + SECOND_MS;
  }

  #restore(name: string, coming: number | undefined): void {
    if (coming === undefined) this.#coming.delete(name);
    else this.#coming.set(name, coming);
  }
}
