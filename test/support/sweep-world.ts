/** Builds the world of a sweep in memory: one HSM, stores, queue, leases and a clock that jumps. */

import { WardenError, type WardenErrorCode } from '../../src/core/errors.ts';
import { EVERY_KEY } from '../../src/core/model/selection.ts';
import type { Pacer } from '../../src/core/ports.ts';
import { readMessage } from '../../src/core/queue.ts';
import { DEFAULT_RETRY } from '../../src/core/retry.ts';
import { Serializer } from '../../src/core/serializer.ts';
import { SWEEPS, type SweepMessage } from '../../src/features/backup/queues.ts';
import { type RunRecord, readRun } from '../../src/features/backup/run-record.ts';
import { sweep } from '../../src/features/backup/sweep.ts';
import type { SweepDeps, SweepPolicy } from '../../src/features/backup/sweep-context.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { MemoryBackupStore } from './memory/memory-backup-store.ts';
import { MemoryDocumentStore } from './memory/memory-document-store.ts';
import { MemoryHsm } from './memory/memory-hsm.ts';
import { MemoryKeyService } from './memory/memory-key-service.ts';
import { MemoryLeases } from './memory/memory-leases.ts';
import { MemoryWorkQueue } from './memory/memory-work-queue.ts';
import { RecordingLogger } from './memory/recording-logger.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** A pacer that never waits and remembers what it was asked. */
export class FreePacer implements Pacer {
  readonly rate = 8;
  readonly throttles: (number | undefined)[] = [];
  taken = 0;
  succeededCalls = 0;

  async take(): Promise<void> {
    this.taken += 1;
  }

  throttled(retryAfterMs?: number): void {
    this.throttles.push(retryAfterMs);
  }

  succeeded(): void {
    this.succeededCalls += 1;
  }
}

/** Everything a sweep touches. */
export class SweepWorld {
  readonly clock = new ManualClock({ now: Date.UTC(2026, 10, 24, 2, 0, 0), autoAdvance: true });
  readonly hsm = new MemoryHsm({ clock: this.clock, name: 'contoso' });
  readonly backups = new MemoryBackupStore(this.clock);
  readonly state = new MemoryDocumentStore();
  readonly leases = new MemoryLeases(this.clock);
  readonly queue = new MemoryWorkQueue(this.clock);
  readonly pacer = new FreePacer();
  readonly logger = new RecordingLogger();
  readonly saves = new Serializer();
  readonly message: SweepMessage = { kind: 'sweep', hsm: 'contoso', runId: '20261124T020000Z-nightly' };

  /** A world whose HSM holds `count` keys, made an hour before the run. */
  static async withKeys(count: number): Promise<SweepWorld> {
    const world = new SweepWorld();
    for (let n = 1; n <= count; n += 1) world.hsm.createKey(`key-${String(n).padStart(3, '0')}`);
    await world.clock.advance(HOUR_MS);
    return world;
  }

  get deps(): SweepDeps {
    return {
      keys: new MemoryKeyService(this.hsm),
      backups: this.backups,
      state: this.state,
      leases: this.leases,
      queue: this.queue,
      pacer: this.pacer,
      clock: this.clock,
      logger: this.logger,
      saves: this.saves,
    };
  }

  policy(change: Partial<SweepPolicy> = {}): SweepPolicy {
    return {
      selection: EVERY_KEY,
      refreshMs: 7 * DAY_MS,
      schedule: '0 0 2 * * *',
      pace: 8,
      concurrency: 4,
      budgetMs: HOUR_MS,
      checkpointMs: 30_000,
      retry: DEFAULT_RETRY,
      ...change,
    };
  }

  /** Runs one part. */
  sweep(
    change: Partial<SweepPolicy> = {},
    message: SweepMessage = this.message,
    deps: SweepDeps = this.deps,
  ) {
    return sweep(deps, this.policy(change), message, new AbortController().signal);
  }

  /** Runs one part, then whatever messages it left, until the queue is empty. Returns how many parts there were. */
  async sweepToTheEnd(change: Partial<SweepPolicy> = {}): Promise<number> {
    await this.sweep(change);
    let parts = 1;
    for (let next = this.queue.take(SWEEPS); next !== undefined; next = this.queue.take(SWEEPS)) {
      await this.sweep(change, readMessage(SWEEPS, next));
      parts += 1;
    }
    return parts;
  }

  /** The run's record as stored. */
  async run(runId: string = this.message.runId): Promise<RunRecord> {
    const run = await readRun(this.state, 'contoso', runId);
    if (run === undefined) throw new Error(`expected run ${runId} to have begun`);
    return run;
  }

  /** How many backups each key has. */
  backupsPerKey(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const blob of this.backups.blobs) {
      const key = blob.split('/')[1] ?? '';
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  /** The next night's message. */
  nextNight(): SweepMessage {
    return { ...this.message, runId: '20261125T020000Z-nightly' };
  }
}

/** A failure to plant. */
export function fault(code: WardenErrorCode, retryAfterMs?: number) {
  const options = { message: `planted ${code}`, hsm: 'contoso' };
  return new WardenError(code, retryAfterMs === undefined ? options : { ...options, retryAfterMs });
}

/** A port with some of its methods replaced. */
export function overriding<T extends object>(port: T, methods: Partial<T>): T {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(Object.hasOwn(methods, name) ? methods : target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
