/** Keeps a lease alive on a timer, and says so in time when it cannot. */
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { Clock, Lease } from '../../core/ports.ts';

/** What it takes to hold a lease. */
export interface HeldLease {
  readonly name: string;
  readonly seconds: number;
  /** When its first term began at the latest: before the request was sent. Epoch milliseconds. */
  readonly startedAt: number;
  readonly clock: Clock;
  /** One renewal. Fails with `lease-lost`, or with a fault that may pass. */
  readonly renew: (signal: AbortSignal) => Promise<void>;
  readonly giveBack: () => Promise<void>;
}

/** Renewals happen at each third of the term, so that two may fail. */
const RENEWALS_PER_TERM = 3;
/** After a failed renewal the next try comes sooner. */
const RETRIES_PER_TERM = 30;

/** Starts prolonging. `lost` fires at the end of the last term that is certain, whatever a renewal under way does. */
export function holdLease(held: HeldLease): Lease {
  const lost = new AbortController();
  const stopped = new AbortController();
  const kept = keep(held, stopped.signal).catch((error: unknown) => {
    if (!stopped.signal.aborted) lost.abort(error);
  });
  return {
    lost: lost.signal,
    async release() {
      stopped.abort();
      await kept;
      await held.giveBack();
    },
  };
}

/** Renews until `stopped`, or throws `lease-lost`. */
async function keep(held: HeldLease, stopped: AbortSignal): Promise<never> {
  const termMs = held.seconds * 1000;
  let certainUntil = held.startedAt + termMs;
  let wait = termMs / RENEWALS_PER_TERM;
  for (;;) {
    await held.clock.sleep(Math.min(wait, certainUntil - held.clock.now()), stopped);
    const startedAt = held.clock.now();
    if (startedAt >= certainUntil) throw lostError(held.name);
    const renewed = await tryRenew(held, certainUntil, stopped);
    if (renewed) certainUntil = startedAt + termMs;
    wait = termMs / (renewed ? RENEWALS_PER_TERM : RETRIES_PER_TERM);
  }
}

/** Whether a renewal went well before `certainUntil`. Throws when the lease is lost, or when stopped. */
async function tryRenew(held: HeldLease, certainUntil: number, stopped: AbortSignal): Promise<boolean> {
  const attempt = new AbortController();
  const signal = AbortSignal.any([attempt.signal, stopped]);
  const guard = held.clock.sleep(certainUntil - held.clock.now(), signal).then(
    () => attempt.abort(),
    () => undefined,
  );
  try {
    await held.renew(signal);
    return true;
  } catch (error) {
    if (stopped.aborted || isWardenError(error, 'lease-lost')) throw error;
    return false;
  } finally {
    attempt.abort();
    await guard;
  }
}

function lostError(name: string): WardenError {
  return new WardenError('lease-lost', {
    message: `The lease ${name} could not be prolonged in time.`,
    advice: 'The work is given to whoever takes the lease next.',
  });
}
