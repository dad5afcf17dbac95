/** Sends what is due on one channel: one sender at a time, one message at a time, each recorded before the next. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { updateDocument } from '../../../core/documents/update-document.ts';
import { isWardenError } from '../../../core/errors.ts';
import { giveBack } from '../../../core/give-back.ts';
import type { Clock, Leases, Logger } from '../../../core/ports.ts';
import { DEFAULT_RETRY, withRetries } from '../../../core/retry.ts';
import type { NamedSerializers } from '../../../core/serializer.ts';
import { CHANNEL, type ChannelState, noMessages, type Pending } from '../model/channel-state.ts';
import type { Acceptance, Channel } from '../model/ports.ts';
import { readChannelState } from '../model/read-channel.ts';
import { awaitOutcome } from './awaited.ts';
import { describe, expire, nextAttemptAt, nextMessage, noteAccepted, noteFailure } from './deliveries.ts';
import { setApart } from './receivers.ts';

/** The right to send is prolonged while it is held; after a crash it lapses. */
const LEASE_SECONDS = 30;
/** One call sends so long; the next timer or event goes on. */
const BUDGET_MS = 45_000;
/** A pause of at most this is waited for on the spot. */
const SHORT_PAUSE_MS = 3_000;

/** What sending needs. */
export interface SendDeps {
  readonly state: DocumentStore;
  /** Writers of one document within the process wait for each other: meeting in the store costs each of them a try. */
  readonly writes: NamedSerializers;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Sends what is due, until nothing is for a while. Where another sender is at the channel it is left to it, and it finds
 * what was put there meanwhile. Returns when the next attempt is due (epoch milliseconds), where one is known. Fails with
 * `aborted`, `app-stopping`, `state-corrupt`, `state-conflict` or a storage code; what was accepted is recorded before.
 */
export async function sendDue(deps: SendDeps, channel: Channel): Promise<number | undefined> {
  const until = deps.clock.now() + BUDGET_MS;
  for (;;) {
    const isDone = await whileHeld(deps, channel, until);
    if (!isDone) return undefined;
    // Somebody may have put a message there, found the lease taken, and gone.
    const state = await readChannelState(deps.state, channel.name);
    const isOver = deps.signal.aborted || deps.clock.now() >= until;
    if (isOver || nextMessage(state, deps.clock.now()) === undefined) return nextAttemptAt(state);
  }
}

/** Changes the memory of a channel, repeating what may pass. */
export async function changeChannel(
  { state, writes, clock, signal }: Pick<SendDeps, 'state' | 'writes' | 'clock' | 'signal'>,
  channel: string,
  change: (state: ChannelState) => ChannelState,
): Promise<ChannelState> {
  const address = { kind: 'notify-channel', channel } as const;
  const write = async () => {
    const { after } = await updateDocument(state, CHANNEL, address, (stored) => {
      const before = stored ?? noMessages(channel);
      const next = change(before);
      return next === before ? stored : next;
    });
    return after.value ?? noMessages(channel);
  };
  return writes.run(`channel ${channel}`, () => withRetries(write, clock, DEFAULT_RETRY, signal));
}

/** Whether it had the lease. */
async function whileHeld(deps: SendDeps, channel: Channel, until: number): Promise<boolean> {
  try {
    const lease = await deps.leases.acquire(`notify/${channel.name}`, LEASE_SECONDS);
    try {
      await drain(deps, channel, until, AbortSignal.any([deps.signal, lease.lost]));
      return true;
    } finally {
      await giveBack(lease, deps.logger, { channel: channel.name });
    }
  } catch (error) {
    if (isWardenError(error, 'lease-held')) return false;
    throw error;
  }
}

async function drain(deps: SendDeps, channel: Channel, until: number, signal: AbortSignal): Promise<void> {
  const { clock } = deps;
  let state = await changeChannel(deps, channel.name, (before) => expire(before, clock.now()));
  while (!signal.aborted && clock.now() < until) {
    const pending = nextMessage(state, clock.now());
    if (pending !== undefined) {
      const apart = (before: ChannelState) => setApart(before, pending.message.id, channel.receivers ?? []);
      if (apart(state) !== state) {
        state = await changeChannel(deps, channel.name, apart);
        continue;
      }
      const started = clock.now();
      state = await attempt(deps, channel, pending, signal);
      const pause = started + channel.intervalMs - clock.now();
      if (pause > 0 && state.pending.length > 0) await clock.sleep(pause, signal);
      continue;
    }
    const pause = (nextAttemptAt(state) ?? Number.POSITIVE_INFINITY) - clock.now();
    if (pause > SHORT_PAUSE_MS) return;
    await clock.sleep(pause, signal);
    state = await readChannelState(deps.state, channel.name);
  }
}

async function attempt(
  deps: SendDeps,
  channel: Channel,
  { message }: Pending,
  signal: AbortSignal,
): Promise<ChannelState> {
  const { clock, logger } = deps;
  const about = { channel: channel.name, message: message.id, reference: message.reference };
  let accepted: Acceptance;
  try {
    accepted = await channel.send(message, signal);
  } catch (error) {
    // Nobody knows whether it was accepted: it is sent once more.
    if (signal.aborted) throw error;
    const result = describe(error);
    logger.warn('notification not accepted', { ...about, result });
    return changeChannel(deps, channel.name, (state) => noteFailure(state, message.id, error, clock.now()));
  }
  const { status, refused = [], isOpen = false } = accepted;
  const state = await changeChannel(deps, channel.name, (before) =>
    awaitOutcome(
      noteAccepted(before, message.id, status, clock.now(), refused),
      isOpen ? message.id : undefined,
      clock.now(),
    ),
  );
  logger.info('notification accepted', { ...about, status });
  for (const { error } of refused)
    logger.warn('notification not accepted for a receiver', { ...about, result: describe(error) });
  return state;
}
