/** What is asked of a service after it accepted a message, as a pure function: when, how often, and what the answer leads to. */
import { MINUTE_MS } from '../../../core/time.ts';
import type { Awaited, ChannelState } from '../model/channel-state.ts';
import type { Outcome } from '../model/ports.ts';

/** Most mails are on their way within moments. */
const FIRST_LOOK_MS = 15_000;
/** After this many looks at doubling pauses, about an hour, nobody asks any more. */
const MOST_LOOKS = 7;
/** Of more than these, the oldest are asked about no more. */
const MOST_AWAITED = 500;
/** Asked about together. */
const AT_ONCE = 10;

/** How a receipt says that the service never said what became of its message. */
const OUTCOME_UNKNOWN = 'outcome unknown';

/** `state` with the outcome of the accepted message `id` awaited, whose receipt it has; as it is where there is none to await. */
export function awaitOutcome(state: ChannelState, id: string | undefined, now: number): ChannelState {
  const receipt = state.receipts.findLast((one) => one.id === id && one.outcome === 'accepted');
  if (receipt === undefined) return state;
  const others = (state.awaited ?? []).filter((one) => one.receipt.id !== id);
  return withAwaited(
    state,
    [...others, { receipt, looks: 0, nextAt: now + FIRST_LOOK_MS }].slice(-MOST_AWAITED),
  );
}

/** Those that the service is to be asked about now. */
export function dueLooks({ awaited = [] }: ChannelState, now: number): readonly Awaited[] {
  return awaited.filter(({ nextAt }) => nextAt <= now).slice(0, AT_ONCE);
}

/** Whether the outcome of `id` is awaited. */
export function isAwaited({ awaited = [] }: ChannelState, id: string): boolean {
  return awaited.some(({ receipt }) => receipt.id === id);
}

/**
 * `state` after the service was asked about `id`; `unknown`: it gave no answer. What failed is a failed attempt: its receipt says so,
 * as the newest, by which it is reported as lost. The very same object where nothing was awaited.
 */
export function noteOutcome(
  state: ChannelState,
  id: string,
  outcome: Outcome | 'unknown',
  now: number,
): ChannelState {
  const { awaited = [] } = state;
  const found = awaited.find(({ receipt }) => receipt.id === id);
  if (found === undefined) return state;
  const others = withAwaited(
    state,
    awaited.filter((one) => one !== found),
  );
  if (outcome === 'sent') return others;
  if (typeof outcome === 'object')
    return withResult(others, found, 'refused', `channel-refused (${outcome.failed})`, now);
  const looks = found.looks + 1;
  if (looks >= MOST_LOOKS) return withResult(others, found, 'accepted', OUTCOME_UNKNOWN, now);
  const next = { ...found, looks, nextAt: now + MINUTE_MS * 2 ** (looks - 1) };
  return withAwaited(
    state,
    awaited.map((one) => (one === found ? next : one)),
  );
}

function withResult(
  state: ChannelState,
  { receipt }: Awaited,
  outcome: 'accepted' | 'refused',
  result: string,
  now: number,
): ChannelState {
  const tries = [...receipt.tries, { at: now, result }];
  const others = state.receipts.filter(({ id }) => id !== receipt.id);
  if (outcome === 'refused')
    return { ...state, receipts: [...others, { ...receipt, endedAt: now, outcome, tries }] };
  return {
    ...state,
    receipts: state.receipts.map((one) => (one.id === receipt.id ? { ...one, tries } : one)),
  };
}

function withAwaited({ awaited: _, ...state }: ChannelState, awaited: readonly Awaited[]): ChannelState {
  return awaited.length === 0 ? state : { ...state, awaited: [...awaited] };
}
