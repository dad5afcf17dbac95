/** A protected HSM and a drill HSM as emulators over TLS, with backups, state and events in memory. */
import type { KeyClient } from '@azure/keyvault-keys';
import { AimdPacer } from '../../src/adapters/pacing/aimd-pacer.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { EventBus } from '../../src/core/events/bus.ts';
import type { Clock } from '../../src/core/ports.ts';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import { challengeOf } from '../../src/features/drill/challenge.ts';
import { FaultPoints, type FaultPointsDeps } from '../../src/features/drill/fault-points.ts';
import { saveEnrolments } from '../../src/features/drill/model/enrolments.ts';
import { readResults } from '../../src/features/drill/model/results.ts';
import type { DrillHsm, ReadProperties } from '../../src/features/drill/ports.ts';
import { type RunOrder, runDrills } from '../../src/features/drill/run.ts';
import type { RunDeps, RunPolicy } from '../../src/features/drill/run-context.ts';
import { backUpKey } from '../../src/features/recovery-points/back-up-key.ts';
import { readEntry } from '../../src/features/recovery-points/catalogue.ts';
import { saveBackups } from '../../src/features/recovery-points/save-backups.ts';
import { openSite } from '../../src/platform/drill-app.ts';
import { keyClientOn, keyServiceOn, tokenCredential } from './emulator-world.ts';
import { MemoryBackupStore } from './memory/memory-backup-store.ts';
import { MemoryDocumentStore } from './memory/memory-document-store.ts';
import { MemoryEventSink } from './memory/memory-event-sink.ts';
import { MemoryFaultContainer } from './memory/memory-fault-container.ts';
import { MemoryLeases } from './memory/memory-leases.ts';
import { MemorySealer } from './memory/memory-sealer.ts';
import { RecordingLogger } from './memory/recording-logger.ts';

/** How the two HSMs are. */
export interface DrillWorldOptions {
  readonly limits?: 'documented' | 'off';
  /** False for HSMs of different security domains. */
  readonly shared?: boolean;
  readonly purgeProtection?: boolean;
  /** Keys that the protected HSM begins with. */
  readonly seedKeys?: number;
}

const DAY_MS = 86_400_000;

/** The world of the tests of drills. */
export class DrillWorld {
  readonly source: Emulator;
  readonly drill: Emulator;
  readonly clock: Clock = systemClock;
  readonly backups = new MemoryBackupStore(this.clock);
  readonly state = new MemoryDocumentStore();
  /** What drills that must fail are stored in and sealed with. */
  readonly faults = new MemoryFaultContainer(this.clock);
  readonly faultSealer = new MemorySealer(this.clock, 'backup', 'drills that must fail');
  readonly sink = new MemoryEventSink();
  readonly logger = new RecordingLogger();
  readonly leases = new MemoryLeases(this.clock);
  readonly asked: string[] = [];
  /** What is different from the usual for the next run. */
  changes: Partial<RunDeps['site']> = {};
  readonly client: KeyClient;
  readonly #pacers: RunDeps['site']['pacers'];
  readonly #rate: number;

  private constructor(source: Emulator, drill: Emulator, rate: number) {
    this.source = source;
    this.drill = drill;
    this.#rate = rate;
    this.client = keyClientOn(source);
    this.#pacers = { restores: this.#pacer(), deletes: this.#pacer(), purges: this.#pacer() };
  }

  /** As {@link start}, with the backed-up keys `orders` and `other`. */
  static async withTwoKeys(): Promise<DrillWorld> {
    const world = await DrillWorld.start();
    await world.client.createEcKey('orders');
    await world.client.createEcKey('other');
    await world.backUp();
    return world;
  }

  /** Starts both. */
  static async start(options: DrillWorldOptions = {}): Promise<DrillWorld> {
    const { limits = 'off', shared = true, purgeProtection = false, seedKeys = 0 } = options;
    const [source, drill] = await Promise.all([
      startEmulator({ name: 'contoso', limits, securityDomain: 'one', retentionDays: 7, seedKeys }),
      startEmulator({
        name: 'drill',
        limits,
        securityDomain: shared ? 'one' : 'other',
        retentionDays: 7,
        purgeProtection,
      }),
    ]);
    return new DrillWorld(source, drill, limits === 'off' ? 1_000 : 10);
  }

