/** Processes that report events through one outbox to two sinks, and everything that can go wrong with them. */
import { expect } from 'vitest';
import { z } from 'zod';
import type { DocumentStore } from '../../src/core/documents/document-store.ts';
import type { DocumentType } from '../../src/core/documents/document-type.ts';
import { readDocument, updateDocument } from '../../src/core/documents/update-document.ts';
import { WardenError } from '../../src/core/errors.ts';
import { EventBus, PUBLISHING_MS } from '../../src/core/events/bus.ts';
import { type CloudEvent, eventIdOf } from '../../src/core/events/cloud-event.ts';
import { toCloudEvent } from '../../src/core/events/define-event.ts';
import type { Delivery, Outbox } from '../../src/core/events/outbox.ts';
import type { EventSink, HandOver } from '../../src/core/events/sink.ts';
import { isoTime } from '../../src/core/time.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { MemoryDocumentStore } from './memory/memory-document-store.ts';
import { MemoryEventSink } from './memory/memory-event-sink.ts';
import { RecordingLogger } from './memory/recording-logger.ts';

const Report = z.strictObject({ n: z.int(), subject: z.string(), at: z.int() });
type Report = z.infer<typeof Report>;
const Content = z.strictObject({ next: z.int(), waiting: z.array(Report), refused: z.array(z.string()) });
type Content = z.infer<typeof Content>;
const DOCUMENT: DocumentType<'watch', Content> = {
  kind: 'watch',
  schema: Content,
  name: () => 'The outbox under test',
  advice: 'None.',
};
const ADDRESS = { kind: 'watch', hsm: 'contoso' } as const;
const EMPTY: Content = { next: 1, waiting: [], refused: [] };

/** Where a process dies: at its next write, or before or after a sink has accepted. */
type Death = 'write' | 'before' | 'after';
/** What a sink does to one call. */
type Trouble = 'down' | 'refuses' | 'accepts and loses the answer';

/** A report, and what goes wrong from then on. */
export interface Step {
  readonly subject: string;
  readonly process: number;
  readonly death: Death | undefined;
  readonly trouble: Trouble | undefined;
  readonly sink: 0 | 1;
  readonly after: number;
  readonly ms: number;
}

class Killed extends Error {}

/** A process: what it remembers, and its way to what outlives it. */
export class Process {
  readonly bus: EventBus;
  readonly store: DocumentStore;
  #death: { readonly where: Death; left: number } | undefined;
  #isDead = false;

