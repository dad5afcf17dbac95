/** The messages of one channel as a pure function: what is taken in, what is next, what an attempt leads to. */
import { definedOnly } from '../../../core/defined-only.ts';
import { WardenError } from '../../../core/errors.ts';
import type { ChannelState, Pending, Receipt } from '../model/channel-state.ts';
import type { Outgoing } from '../model/incident-state.ts';
import type { Message } from '../model/message.ts';
import type { Refusal } from '../model/ports.ts';
import { aloneFor, isSameAudience } from './receivers.ts';
import { afterFailure, KEPT_MS } from './retry-plan.ts';

/** Receipts kept for people to see. */
const RECEIPTS_KEPT = 200;
/** Attempts kept of each message. */
const TRIES_KEPT = 5;

/**
 * `state` with those messages of `outgoing` for its channel that neither wait in it nor have ended; the same object when there
 * are none. They are distinguished by their ids alone: their numbers start again where the incidents were forgotten. A message
 * is handed over again within moments or not at all, so the receipts that are kept suffice.
 */
export function take(state: ChannelState, outgoing: readonly Outgoing[], now: number): ChannelState {
  const known = new Set([
    ...state.pending.map(({ message }) => message.id),
    ...state.receipts.map(({ id }) => id),
  ]);
  const fresh = outgoing
    .filter(({ channel, message }) => channel === state.channel && !known.has(message.id))
    .sort((a, b) => a.n - b.n);
  if (fresh.length === 0) return state;
  const { taken: _, ...kept } = state;
  let next: ChannelState = kept;
  for (const { message } of fresh) {
    next = replaceOlder(next, message, now);
    const pending: Pending = { message, queuedAt: now, attempts: 0, nextAt: now, tries: [] };
    next = { ...next, pending: [...next.pending, pending] };
  }
  return next;
}

/** A repeat that was never tried says nothing that a newer message about the same does not say. */
function replaceOlder(state: ChannelState, newer: Message, now: number): ChannelState {
  const isOlder = ({ message, attempts }: Pending) =>
    message.thread === newer.thread &&
    isSameAudience(message, newer) &&
    attempts === 0 &&
    (message.kind === 'repeat' || message.kind === 'reminder');
  const older = newer.kind === 'test' ? [] : state.pending.filter(isOlder);
  return older.reduce((next, pending) => end(next, pending, 'replaced', now), state);
}

/**
 * The message to send now: of each thread only its oldest, of those the one that was tried least often. Undefined when none
 * is due.
 */
export function nextMessage(state: ChannelState, now: number): Pending | undefined {
  if (now < state.notBefore) return undefined;
  return heads(state)
    .filter(({ nextAt }) => nextAt <= now)
    .reduce<Pending | undefined>(
      (best, one) => (best === undefined || one.attempts < best.attempts ? one : best),
      undefined,
    );
}

/** When the next message is due; undefined when none waits. */
export function nextAttemptAt(state: ChannelState): number | undefined {
  const times = heads(state).map(({ nextAt }) => Math.max(nextAt, state.notBefore));
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
}

/** `state` after the service accepted `id`; for those who were refused it is kept, or has ended, each for themselves. */
export function noteAccepted(
  state: ChannelState,
  id: string,
  status: number,
  now: number,
  refused: readonly Refusal[] = [],
): ChannelState {
  const pending = state.pending.find(({ message }) => message.id === id);
  if (pending === undefined) return state;
  const { failingSince: _since, lastError: _error, ...rest } = state;
  const tried = withTry(pending, { at: now, result: 'accepted', status });
  const left = refused.map(({ receiver, error }) => refusedFor(pending, receiver, error, now));
  const waiting = left.flatMap((one) => (one.isOver ? [] : [one.pending]));
  const index = rest.pending.indexOf(pending);
  const kept = {
    ...rest,
    failures: 0,
    notBefore: 0,
    pending: rest.pending.toSpliced(index + 1, 0, ...waiting),
  };
  const accepted = {
    ...end(kept, tried, 'accepted', now),
    accepted: state.accepted + 1,
    lastAcceptedAt: now,
  };
  return left
    .filter(({ isOver }) => isOver)
    .reduce<ChannelState>((next, one) => end(next, one.pending, 'refused', now), accepted);
}

