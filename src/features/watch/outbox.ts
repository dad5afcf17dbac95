/** The outbox of a watch: events stored with what the watch remembers, until every sink has accepted them. */
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { type EventBus, PUBLISHING_MS } from '../../core/events/bus.ts';
import type { CloudEvent } from '../../core/events/cloud-event.ts';
import type { Delivery, Outbox } from '../../core/events/outbox.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { noteDamaged } from './model/damaged-keys.ts';
import type { Finding } from './model/events.ts';
import { post } from './model/post.ts';
import {
  readWatchState,
  updateWatchState,
  updateWatchStateWith,
  type WatchState,
} from './model/watch-state.ts';

/** Refused events that are kept, the newest. One has a few KB, and the memory is written whole at every scan. */
const REFUSED_KEPT = 100;

/** What publishing needs. */
export interface OutboxDeps {
  readonly state: DocumentStore;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A state just written, and what waited in its outbox before that. */
export interface Posted {
  readonly state: WatchState;
  readonly before: readonly CloudEvent[];
}

/** Puts findings into the outbox of the HSM's watch: from then on they cannot be lost. Fails as {@link updateWatchState}. */
export async function announce(
  deps: Pick<OutboxDeps, 'state' | 'clock'>,
  hsm: string,
  findings: readonly Finding[],
): Promise<Posted> {
  return updateWatchStateWith(deps.state, hsm, async (state) => ({
    state: noteDamaged(post(state, findings, deps.clock.now()), findings, deps.clock.now()),
    before: state.outbox,
  }));
}

/**
 * Publishes what waits in the HSM's outbox. `posted`: what the caller has just put there, where it has. Killed at any
 * point, what was not struck off is published again with the same ids: what somebody else has stored moments ago is given
 * the time to be published by them, then done here, for they may be who was killed. A sink that cannot be reached is no failure: the
 * events wait for the next scan. Fails with `state-corrupt`, `state-conflict`, `aborted` or a storage code.
 */
export async function publishOutbox(
  deps: OutboxDeps,
  hsm: string,
  posted: Posted | undefined,
  signal?: AbortSignal,
): Promise<Delivery> {
  const state = posted?.state ?? (await readWatchState(deps.state, hsm, signal));
  const handOver = { logger: deps.logger, signal, ...definedOnly({ before: posted?.before }) };
  const delivery = await deps.bus.publish(new WatchOutbox(deps, state), handOver);
  if (!delivery.leftToOthers) return delivery;
  await deps.clock.sleep(PUBLISHING_MS, signal);
  const left = await readWatchState(deps.state, hsm, signal);
  return deps.bus.publish(new WatchOutbox(deps, left), { logger: deps.logger, signal });
}

/** The members `outbox` and `refused` of a watch's memory. */
class WatchOutbox implements Outbox {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly #deps: OutboxDeps;
  #state: WatchState;

  constructor(deps: OutboxDeps, state: WatchState) {
    this.name = `watch/${state.hsm}`;
    this.fields = { hsm: state.hsm };
    this.#deps = deps;
    this.#state = state;
  }

  async pending(fresh: boolean): Promise<readonly CloudEvent[]> {
    if (fresh) this.#state = await readWatchState(this.#deps.state, this.#state.hsm);
    return this.#state.outbox;
  }

  async strikeOff(
    accepted: ReadonlySet<string>,
    refused: ReadonlySet<string>,
  ): Promise<readonly CloudEvent[]> {
    const { hsm, refusedBefore: before = 0 } = this.#state;
    this.#state = await updateWatchState(this.#deps.state, hsm, (state) =>
      withoutEvents(state, accepted, refused),
    );
    const { outbox, refusedBefore = 0 } = this.#state;
    if (refusedBefore > before) {
      // Each was logged whole when it was refused.
      this.#deps.logger.warn('refused events are kept no more', { hsm, kept: REFUSED_KEPT, refusedBefore });
    }
    return outbox;
  }
}

function withoutEvents(
  state: WatchState,
  accepted: ReadonlySet<string>,
  refused: ReadonlySet<string>,
): WatchState {
  const outbox = state.outbox.filter(({ id }) => !accepted.has(id) && !refused.has(id));
  if (outbox.length === state.outbox.length) return state;
  const known = new Set(state.refused.map(({ id }) => id));
  const lost = state.outbox.filter(({ id }) => refused.has(id) && !known.has(id));
  const all = [...state.refused, ...lost];
  const refusedBefore = (state.refusedBefore ?? 0) + Math.max(0, all.length - REFUSED_KEPT);
  return {
    ...state,
    outbox,
    refused: all.slice(-REFUSED_KEPT),
    ...(refusedBefore === 0 ? {} : { refusedBefore }),
  };
}
