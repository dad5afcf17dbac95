/** Brings down what a memory dates in the future: nothing in it can have happened later than now, and what is still to come must be later. */
import { definedOnly } from '../../../core/defined-only.ts';
import { CLOCK_SKEW_MS, HOUR_MS } from '../../../core/time.ts';
import type { KnownKey, WatchState } from './watch-state.ts';

/** Whether a time is further ahead than another clock can be. */
export function isAhead(time: number | undefined, now: number): boolean {
  return time !== undefined && time > now + CLOCK_SKEW_MS;
}

/**
 * `state` with no time later than `now` that its own scans gave: a wait that is counted from the future never ends, and a loss of the
 * future is taken for the next one. The times that the HSM gave of its keys stay, for they are compared with its answer. `lostAt`: when the
 * loss of a key was noted for good; that holds, whatever time the memory was given since.
 */
export function withoutFuture(
  state: WatchState,
  now: number,
  lostAt: (key: string) => number | undefined,
): WatchState {
  const past = pastOf(now);
  const { watchingSince, lookedAt, lookBeganAt, keys, purges, conditions, damaged } = state;
  return {
    ...state,
    ...definedOnly({
      watchingSince: past(watchingSince),
      lookedAt: past(lookedAt),
      lookBeganAt: past(lookBeganAt),
      damaged: damaged && mapped(damaged, past),
    }),
    keys: mapped(keys, (known) => keyOf(known, now)),
    purges: mapped(purges, (purge, key) => ({
      ...purge,
      at: isAhead(purge.at, now) ? (lostAt(key) ?? now) : purge.at,
      // A record of the future would pass for one that is still to come.
      records: purge.records.filter((at) => !isAhead(at, now)),
      ...definedOnly({ backupGoneSince: past(purge.backupGoneSince) }),
    })),
    conditions: mapped(conditions, (held) => ({ ...held, since: past(held.since) })),
  };
}

/** A time as it can be: one of the future as of now. */
function pastOf(now: number) {
  return <T extends number | undefined>(time: T): T | number => (isAhead(time, now) ? now : time);
}

function keyOf(known: KnownKey, now: number): KnownKey {
  const past = pastOf(now);
  const seen = definedOnly({ lastSeenAt: past(known.lastSeenAt) });
  if (known.state === 'active') {
    const { unprotected } = known;
    const since = unprotected && { ...unprotected, since: past(unprotected.since) };
    return { ...known, ...seen, ...definedOnly({ unprotected: since }) };
  }
  const { uses, lastUse } = known;
  return {
    ...known,
    ...seen,
    // Each begins with its hour. One of the future would keep a use that is still to come from being reported.
    uses: uses.filter((use) => !isAhead(Number.parseInt(use, 10) * HOUR_MS, now)),
    ...definedOnly({ lastUse: lastUse && { ...lastUse, at: past(lastUse.at) } }),
  };
}

function mapped<T>(
  record: Readonly<Record<string, T>>,
  change: (value: T, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]): [string, T] => [name, change(value, name)]),
  );
}
