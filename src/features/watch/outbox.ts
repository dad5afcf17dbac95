/** Hands waiting events to the topic, in order, and forgets them only after it has accepted them. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import type { WardenEvent } from '../../core/events/event.ts';
import type { Finding } from '../../core/events/finding.ts';
import { type EventPublisher, isTopicTrouble } from '../../core/events/publisher.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { post } from './model/post.ts';
import { readWatchState, updateWatchState, type WatchState } from './model/watch-state.ts';

/** Events handed over at once; of the largest kind these are about 150 KB, far below the topic's 1 MB. */
const CHUNK = 100;

/** Refused events that are kept, the newest. One has a few KB, and the memory is written whole at every look. */
const REFUSED_KEPT = 100;

/** What handing over needs. */
export interface OutboxDeps {
  readonly state: DocumentStore;
  readonly publisher: EventPublisher;
  readonly logger: Logger;
}

/** What became of the waiting events. */
export interface Delivery {
  readonly accepted: number;
  readonly refused: number;
  /** Still waiting, because the topic could not be reached. */
  readonly waiting: number;
}

/** Puts findings into the outbox of the HSM's watch: from then on they cannot be lost. Fails as {@link updateWatchState}. */
export async function announce(
  deps: Pick<OutboxDeps, 'state'> & { readonly clock: Clock },
  hsm: string,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  await updateWatchState(deps.state, hsm, (state) => post(state, findings, deps.clock.now()));
}

/**
 * Publishes what waits in the HSM's outbox. Killed at any point, what was not forgotten is published again with the same
 * ids. A topic that cannot be reached is no failure: the events wait for the next look.
 * Fails with `state-corrupt`, `state-conflict` or a storage code.
 */
export async function flushOutbox(deps: OutboxDeps, hsm: string, signal?: AbortSignal): Promise<Delivery> {
  const state = await readWatchState(deps.state, hsm, signal);
  const accepted = new Set<string>();
  const refused = new Set<string>();
  try {
    for (let start = 0; start < state.outbox.length; start += CHUNK) {
      await handOver(deps, state.outbox.slice(start, start + CHUNK), accepted, refused, signal);
    }
  } catch (error) {
    if (!isTopicTrouble(error)) throw error;
    deps.logger.error('events wait, the topic does not take them', {
      hsm,
      waiting: state.outbox.length - accepted.size - refused.size,
      error,
    });
  }
  const before = state.refusedBefore ?? 0;
  const { outbox, refusedBefore = 0 } = await forget(deps.state, hsm, accepted, refused);
  if (refusedBefore > before) {
    // Each was logged whole when it was refused.
    deps.logger.warn('refused events are kept no more', { hsm, kept: REFUSED_KEPT, refusedBefore });
  }
  return { accepted: accepted.size, refused: refused.size, waiting: outbox.length };
}

/** Publishes a chunk; one that the topic refuses goes event by event, so that a single bad one holds up no other. */
async function handOver(
  deps: OutboxDeps,
  events: readonly WardenEvent[],
  accepted: Set<string>,
  refused: Set<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await deps.publisher.publish(events, signal);
    for (const { id } of events) accepted.add(id);
  } catch (error) {
    if (!isWardenError(error, 'topic-refused')) throw error;
    const [only, ...more] = events;
    if (only !== undefined && more.length === 0) {
      deps.logger.error('the topic refused an event for good', { event: only, error });
      refused.add(only.id);
      return;
    }
    for (const event of events) await handOver(deps, [event], accepted, refused, signal);
  }
}

function forget(
  store: DocumentStore,
  hsm: string,
  accepted: ReadonlySet<string>,
  refused: ReadonlySet<string>,
): Promise<WatchState> {
  return updateWatchState(store, hsm, (state) => {
    if (accepted.size + refused.size === 0) return state;
    const known = new Set(state.refused.map(({ id }) => id));
    const lost = state.outbox.filter(({ id }) => refused.has(id) && !known.has(id));
    const all = [...state.refused, ...lost];
    const refusedBefore = (state.refusedBefore ?? 0) + Math.max(0, all.length - REFUSED_KEPT);
    return {
      ...state,
      outbox: state.outbox.filter(({ id }) => !accepted.has(id) && !refused.has(id)),
      refused: all.slice(-REFUSED_KEPT),
      ...(refusedBefore === 0 ? {} : { refusedBefore }),
    };
  });
}
