/** Builds the world of the watch in memory: one HSM, stores, a topic and a clock under the test's control. */

import { WardenError, type WardenErrorCode } from '../../src/core/errors.ts';
import { EventBus } from '../../src/core/events/bus.ts';
import { EVERY_KEY } from '../../src/core/model/selection.ts';
import { backUpKey } from '../../src/features/recovery-points/back-up-key.ts';
import { saveBackups } from '../../src/features/recovery-points/save-backups.ts';
import type { DrillsSeen } from '../../src/features/watch/judge/classify-drills.ts';
import { WatchEvent } from '../../src/features/watch/model/events.ts';
import { DEFAULT_THRESHOLDS_MS, type WatchPolicy } from '../../src/features/watch/model/policy.ts';
import { NO_SIGNALS, type Signals } from '../../src/features/watch/model/signals.ts';
import { readWatchState } from '../../src/features/watch/model/watch-state.ts';
import { type ScanDeps, scan } from '../../src/features/watch/scan.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { MemoryBackupStore } from './memory/memory-backup-store.ts';
import { MemoryDocumentStore } from './memory/memory-document-store.ts';
import { MemoryEventSink } from './memory/memory-event-sink.ts';
import { MemoryHsm, type MemoryHsmOptions } from './memory/memory-hsm.ts';
import { MemoryKeyService } from './memory/memory-key-service.ts';
import { RecordingLogger } from './memory/recording-logger.ts';
import { FreePacer } from './sweep-world.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The rules of the watch as they are by default, with `change`. */
export function aWatchPolicy(change: Partial<WatchPolicy> = {}): WatchPolicy {
  return {
    thresholdsMs: DEFAULT_THRESHOLDS_MS,
    selection: EVERY_KEY,
    schedule: '0 0 2 * * *',
    graceMs: 3 * HOUR_MS,
    refreshMs: 7 * DAY_MS,
    unprotectedAfterMs: HOUR_MS,
    minRetentionDays: 7,
    unreachableAfterMs: 10 * MINUTE_MS,
    settlingMs: 0,
    ...change,
  };
}

/** Everything a scan touches. */
export class WatchWorld {
  readonly clock = new ManualClock({ now: Date.UTC(2026, 10, 24, 12, 0, 0), autoAdvance: true });
  readonly hsm: MemoryHsm;
  readonly backups = new MemoryBackupStore(this.clock);
  readonly state = new MemoryDocumentStore();
  readonly topic = new MemoryEventSink();
  /** What a process remembers of its publications. */
  #bus = new EventBus([this.topic], this.clock);
  readonly logger = new RecordingLogger();
  policy = aWatchPolicy();
  /** What is known of its drills; undefined: nobody asks. */
  drills: DrillsSeen | (() => never) | undefined;

  constructor(options: Partial<MemoryHsmOptions> = {}) {
    this.hsm = new MemoryHsm({ name: 'contoso', purgeProtection: true, clock: this.clock, ...options });
  }

  get deps(): ScanDeps {
    return {
      keys: new MemoryKeyService(this.hsm),
      state: this.state,
      pins: this.backups,
      backups: this.backups,
      bus: this.#bus,
      clock: this.clock,
      logger: this.logger,
      retry: { attempts: 2, firstDelayMs: 10, maxDelayMs: 10 },
      ...(this.drills && { drillsOf: async () => this.#drillsNow() }),
    };
  }

  #drillsNow(): DrillsSeen {
    if (this.drills === undefined) throw new Error('expected drills');
    return typeof this.drills === 'function' ? this.drills() : this.drills;
  }

  /** The process ends, and another begins: what was only remembered is gone. */
  restart(): void {
    this.#bus = new EventBus([this.topic], this.clock);
  }

  scan(signals: Partial<Signals> = {}) {
    return scan(this.deps, this.policy, { ...NO_SIGNALS, ...signals });
  }

  /** Backs a key up as the sweep does. */
  async backUp(name: string): Promise<void> {
    const found = this.hsm.active.get(name)?.versions.at(-1);
    if (found === undefined) throw new Error(`expected an active key ${name}`);
    const key = { name, attributes: found.attributes, tags: {}, managed: false };
    const deps = { ...this.deps, backups: this.backups, pacer: new FreePacer() };
    const { signal } = new AbortController();
    const stored = await backUpKey(deps, { key, runId: 'run-1', known: undefined, signal });
    await saveBackups(this.state, 'contoso', [stored]);
  }

  /** A planted failure. */
  fault(code: WardenErrorCode): WardenError {
    return new WardenError(code, { message: `planted ${code}` });
  }

  /** What was accepted, each event once, without the heartbeats. */
  get reported(): readonly WatchEvent[] {
    const once = new Map(this.topic.accepted.map((event) => [event.id, WatchEvent.parse(event)]));
    return [...once.values()].filter(({ type }) => type !== 'HsmWarden.Heartbeat');
  }

  /** Types of the events reported so far, without heartbeats; with the key where there is one. */
  get reports(): readonly string[] {
    return this.reported.map(nameOf);
  }

  /** What is reported while `action` runs. */
  async during(action: () => Promise<unknown>): Promise<readonly string[]> {
    const before = this.reported.length;
    await action();
    return this.reported.slice(before).map(nameOf);
  }

  /** Reported events of one type. */
  events<Type extends WatchEvent['type']>(type: Type): Extract<WatchEvent, { type: Type }>[] {
    return this.reported.filter((event): event is Extract<WatchEvent, { type: Type }> => event.type === type);
  }

  async memory() {
    return readWatchState(this.state, 'contoso');
  }
}

/** A world with one backed-up key `orders`, already scanned. */
export async function settledWorld(options: Partial<MemoryHsmOptions> = {}): Promise<WatchWorld> {
  const world = new WatchWorld(options);
  world.hsm.createKey('orders');
  await world.clock.advance(MINUTE_MS);
  await world.backUp('orders');
  await world.scan();
  return world;
}

function nameOf({ type, data }: WatchEvent): string {
  const name = type.replace('HsmWarden.', '');
  return 'key' in data && data.key !== undefined ? `${name} ${data.key}` : name;
}
