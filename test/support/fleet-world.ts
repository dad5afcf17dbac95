/** Discoveries in virtual time, over everything in memory. */
import { EventBus } from '../../src/core/events/bus.ts';
import { ChainedAuditLog } from '../../src/features/audit/audit-log.ts';
import { FleetDesk, readStates } from '../../src/features/fleet/decide.ts';
import { DecisionReader } from '../../src/features/fleet/decision-reader.ts';
import { type DiscoverDeps, discover } from '../../src/features/fleet/discover.ts';
import type { RoleProbe } from '../../src/features/fleet/ports.ts';
import { readFleet } from '../../src/features/fleet/read-fleet.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from './memory/memory-audit-store.ts';
import { MemoryDirectory } from './memory/memory-directory.ts';
import { MemoryDocumentStore } from './memory/memory-document-store.ts';
import { MemoryEventSink } from './memory/memory-event-sink.ts';
import { MemorySealer } from './memory/memory-sealer.ts';
import { RecordingLogger } from './memory/recording-logger.ts';

const HOSTS = '.managedhsm.azure.net';
const ALICE = { kind: 'person', id: 'alice', name: 'Alice' } as const;

/** One deployment that searches for HSMs. */
export class FleetWorld {
  readonly clock = new ManualClock({ now: Date.UTC(2026, 10, 24, 2) });
  readonly store = new MemoryDocumentStore();
  readonly sink = new MemoryEventSink();
  readonly logger = new RecordingLogger();
  readonly sealer = new MemorySealer(this.clock);
  readonly judge = new MemorySealer(this.clock, 'recovery');
  readonly auditStore = new MemoryAuditStore(this.clock);
  readonly anchor = new MemoryAuditAnchor();
  readonly directory = new MemoryDirectory();
  /** By name; `works` for every other. */
  readonly roles = new Map<string, RoleProbe>();
  /** Names that were sent a token. */
  readonly asked: string[] = [];
  named: DiscoverDeps['named'] = [];
  drills: DiscoverDeps['named'] = [];
  /** Whether decisions are sealed. */
  isSealed = true;
  #bus = new EventBus([this.sink], this.clock);

  get seals() {
    return { sealer: this.sealer, pinned: async () => this.sealer.pinned };
  }

  /** What was decided, as a process that was just started reads it. */
  get decided() {
    const { auditStore, anchor, isSealed } = this;
    const decisions = isSealed ? this.judge.decisions : undefined;
    return new DecisionReader({
      auditStore,
      anchor,
      decisions,
      hosts: HOSTS,
      drills: this.drills.map(({ url }) => url),
    });
  }

  /** One discovery, by a process that was just started where `fresh`. */
  discover(fresh = true) {
    if (fresh) this.#bus = new EventBus([this.sink], this.clock);
    return discover({
      decided: this.decided,
      state: this.store,
      bus: this.#bus,
      clock: this.clock,
      logger: this.logger,
      signal: new AbortController().signal,
      seals: this.seals,
      directory: this.directory,
      probeRole: async ({ name }) => {
        this.asked.push(name);
        return this.roles.get(name) ?? { role: 'works' };
      },
      named: this.named,
      hosts: { hosts: HOSTS },
    });
  }

  /** By name. */
  async states(): Promise<Readonly<Record<string, string>>> {
    const { fleet } = await this.read();
    const all = await readStates(this.decided, this.named, fleet);
    return Object.fromEntries(all.map(({ name, state }) => [name, state]));
  }

  read() {
    return readFleet(this.store, this.seals, this.clock.now());
  }

  /** The audit log, as a process that was just started writes it. */
  get audit() {
    return new ChainedAuditLog(
      this.auditStore,
      this.anchor,
      this.clock,
      this.isSealed ? this.judge.decisions : undefined,
    );
  }

  /** What the desk knows of this deployment. */
  get known() {
    const { decided, isSealed: areSealed, drills, named } = this;
    return { decided, areSealed, drills, hosts: HOSTS, named, read: () => this.read() };
  }

  decide(kind: 'excluded' | 'added', name: string) {
    const { known, audit, store, clock } = this;
    return new FleetDesk({ ...known, audit, store, clock }).decide(kind, name, ALICE, 'because');
  }

  /** What was reported, as `HsmFound hsm-0001`. */
  get reported(): readonly string[] {
    return this.sink.accepted.map(
      ({ type, subject }) => `${type.replace('HsmWarden.', '')} ${subject.replace('hsms/', '')}`,
    );
  }
}
