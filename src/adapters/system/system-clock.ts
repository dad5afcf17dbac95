/** The machine's clock. */
import { setTimeout } from 'node:timers/promises';
import { WardenError } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';

/** Node's timers fire at once when asked for more than a signed 32-bit number of milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Real time; sleeps of any length. */
export const systemClock: Clock = {
  now(): number {
    return Date.now();
  },

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    try {
      for (let left = ms; left > 0 || left === ms; left -= LONGEST_TIMER_MS) {
        await setTimeout(
          Math.min(Math.max(0, left), LONGEST_TIMER_MS),
          undefined,
          signal === undefined ? {} : { signal },
        );
      }
    } catch (error) {
      throw new WardenError('aborted', { message: 'The wait was aborted.', cause: error });
    }
  },
};
