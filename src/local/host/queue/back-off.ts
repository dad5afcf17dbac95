/** How long to wait between reads of a queue. */

/** Shortest wait in milliseconds, and the share by which waits vary (`QueuePollingIntervals`, `RandomizedExponentialBackoffStrategy`, github.com/Azure/azure-sdk-for-net). */
const SHORTEST = 100;
const VARIATION = 0.2;

/** Waits that double while a queue stays empty. */
export interface BackOff {
  /** The next wait in milliseconds; `found` says whether the last read found a message. */
  next(found: boolean): number;
}

/** Creates the waits of one queue, from 100 ms up to `longest`; `random` is in [0, 1). */
export function createBackOff(longest: number, random: () => number): BackOff {
  let exponent = 0;
  let current = 0;
  return {
    next(found) {
      if (found) {
        exponent = 1;
        current = Math.min(SHORTEST, longest);
      } else if (current < longest) {
        const factor = 1 - VARIATION + random() * 2 * VARIATION;
        const grown = SHORTEST + (exponent > 0 ? factor * 2 ** (exponent - 1) * SHORTEST : 0);
        exponent += 1;
        current = Math.min(grown, longest);
      }
      return current;
    },
  };
}