/** The part of a message of somebody who was refused, after the attempt at all of it, and whether it will never be taken. */
function refusedFor(
  pending: Pending,
  receiver: string,
  error: unknown,
  now: number,
): { readonly pending: Pending; readonly isOver: boolean } {
  const tried = withTry(aloneFor(pending, receiver), { at: now, result: describe(error) });
  const after = afterFailure(error, tried.attempts, 1, now);
  if (after.kind === 'refused') return { pending: tried, isOver: true };
  return { pending: { ...tried, nextAt: after.messageAt }, isOver: false };
}

/** `state` after an attempt at `id` failed with `error`. */
export function noteFailure(state: ChannelState, id: string, error: unknown, now: number): ChannelState {
  const pending = state.pending.find(({ message }) => message.id === id);
  if (pending === undefined) return state;
  const result = describe(error);
  const tried = withTry(pending, { at: now, result });
  // That one receiver is refused says nothing of the channel, which has accepted the same for others.
  if (pending.alone === true) return withReceiverRefused(state, tried, error, now);
  const failures = state.failures + 1;
  const failing = { lastError: result, failingSince: state.failingSince ?? now };
  const after = afterFailure(error, tried.attempts, failures, now);
  if (after.kind === 'refused') return end({ ...state, ...failing }, tried, 'refused', now);
  return {
    ...withPending(state, { ...tried, nextAt: after.messageAt }),
    ...failing,
    failures,
    notBefore: Math.max(state.notBefore, after.channelAt),
  };
}

function withReceiverRefused(state: ChannelState, tried: Pending, error: unknown, now: number): ChannelState {
  const after = afterFailure(error, tried.attempts, 1, now);
  if (after.kind === 'refused') return end(state, tried, 'refused', now);
  return withPending(state, { ...tried, nextAt: after.messageAt });
}

function withPending(state: ChannelState, changed: Pending): ChannelState {
  const { id } = changed.message;
  return { ...state, pending: state.pending.map((one) => (one.message.id === id ? changed : one)) };
}

/** `state` without what has waited for a day. The same object when there is none. */
export function expire(state: ChannelState, now: number): ChannelState {
  const old = state.pending.filter(({ queuedAt }) => now - queuedAt >= KEPT_MS);
  if (old.length === 0) return state;
  const isFailing = old.some(({ alone }) => alone !== true);
  const failing: ChannelState = isFailing ? { ...state, failingSince: state.failingSince ?? now } : state;
  return old.reduce((next, pending) => end(next, pending, 'expired', now), failing);
}

/** The code of an error, and the cause in a word: never its text, in which a service's own words may be. */
export function describe(error: unknown): string {
  if (!(error instanceof WardenError)) return 'unexpected';
  return error.reason === undefined ? error.code : `${error.code} (${error.reason})`;
}

function heads({ pending }: ChannelState): readonly Pending[] {
  const first = new Map<string, Pending>();
  for (const one of pending) {
    const lane = laneOf(one);
    if (!first.has(lane)) first.set(lane, one);
  }
  return [...first.values()];
}

/** Messages of a thread keep their order; who is behind has one of their own. */
function laneOf({ message, alone }: Pending): string {
  return alone === true ? `${message.thread} ${message.recipients?.join(' ') ?? ''}` : message.thread;
}

function withTry(pending: Pending, attempt: Pending['tries'][number]): Pending {
  return {
    ...pending,
    attempts: pending.attempts + 1,
    tries: [...pending.tries, attempt].slice(-TRIES_KEPT),
  };
}

function end(state: ChannelState, pending: Pending, outcome: Receipt['outcome'], now: number): ChannelState {
  const { message, queuedAt, attempts, tries, alone } = pending;
  const { id, thread, reference, kind, severity, title } = message;
  const receipt: Receipt = {
    id,
    thread,
    reference,
    kind,
    severity,
    title,
    ...definedOnly({ receiver: alone === true ? message.recipients?.[0] : undefined }),
    queuedAt,
    endedAt: now,
    attempts,
    outcome,
    tries,
  };
  return {
    ...state,
    pending: state.pending.filter((one) => one.message.id !== id),
    receipts: [...state.receipts, receipt].slice(-RECEIPTS_KEPT),
  };
}
