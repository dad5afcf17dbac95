/**
 * The event bus: hands events to every sink, at least once, in order, and lets the outbox know what it may forget.
 *
 * Who publishes? Events reach an outbox by an ETag-guarded write, which knows what waited before it. A writer that found
 * the outbox empty publishes, and goes on until it is empty again: each time it strikes off what was accepted, by a
 * guarded write again, it sees what others have added meanwhile. A writer that found somebody's events waiting leaves its
 * own to them. So in a quiet system one process at a time publishes from one outbox, each event once, without any lease.
 * Where the publisher has died, its events grow old, and whoever comes by next publishes them with the same ids.
 */
import { isWardenError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { NamedSerializers } from '../serializer.ts';
import { epochOf } from '../time.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { Delivery, Outbox } from './outbox.ts';
import { type EventSink, type HandOver, isSinkTrouble } from './sink.ts';

/** Whoever stores an event publishes it within this time, or has died or met a sink that takes none. */
export const PUBLISHING_MS = 5_000;

/** Events handed over together; of the largest kind these are about 150 KB, far below the 1 MB of an Event Grid topic. */
const CHUNK = 100;

/** So many events are known as sent already. */
const SENT_KEPT = 1_000;

/** Under what an outbox is published. */
export interface Publication extends HandOver {
  /** What waited before the write that put the caller's events there; absent when the caller has put none there. */
  readonly before?: readonly CloudEvent[];
}

/** What the sinks have taken of an outbox that is not struck off yet. It lasts as long as the process. */
interface Progress {
  /** By sink. Accepted, or refused for good. */
  readonly done: Map<EventSink, Set<string>>;
  readonly refused: Set<string>;
}

/** One per process. */
export class EventBus {
  readonly #sinks: readonly EventSink[];
  readonly #clock: Clock;
  readonly #publications = new NamedSerializers();
  /** What {@link sendOnce} has sent, oldest first. */
  readonly #sent = new Set<string>();
  /** Outboxes in which this process has left events because a sink did not take them. */
  readonly #left = new Map<string, Progress>();

  constructor(sinks: readonly EventSink[], clock: Clock) {
    this.#sinks = sinks;
    this.#clock = clock;
  }

  /**
   * Sends events that are not kept: what is not accepted now is lost. Every sink is offered them, whatever another answers.
   * Fails as {@link EventSink.accept} does.
   */
  async send(events: readonly CloudEvent[], handOver: HandOver): Promise<void> {
    const answers = await Promise.allSettled(this.#sinks.map((sink) => sink.accept(events, handOver)));
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
  }

  /**
   * As {@link send}, for what is found again and again: an event that this process has sent is not sent a second time. Of the
   * newest ones only, so that a process may live for years.
   */
  async sendOnce(events: readonly CloudEvent[], handOver: HandOver): Promise<void> {
    const open = events.filter(({ id }) => !this.#sent.has(id));
    if (open.length === 0) return;
    await this.send(open, handOver);
    for (const { id } of open) this.#sent.add(id);
    for (const id of [...this.#sent].slice(0, -SENT_KEPT)) this.#sent.delete(id);
  }

  /**
   * Publishes what waits in `outbox`, unless another process is at it. A sink that takes no events is no failure: they wait
   * there for the next publication, and the other sinks are not held up by it. Fails with `aborted`, and with what the
   * outbox fails with; what was accepted before is struck off all the same.
   */
  async publish(outbox: Outbox, publication: Publication): Promise<Delivery> {
    const { before } = publication;
    // Whoever has nothing of its own there need not wait for a publication that is under way.
    if (before === undefined && this.#publications.isBusy(outbox.name))
      return untouched(await outbox.pending(false), true);
    return this.#publications.run(outbox.name, async (waited) => {
      const pending = await outbox.pending(waited);
      if (pending.length === 0) {
        this.#left.delete(outbox.name);
        return untouched(pending, false);
      }
      const isAnothers = this.#isAnothers(outbox, before ?? pending);
      if (isAnothers && before === undefined) return untouched(pending, true);
      await outbox.prepare?.();
      if (isAnothers) return untouched(await outbox.strikeOff(new Set(), new Set()), true);
      return this.#drain(outbox, pending, publication);
    });
  }

  /** Whether the process that stored the first of `before` is about to publish, and will find what was added to it. */
  #isAnothers({ name }: Outbox, [oldest]: readonly CloudEvent[]): boolean {
    if (oldest === undefined || this.#left.has(name)) return false;
    return this.#clock.now() - epochOf(oldest.time) < PUBLISHING_MS;
  }

  async #drain(outbox: Outbox, first: readonly CloudEvent[], handOver: HandOver): Promise<Delivery> {
    const progress = this.#left.get(outbox.name) ?? { done: new Map(), refused: new Set() };
    // Until all is struck off: whatever ends this, the next publication of this process goes on with it.
    this.#left.set(outbox.name, progress);
    let pending = first;
    let accepted = 0;
    let refused = 0;
    while (pending.length > 0) {
      const offers = this.#sinks.map((sink) => this.#offer(sink, outbox, pending, progress, handOver));
      const answers = await Promise.allSettled(offers);
      const taken = pending.filter(({ id }) => this.#sinks.every((sink) => progress.done.get(sink)?.has(id)));
      const lost = new Set(taken.map(({ id }) => id).filter((id) => progress.refused.has(id)));
      const kept = new Set(taken.map(({ id }) => id).filter((id) => !lost.has(id)));
      pending = await outbox.strikeOff(kept, lost);
      accepted += kept.size;
      refused += lost.size;
      forget(progress, taken);
      for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
      if (answers.some((answer) => answer.status === 'fulfilled' && !answer.value)) {
        return { accepted, refused, waiting: pending.length, leftToOthers: false };
      }
      if (pending.length > 0) await outbox.prepare?.();
    }
    this.#left.delete(outbox.name);
    return { accepted, refused, waiting: 0, leftToOthers: false };
  }

  /** Hands `sink` what it has not taken yet, in order. Resolves with whether it took, or refused, all of it. */
  async #offer(
    sink: EventSink,
    { fields }: Outbox,
    pending: readonly CloudEvent[],
    { done: all, refused }: Progress,
    handOver: HandOver,
  ): Promise<boolean> {
    const done = all.get(sink) ?? new Set();
    all.set(sink, done);
    const open = pending.filter(({ id }) => !done.has(id));
    try {
      for (let start = 0; start < open.length; start += CHUNK) {
        await offerChunk(sink, open.slice(start, start + CHUNK), done, refused, handOver);
      }
      return true;
    } catch (error) {
      if (!isSinkTrouble(error)) throw error;
      const waiting = pending.filter(({ id }) => !done.has(id)).length;
      handOver.logger.error('events wait, the topic does not take them', { ...fields, waiting, error });
      return false;
    }
  }
}

/** Hands over a chunk; one that is refused goes event by event, so that a single bad one holds up no other. */
async function offerChunk(
  sink: EventSink,
  events: readonly CloudEvent[],
  done: Set<string>,
  refused: Set<string>,
  handOver: HandOver,
): Promise<void> {
  try {
    await sink.accept(events, handOver);
    for (const { id } of events) done.add(id);
  } catch (error) {
    if (!isWardenError(error, 'topic-refused')) throw error;
    const [only, ...more] = events;
    if (only !== undefined && more.length === 0) {
      handOver.logger.error('the topic refused an event for good', { event: only, error });
      refused.add(only.id);
      done.add(only.id);
      return;
    }
    for (const event of events) await offerChunk(sink, [event], done, refused, handOver);
  }
}

function untouched({ length }: readonly CloudEvent[], leftToOthers: boolean): Delivery {
  return { accepted: 0, refused: 0, waiting: length, leftToOthers: leftToOthers && length > 0 };
}

function forget({ done, refused }: Progress, events: readonly CloudEvent[]): void {
  for (const { id } of events) {
    refused.delete(id);
    for (const ids of done.values()) ids.delete(id);
  }
}
