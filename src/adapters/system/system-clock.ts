/** The machine's clock. */
import { setTimeout } from 'node:timers/promises';
import { abortReason, WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';

/** Node's timers fire at once when asked for more than a signed 32-bit number of milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Shared by every copy of this module in the process: two apps may be loaded side by side. */
const AHEAD = Symbol.for('hsm-warden.clock-ahead-ms');

/** Real time, unless this very process moved it ahead; sleeps of any length take their real time. */
export const systemClock: Clock = {
  now(): number {
    return Date.now() + msAhead();
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
      if (signal?.aborted === true) throw abortReason(signal, 'The wait was aborted.');
      throw new WardenError('aborted', { message: 'The wait was aborted.', cause: error });
    }
  },
};

/** The machine's own time, epoch milliseconds, however far this process's clock was moved ahead of it. */
export function machineNow(): number {
  return Date.now();
}

/** Lets the clock run `ms` milliseconds ahead of real time in this process: how ninety days pass in a local world. */
export function setClockAhead(ms: number): void {
  Reflect.set(globalThis, AHEAD, ms);
}

function msAhead(): number {
  const ahead: unknown = Reflect.get(globalThis, AHEAD);
  return typeof ahead === 'number' ? ahead : 0;
}
