/**
 * A night of a fleet in virtual time: the real sweep, scan and summary over stores in memory, taken from a queue by instances as the
 * Functions host takes messages. Each call of an HSM or of storage takes as long as it is given, and is counted.
 */

import { sendForEach } from '../src/core/each-hsm.ts';
import { EventBus } from '../src/core/events/bus.ts';
import { EVERY_KEY } from '../src/core/model/selection.ts';
import { type Queue, readMessage } from '../src/core/queue.ts';
import { DEFAULT_RETRY } from '../src/core/retry.ts';
import { nextRunAfter } from '../src/core/schedule.ts';
import { Serializer } from '../src/core/serializer.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/core/time.ts';
import { SWEEPS, type SweepMessage } from '../src/features/backup/queues.ts';
import { startRuns } from '../src/features/backup/start-runs.ts';
import { sweep } from '../src/features/backup/sweep.ts';
import { FleetSummaries } from '../src/features/fleet-summary/fleet-summaries.ts';
import { summarizeScan } from '../src/features/status/summarize-scan.ts';
import { verify } from '../src/features/verify/verify.ts';
import { SCANS } from '../src/features/watch/model/message.ts';
import { DEFAULT_THRESHOLDS_MS, type WatchPolicy } from '../src/features/watch/model/policy.ts';
import { scan } from '../src/features/watch/scan.ts';
import { ManualClock } from '../test/support/memory/manual-clock.ts';
import { MemoryBackupStore } from '../test/support/memory/memory-backup-store.ts';
import { MemoryHsm } from '../test/support/memory/memory-hsm.ts';
import { MemoryKeyService } from '../test/support/memory/memory-key-service.ts';
import { MemoryLeases } from '../test/support/memory/memory-leases.ts';
import { MemoryWorkQueue } from '../test/support/memory/memory-work-queue.ts';
import { FreePacer } from '../test/support/sweep-world.ts';
import { type Counted, delayed } from './delayed.ts';
import { PackedDocuments } from './packed-documents.ts';

/** host.json: messages taken at once, and at how many under way the next are taken. */
const BATCH = 8;
const THRESHOLD = 4;
/** The longest wait between two looks into an empty queue, milliseconds. */
const POLL_MS = 1_000;
/** Instances come one after the other. */
const INSTANCE_EVERY_MS = 5_000;
/** A page of a list: the 90th percentile of recorded answers is 74 ms, and the way there and back. */
const HSM_CALL_MS = 100;
const STORAGE_CALL_MS = 30;
const SCHEDULE = '0 0 2 * * *';
const SCAN_SCHEDULE = '0 */15 * * * *';
const TEMPLATE = 'template';
/** An HSM that does not answer holds its worker for so long. */
const HANG_MS = 2 * MINUTE_MS;

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const POLICY: WatchPolicy = {
  thresholdsMs: DEFAULT_THRESHOLDS_MS,
  selection: EVERY_KEY,
  schedule: SCHEDULE,
  graceMs: 3 * HOUR_MS,
  refreshMs: 30 * DAY_MS,
  unprotectedAfterMs: HOUR_MS,
  minRetentionDays: 7,
  unreachableAfterMs: 10 * MINUTE_MS,
  settlingMs: 0,
};

/** What a part of the night came to. */
export interface Part {
  /** From the timer to the end of the last HSM that answers, virtual. */
  readonly seconds: number;
  /** HSMs whose work ended, and those that were still waited for when the others had ended. */
  readonly done: number;
  readonly counted: Counted;
}

/** The fleet, each HSM with the same keys, all backed up. */
export class FleetNight {
  readonly clock = new ManualClock({ now: Date.UTC(2026, 10, 24, 1), autoAdvance: true });
  readonly #state = new PackedDocuments();
  readonly #backups = new MemoryBackupStore(this.clock);
  readonly #leases = new MemoryLeases(this.clock);
  readonly #hsm = new MemoryHsm({ clock: this.clock, name: TEMPLATE, purgeProtection: true });
  readonly #names: readonly string[];
  readonly #hangs: ReadonlySet<string>;