  /** The drill HSM as the drill app reaches it. */
  get hsm(): DrillHsm {
    const { url, token, caPem, resource } = this.drill;
    const platform = {
      config: { drill: { pace: this.#rate } },
      credential: tokenCredential(token),
      caPem,
      clock: this.clock,
    };
    return openSite({ name: 'drill', url, resource: resource.id, of: ['contoso'] }, platform).hsm;
  }

  /** Somebody with every right in the drill HSM. */
  get drillClient(): KeyClient {
    return keyClientOn(this.drill);
  }

  deps(hsm: DrillHsm = this.hsm): RunDeps {
    const { state, backups, leases, clock, logger } = this;
    const readProperties: ReadProperties = async () => ({
      kind: 'ok',
      value: {
        id: this.drill.resource.id,
        uri: this.drill.url,
        purgeProtection: false,
        regions: [],
      },
    });
    const site = {
      name: 'drill',
      url: this.drill.url,
      resource: this.drill.resource.id,
      of: ['contoso'],
      hsm,
      readProperties,
      pacers: this.#pacers,
      ...this.changes,
    };
    return {
      state,
      backups,
      faults: this.faultPoints(),
      leases,
      clock,
      logger,
      bus: new EventBus([this.sink], clock),
      resourceOf: (name) => `resource/${name}`,
      site,
      protectedHsms: [{ name: 'contoso', url: this.source.url, resource: this.source.resource.id }],
      askBackup: async (on, key) => {
        this.asked.push(`${on}/${key}`);
      },
    };
  }

  /** What drills that must fail work with; usually real drills check no seals in this world, and these do. */
  faultPoints(changes: Partial<FaultPointsDeps> = {}): FaultPoints {
    const { faults: container, faultSealer: sealer, clock } = this;
    const own = { sealer, pinned: async () => sealer.pinned };
    const resourceOf = (name: string) => `resource/${name}`;
    return new FaultPoints({ container, own, seals: undefined, resourceOf, clock, ...changes });
  }

  /** Backs all active keys of the source up. */
  async backUp(): Promise<void> {
    const keys = keyServiceOn(this.source);
    const deps = { keys, backups: this.backups, pacer: this.#pacer(), clock: this.clock };
    let next: string | undefined;
    do {
      const page = await keys.listKeys(next);
      for (const key of page.items) {
        const entry = await readEntry(this.state, 'contoso', key.name);
        const known = entry && { blob: entry.blob, versions: entry.record.versions };
        const request = { key, runId: 'nightly', known, signal: new AbortController().signal };
        await saveBackups(this.state, 'contoso', [await backUpKey(deps, request)]);
      }
      next = page.next;
    } while (next !== undefined);
  }

  /** Lets the owner of a symmetric key enrol its newest version; `by`: the key that really encrypts. */
  async enroll(key: string, by = key): Promise<void> {
    const { properties } = await this.client.getKey(key);
    const version = properties.version ?? '';
    const plaintext = challengeOf({ hsm: 'resource/contoso', key, version });
    const crypto = this.client.getCryptographyClient(by);
    const made = await crypto.encrypt({ algorithm: 'A256GCM', plaintext });
    const text = (bytes: Uint8Array = new Uint8Array()) => Buffer.from(bytes).toString('base64url');
    await saveEnrolments(this.state, 'contoso', key, [
      {
        version,
        operation: 'decrypt',
        algorithm: 'A256GCM',
        value: text(made.result),
        iv: text(made.iv),
        tag: text(made.authenticationTag),
        enrolledAt: this.clock.now(),
      },
    ]);
  }

  run(
    order: Partial<RunOrder> = {},
    deps = this.deps(),
    policy: Partial<RunPolicy> = {},
    signal?: AbortSignal,
  ) {
    const all: RunPolicy = {
      days: 30,
      nextRunAt: this.clock.now() + DAY_MS,
      nightly: true,
      retry: { attempts: 3, firstDelayMs: 1, maxDelayMs: 5 },
      concurrency: 24,
      budgetMs: 600_000,
      ...policy,
    };
    const asked = { runId: 'run-1', what: { kind: 'all' as const }, ...order };
    return runDrills(deps, all, asked, signal ?? new AbortController().signal);
  }

  /** The last result of a key. */
  async result(key: string) {
    const { seals, resourceOf } = this.deps();
    return (await readResults(this.state, 'contoso', { seals, resourceOf })).get(key)?.last;
  }

  /** Names of the keys in the drill HSM, active and soft-deleted. */
  get inDrillHsm(): readonly string[] {
    return [...this.drill.state.keys.values()].map(({ name }) => name);
  }

  async close(): Promise<void> {
    await Promise.all([this.source.close(), this.drill.close()]);
  }

  #pacer() {
    return new AimdPacer({ ratePerSecond: this.#rate, clock: this.clock });
  }
}
