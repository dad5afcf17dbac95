// How many operations a second a pool takes, and how large a burst.
import type { LimitClass } from '../model/operation.ts';

/** A rate of a class of operations. `burst` is how many may come together after a pause. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/**
 * Rates: Microsoft Learn, "Managed HSM scaling guidance" (key operations, one partition) and "Managed HSM service
 * limits" (role operations). They are throughput; how the service throttles is not documented. Recordings show
 * creates, deletes, purges and role requests back to back far above these rates without a refusal, hence their
 * large bursts; for
 * backup and restore the burst is one second's worth, plus one so that a client at exactly the rate is not refused
 * for a few milliseconds of jitter.
 */
export const RATES: Readonly<Record<Exclude<LimitClass, 'none'>, Rate>> = {
  create: { perSecond: 1, burst: 120 },
  delete: { perSecond: 10, burst: 60 },
  purge: { perSecond: 10, burst: 60 },
  backup: { perSecond: 10, burst: 11 },
  restore: { perSecond: 10, burst: 11 },
  get: { perSecond: 1100, burst: 1100 },
  roles: { perSecond: 5, burst: 300 },
};
