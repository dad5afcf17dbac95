// Token buckets, one for each class of operations.
import type { LimitClass } from '../model/operation.ts';
import { RATES, type Rate } from './rates.ts';

/** Says whether one more operation of a class may run now; taking its place if so. */
export type Limiter = { take(limit: LimitClass): boolean };

type Bucket = { tokens: number; at: number };

/** A limiter over `rates`; `now` is monotonic milliseconds. Moving the emulator's clock must not refill buckets. */
export function createLimiter(now: () => number, rates: Readonly<Record<string, Rate>> = RATES): Limiter {
  const buckets = new Map<string, Bucket>();
  return {
    take(limit) {
      const rate = rates[limit];
      if (!rate) return true;
      const at = now();
      const bucket = buckets.get(limit) ?? { tokens: rate.burst, at };
      const refilled = bucket.tokens + ((at - bucket.at) / 1000) * rate.perSecond;
      const tokens = Math.min(rate.burst, refilled);
      const allowed = tokens >= 1;
      buckets.set(limit, { tokens: allowed ? tokens - 1 : tokens, at });
      return allowed;
    },
  };
}

/** No limits at all. */
export const UNLIMITED: Limiter = { take: () => true };