  private constructor(hsms: number, hanging: number) {
    this.#names = Array.from({ length: hsms }, (_, index) => `hsm-${String(index).padStart(4, '0')}`);
    this.#hangs = new Set(this.#names.slice(0, hanging));
  }

  /** One HSM is backed up and scanned by the real code; the others get its documents under their names. */
  static async of(hsms: number, keys: number, hanging: number): Promise<FleetNight> {
    const night = new FleetNight(hsms, hanging);
    for (let index = 0; index < keys; index += 1)
      night.#hsm.createKey(`key-${String(index).padStart(4, '0')}`);
    await night.clock.advance(HOUR_MS);
    await night.#sweep(
      { kind: 'sweep', hsm: TEMPLATE, runId: '20261123T020000Z-nightly' },
      night.ports(TEMPLATE),
    );
    await night.#scan(TEMPLATE, night.ports(TEMPLATE));
    await night.#verify(TEMPLATE, night.ports(TEMPLATE));
    const { documents } = night.#state;
    for (const subject of [...documents.keys()]) {
      const document = documents.get(subject);
      if (document === undefined) continue;
      for (const name of night.#names) {
        const text = document.text.replaceAll(TEMPLATE, name);
        documents.set(subject.replaceAll(TEMPLATE, name), { ...document, text });
      }
    }
    await night.#summaries().round({ logger: SILENT, signal: new AbortController().signal });
    return night;
  }

  /** The nightly run over every HSM. */
  async sweeps(instances: number): Promise<Part> {
    return this.#play(SWEEPS, instances, {
      start: async (ports) => void (await startRuns({ ...ports, logger: SILENT }, this.#names, 'nightly')),
      work: (message, ports) => this.#sweep(message, ports),
    });
  }

  /** A scan of every HSM, when it is due. */
  async scans(instances: number): Promise<Part> {
    await this.clock.advance(nextRunAfter(SCAN_SCHEDULE, this.clock.now()) - this.clock.now());
    return this.#play(SCANS, instances, {
      start: async (ports) =>
        void (await sendForEach(ports, SCANS, this.#names, (hsm) => ({ kind: 'look', hsm }))),
      work: (message, ports) => this.#scan(message.hsm, ports),
    });
  }

  /** The rounds that write the summary of the fleet, from one scan to the next. */
  async rounds(): Promise<Counted> {
    const counted: Counted = {};
    const summaries = this.#summaries(counted);
    const { signal } = new AbortController();
    for (const wait of [3, 5, 5]) {
      await this.clock.advance(wait * MINUTE_MS);
      await summaries.round({ logger: SILENT, signal });
    }
    return counted;
  }

  /** News of each HSM, one after the other: none is written together with another. */
  async news(): Promise<Counted> {
    const counted: Counted = {};
    const summaries = this.#summaries(counted);
    const { signal } = new AbortController();
    for (const hsm of this.#names) {
      await this.#scan(hsm, this.ports(hsm));
      await summaries.renew(hsm, { logger: SILENT, signal });
    }
    return counted;
  }

  #summaries(counted: Counted = {}): FleetSummaries {
    const { state, clock } = this.ports('', counted);
    return new FleetSummaries({ state, clock, hsms: this.#names, scanSchedule: SCAN_SCHEDULE });
  }

  /** What one call works with. */
  ports(hsm: string, counted: Counted = {}) {
    const { clock } = this;
    const storage = <T extends object>(port: T, of: string) =>
      delayed(port, { clock, ms: STORAGE_CALL_MS, counted, of });
    const keys = Object.assign(new MemoryKeyService(this.#hsm), { hsm });
    return {
      keys: delayed(keys, {
        clock,
        ms: this.#hangs.has(hsm) ? HANG_MS : HSM_CALL_MS,
        counted,
        of: 'hsm',
      }),
      state: storage(this.#state, 'document'),
      backups: storage(this.#backups, 'backup'),
      pins: storage(this.#backups, 'backup'),
      leases: storage(this.#leases, 'lease'),
      clock,
      logger: SILENT,
      signal: new AbortController().signal,
    };
  }

  async #sweep(message: SweepMessage, ports: ReturnType<FleetNight['ports']>): Promise<void> {
    const queue = new MemoryWorkQueue(this.clock);
    const deps = { ...ports, queue, pacer: new FreePacer(), saves: new Serializer() };
    const policy = {
      ...{ selection: EVERY_KEY, refreshMs: POLICY.refreshMs, schedule: SCHEDULE, pace: 8, concurrency: 4 },
      ...{ budgetMs: 20 * MINUTE_MS, checkpointMs: 30_000, retry: DEFAULT_RETRY },
    };
    await sweep(deps, policy, message, ports.signal);
  }

  async #verify(hsm: string, ports: ReturnType<FleetNight['ports']>): Promise<void> {
    const work = { ...ports, bus: new EventBus([], this.clock), queue: new MemoryWorkQueue(this.clock) };
    const policy = {
      ...{ selection: EVERY_KEY, budgetMs: HOUR_MS, retentionMs: 400 * DAY_MS, concurrency: 8 },
      retry: DEFAULT_RETRY,
    };
    await verify(work, policy, { kind: 'verify', hsm, runId: 'verify-1' }, ports.signal);
  }

  async #scan(hsm: string, ports: ReturnType<FleetNight['ports']>): Promise<void> {
    const bus = new EventBus([], this.clock);
    const result = await scan({ ...ports, bus, retry: DEFAULT_RETRY }, POLICY, undefined, ports.signal);
    const rest = {
      seals: undefined,
      resource: hsm,
      scanSchedule: SCAN_SCHEDULE,
      drillDays: 30,
      drillHsms: [],
    };
    await summarizeScan({ ...ports, ...rest }, POLICY, result, ports.signal);
  }

  /** Instances take messages of a queue until all but the hanging HSMs are done. */
  async #play<Message extends { readonly hsm: string }>(
    queue: Queue<Message>,
    instances: number,
    {
      start,
      work,
    }: {
      readonly start: (
        ports: ReturnType<FleetNight['ports']> & { readonly queue: MemoryWorkQueue },
      ) => Promise<void>;
      readonly work: (message: Message, ports: ReturnType<FleetNight['ports']>) => Promise<void>;
    },
  ): Promise<Part> {
    const counted: Counted = {};
    const { clock } = this;
    const messages = new MemoryWorkQueue(clock);
    const sending = delayed(messages, { clock, ms: STORAGE_CALL_MS, counted, of: 'queue' });
    const began = clock.now();
    const done = new Set<string>();
    const open = this.#names.filter((name) => !this.#hangs.has(name)).length;
    let endedAt = began;
    const isOver = () => [...done].filter((name) => !this.#hangs.has(name)).length >= open;
    const instance = async (order: number) => {
      await clock.sleep(order * INSTANCE_EVERY_MS);
      let underWay = 0;
      while (!isOver()) {
        let taken = 0;
        while (underWay <= THRESHOLD && taken < BATCH) {
          const raw = messages.take(queue);
          if (raw === undefined) break;
          taken += 1;
          underWay += 1;
          const message = readMessage(queue, raw);
          void work(message, this.ports(message.hsm, counted)).then(
            () => {
              underWay -= 1;
              done.add(message.hsm);
              if (!this.#hangs.has(message.hsm)) endedAt = clock.now();
            },
            (error: unknown) => {
              throw error;
            },
          );
        }
        // A take is a call, and so is the deletion of what was done.
        counted['queue take'] = (counted['queue take'] ?? 0) + 1;
        counted['queue delete'] = (counted['queue delete'] ?? 0) + taken;
        await clock.sleep(taken === 0 ? POLL_MS : STORAGE_CALL_MS);
      }
    };
    await Promise.all([
      start({ ...this.ports('', counted), queue: sending }),
      ...Array.from({ length: instances }, (_, order) => instance(order)),
    ]);
    return { seconds: (endedAt - began) / 1000, done: done.size, counted };
  }
}
