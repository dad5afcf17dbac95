/** The notifications over in-memory ports, with channels whose services behave as a test wants. */

import { definedOnly } from '../../src/core/defined-only.ts';
import { readDocument } from '../../src/core/documents/update-document.ts';
import type { WardenError } from '../../src/core/errors.ts';
import { EventBus } from '../../src/core/events/bus.ts';
import type { CloudEvent } from '../../src/core/events/cloud-event.ts';
import { severityRule } from '../../src/core/events/define-event.ts';
import { readMessage } from '../../src/core/queue.ts';
import { NamedSerializers } from '../../src/core/serializer.ts';
import type { DecisionSeals } from '../../src/features/audit/line-seals.ts';
import { type AnyChannel, ChannelEntry } from '../../src/features/notify/model/channel-entry.ts';
import { CHANNEL, type ChannelState, noMessages } from '../../src/features/notify/model/channel-state.ts';
import { INCIDENTS, noIncidents, scopeOf } from '../../src/features/notify/model/incident-state.ts';
import { KnownIncidents } from '../../src/features/notify/model/known-incidents.ts';
import type { Message } from '../../src/features/notify/model/message.ts';
import type { NotifyPolicy } from '../../src/features/notify/model/policy.ts';
import type { Acceptance, Channel, Outcome } from '../../src/features/notify/model/ports.ts';
import { NOTIFICATIONS } from '../../src/features/notify/model/queues.ts';
import { WakeUps } from '../../src/features/notify/model/wake-ups.ts';
import {
  handleNotification,
  type NotifierDeps,
  reconcileNotifications,
} from '../../src/features/notify/notifier.ts';
import { NotifySink } from '../../src/features/notify/sink.ts';
import { EVENTS } from '../../src/platform/events.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { MemoryDocumentStore } from './memory/memory-document-store.ts';
import { MemoryLeases } from './memory/memory-leases.ts';
import { MemoryWorkQueue } from './memory/memory-work-queue.ts';
import { RecordingLogger } from './memory/recording-logger.ts';
import { SAMPLE_AT } from './notify-samples.ts';

/** A channel that remembers what it was sent. */
export class FakeChannel implements Channel {
  readonly name: string;
  readonly intervalMs = 0;
  /** Everything that arrived at the service, accepted or not. */
  readonly arrived: Message[] = [];
  readonly accepted: Message[] = [];
  /** Who got what, where it has receivers. */
  readonly got: { readonly receiver: string; readonly message: Message }[] = [];
  /** Its own receivers. */
  receivers: readonly string[] = [];
  /** Why the service refuses a receiver; it takes a message that it refuses nobody. */
  refuse: (receiver: string, message: Message) => WardenError | undefined = () => undefined;
  /** What the service does with a message; it accepts when this returns. */
  behave: (message: Message) => void | Promise<void> = () => undefined;

  /** Whether its service works on what it has accepted. */
  isOpen = false;
  /** What its service says of it later; an error is how asking fails. */
  outcome: (id: string) => Outcome | Error = () => 'sent';

  constructor(name: string) {
    this.name = name;
  }

  async outcomeOf(id: string): Promise<Outcome> {
    const outcome = this.outcome(id);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  async send(message: Message): Promise<Acceptance> {
    this.arrived.push(message);
    await this.behave(message);
    const all = message.recipients ?? this.receivers;
    const refused = all.flatMap((receiver) => {
      const error = this.refuse(receiver, message);
      return error === undefined ? [] : [{ receiver, error }];
    });
    const [first] = refused;
    if (first !== undefined && refused.length === all.length) throw first.error;
    this.accepted.push(message);
    for (const receiver of all)
      if (!refused.some((one) => one.receiver === receiver)) this.got.push({ receiver, message });
    return { status: 202, refused, isOpen: this.isOpen };
  }
}

/** A channel of the settings, as they are read. */
export function anEntry(entry: Record<string, unknown> = {}): ChannelEntry {
  return ChannelEntry.parse({ type: 'slack', name: 'ops', ...entry });
}

/** The world. */
export class NotifyWorld {
  readonly clock = new ManualClock({ now: SAMPLE_AT, autoAdvance: true });
  readonly state = new MemoryDocumentStore();
  readonly leases = new MemoryLeases(this.clock);
  readonly queue = new MemoryWorkQueue(this.clock);
  readonly logger = new RecordingLogger();
  readonly channels: ReadonlyMap<string, FakeChannel>;
  readonly bus: EventBus;
  readonly deps: NotifierDeps;
  readonly hsms = ['contoso', 'fabrikam'];

  constructor(
    entries: readonly AnyChannel[] = [anEntry()],
    policy: Partial<NotifyPolicy> = {},
    origin?: string,
    decisions?: DecisionSeals,
    real?: ReadonlyMap<string, Channel>,
  ) {
    this.channels = new Map(entries.map(({ name }) => [name, new FakeChannel(name)]));
    this.bus = new EventBus([new NotifySink(this.queue)], this.clock);
    this.deps = {
      state: this.state,
      writes: new NamedSerializers(),
      wakes: new WakeUps(),
      known: new KnownIncidents(),
      leases: this.leases,
      clock: this.clock,
      logger: this.logger,
      signal: new AbortController().signal,
      queue: this.queue,
      bus: this.bus,
      policy: {
        channels: entries,
        approvers: [],
        repeatHours: { critical: 1, high: 4, warning: 24 },
        remindersMs: [15 * 60_000, 30 * 60_000, 60 * 60_000],
        maskKeys: policy.maskKeys ?? false,
        ...policy,
      },
      reading: {
        severityOf: severityRule(EVENTS),
        maskKeys: policy.maskKeys ?? false,
        ...definedOnly({ origin }),
      },
      channels: real ?? this.channels,
      decisions,
    };
  }

  /** What the channel accepted. */
  accepted(channel = 'ops'): readonly Message[] {
    return this.channels.get(channel)?.accepted ?? [];
  }

  channel(name = 'ops'): FakeChannel {
    const found = this.channels.get(name);
    if (found === undefined) throw new Error(`no channel ${name}`);
    return found;
  }

  /** Publishes events as the product does, and lets the workers deal with everything visible. */
  async happen(...events: readonly CloudEvent[]): Promise<void> {
    await this.bus.send(events, { logger: this.logger });
    await this.work();
  }

  /** Tests every channel. */
  async test(test: string): Promise<void> {
    await handleNotification(this.deps, { kind: 'test', test });
  }

  /** Deals with every visible message of the queue. */
  async work(): Promise<void> {
    for (
      let message = this.queue.take(NOTIFICATIONS);
      message !== undefined;
      message = this.queue.take(NOTIFICATIONS)
    ) {
      await handleNotification(this.deps, readMessage(NOTIFICATIONS, message));
    }
  }

  /** Lets time pass, with the timer and the queue at work, minute by minute. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      await this.clock.advance(Math.min(60_000, end - this.clock.now()));
      await this.tick();
    }
  }

  /** One call of the minute's timer, and what is in the queue then. */
  async tick(): Promise<void> {
    await this.work();
    await reconcileNotifications(this.deps, this.hsms);
    await this.work();
  }

  async stateOf(channel = 'ops'): Promise<ChannelState> {
    const { value } = await readDocument(this.state, CHANNEL, { kind: 'notify-channel', channel });
    return value ?? noMessages(channel);
  }

  async incidentsOf(hsm: string | undefined = 'contoso') {
    const scope = scopeOf(hsm);
    const { value } = await readDocument(this.state, INCIDENTS, { kind: 'notify-incidents', scope });
    return value ?? noIncidents(scope);
  }
}