  constructor(world: OutboxWorld) {
    this.bus = new EventBus(
      world.sinks.map((sink) => this.#mortal(sink)),
      world.clock,
    );
    const { store } = world;
    this.store = {
      read: (...given) => this.#alive(() => store.read(...given)),
      open: (...given) => this.#alive(() => store.open(...given)),
      list: (...given) => this.#alive(() => store.list(...given)),
      listRuns: (...given) => this.#alive(() => store.listRuns(...given)),
      writeFrom: (...given) => this.#alive(() => store.writeFrom(...given)),
      write: (...given) => {
        this.#reach('write');
        return this.#alive(() => store.write(...given));
      },
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** It will die at the place `where`, after coming by it `after` times. */
  doom(where: Death, after: number): void {
    this.#death = { where, left: after };
  }

  #mortal(sink: MemoryEventSink): EventSink {
    return {
      name: sink.name,
      accept: async (events: readonly CloudEvent[], handOver: HandOver) => {
        this.#reach('before');
        await this.#alive(() => sink.accept(events, handOver));
        this.#reach('after');
        await this.#alive(async () => undefined);
      },
    };
  }

  #reach(where: Death): void {
    if (this.#death?.where !== where) return;
    if (this.#death.left === 0) this.#isDead = true;
    this.#death.left -= 1;
  }

  async #alive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Killed('killed');
    return work();
  }
}

/** A sink that can be made to fail in every way there is. */
class TroubledSink extends MemoryEventSink {
  #trouble: { readonly kind: Trouble; left: number } | undefined;
  /** Events that it will never take: what is refused for good is refused again. */
  readonly #bad = new Set<string>();

  trouble(kind: Trouble | undefined, after: number): void {
    this.#trouble = kind === undefined ? undefined : { kind, left: after };
  }

  override async accept(events: readonly CloudEvent[], handOver: Pick<HandOver, 'signal'>): Promise<void> {
    if (events.some(({ id }) => this.#bad.has(id))) throw refusal();
    const trouble = this.#trouble;
    if (trouble === undefined || trouble.left > 0) {
      if (trouble !== undefined) trouble.left -= 1;
      return super.accept(events, handOver);
    }
    this.#trouble = undefined;
    if (trouble.kind === 'refuses') {
      this.#bad.add(events.at(-1)?.id ?? '');
      throw refusal();
    }
    if (trouble.kind !== 'down') await super.accept(events, handOver);
    throw new WardenError('topic-unreachable', { message: 'planted' });
  }
}

function refusal(): WardenError {
  return new WardenError('topic-refused', { message: 'planted' });
}

/** One outbox. */
export class OutboxWorld {
  readonly clock = new ManualClock();
  readonly store = new MemoryDocumentStore();
  readonly sinks = [new TroubledSink('first'), new TroubledSink('second')] as const;
  readonly logger = new RecordingLogger();
  /** The ids of all events that were stored. */
  readonly reported: string[] = [];
  /** The ids of those that were set aside. */
  refused: readonly string[] = [];

  process(): Process {
    return new Process(this);
  }

  anEvent(subject: string, n = 0, at = this.clock.now()): CloudEvent {
    const id = eventIdOf(`event ${n}`);
    return toCloudEvent({ id, type: 'Test', subject, time: isoTime(at), data: { n } });
  }

  /** Stores an event, and returns what waited before. Its process may die of it. */
  async storeBy(process: Process | undefined, subject: string): Promise<readonly CloudEvent[]> {
    const at = this.clock.now();
    const add = (content: Content = EMPTY): Content => ({
      ...content,
      next: content.next + 1,
      waiting: [...content.waiting, { n: content.next, subject, at }],
    });
    const { before, after } = await updateDocument(process?.store ?? this.store, DOCUMENT, ADDRESS, add);
    this.reported.push(eventIdOf(`event ${(after.value?.next ?? 0) - 1}`));
    return (before.value?.waiting ?? []).map((report) => this.#eventOf(report));
  }

  /** A process stores an event and publishes. */
  async report(process: Process, subject: string): Promise<Delivery> {
    return this.publish(process, await this.storeBy(process, subject));
  }

  /** A process publishes after it has stored events, before which `before` waited. */
  publish(process: Process, before: readonly CloudEvent[]): Promise<Delivery> {
    return process.bus.publish(this.#outbox(process), { logger: this.logger, before });
  }

  /** A process comes by with nothing of its own. */
  scan(process: Process): Promise<Delivery> {
    return process.bus.publish(this.#outbox(process), { logger: this.logger });
  }

  async pending(): Promise<readonly CloudEvent[]> {
    const { value } = await readDocument(this.store, DOCUMENT, ADDRESS);
    return (value?.waiting ?? []).map((report) => this.#eventOf(report));
  }

  /** Resolves when `count` events are stored. */
  async stored(count: number): Promise<void> {
    while ((await this.pending()).length < count) await Promise.resolve();
  }

  /** Events of one subject reached `sink` in the order in which they were stored, repeats apart. */
  expectOrder(sink: MemoryEventSink): void {
    const once = new Map(sink.accepted.map((event) => [event.id, event]));
    const first = [...new Set(sink.accepted.map(({ id }) => id))].flatMap((id) => once.get(id) ?? []);
    for (const [, events] of Map.groupBy(first, ({ subject }) => subject)) {
      const numbers = events.map(({ data }) => ('n' in data ? Number(data.n) : 0));
      expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
    }
  }

  /** Plays the steps with three processes, one after the other or without waiting for one another. */
  async play(steps: readonly Step[], concurrently: boolean): Promise<void> {
    const processes = [this.process(), this.process(), this.process()];
    const running: Promise<void>[] = [];
    for (const step of steps) {
      const known = processes[step.process];
      const process = known === undefined || known.isDead ? this.process() : known;
      processes[step.process] = process;
      if (step.death !== undefined) process.doom(step.death, step.after);
      this.sinks[step.sink].trouble(step.trouble, step.after);
      const reporting = this.report(process, step.subject).then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
        },
      );
      if (concurrently) running.push(reporting);
      else await reporting;
      await this.clock.advance(step.ms);
    }
    await Promise.all(running);
  }

  /** Nothing is in the way any more: somebody comes by, as the watch does every quarter of an hour. */
  async end(): Promise<void> {
    for (const sink of this.sinks) sink.trouble(undefined, 0);
    await this.clock.advance(PUBLISHING_MS);
    await this.scan(this.process());
  }

  #eventOf({ n, subject, at }: Report): CloudEvent {
    return this.anEvent(subject, n, at);
  }

  #outbox({ store }: Process): Outbox {
    const eventsOf = (content: Content | undefined) =>
      (content?.waiting ?? []).map((report) => this.#eventOf(report));
    return {
      name: 'watch/contoso',
      fields: { hsm: 'contoso' },
      pending: async () => eventsOf((await readDocument(store, DOCUMENT, ADDRESS)).value),
      strikeOff: async (accepted, refused) => {
        const isDone = (id: string) => accepted.has(id) || refused.has(id);
        const strike = (content: Content = EMPTY): Content => {
          const waiting = content.waiting.filter((report) => !isDone(this.#eventOf(report).id));
          if (waiting.length === content.waiting.length) return content;
          return { ...content, waiting, refused: [...content.refused, ...refused] };
        };
        const { after } = await updateDocument(store, DOCUMENT, ADDRESS, strike);
        this.refused = after.value?.refused ?? [];
        return eventsOf(after.value);
      },
    };
  }
}
