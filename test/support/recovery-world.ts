/** Builds the world of a recovery in memory: two HSMs of one security domain, a stranger, stores, queue, audit log, people. */

import { WardenError } from '../../src/core/errors.ts';
import { EventBus } from '../../src/core/events/bus.ts';
import type { KeyService, StoredBackup } from '../../src/core/ports.ts';
import { sha256Hex } from '../../src/core/sha256.ts';
import { ChainedAuditLog } from '../../src/features/audit/audit-log.ts';
import { Breaches } from '../../src/features/audit/breaches.ts';
import type { DecisionSeals } from '../../src/features/audit/line-seals.ts';
import type { ApproverEntry, ChannelEntry } from '../../src/features/notify/model/channel-entry.ts';
import { Gate } from '../../src/features/recovery/access/gate.ts';
import { type ExecuteDeps, executeRecovery } from '../../src/features/recovery/execution/execute.ts';
import type { AskBody, RecoveryQuery } from '../../src/features/recovery/model/asking.ts';
import { DEFAULT_POLICY, type RecoveryPolicy } from '../../src/features/recovery/model/policy.ts';
import type { RecoveryRecord } from '../../src/features/recovery/model/record.ts';
import { backupsOf } from '../../src/features/recovery/planning/key-state.ts';
import type { RearmingDeps } from '../../src/features/recovery/rearming/rearming.ts';
import { LoggedEvidence } from '../../src/features/recovery/request/evidence.ts';
import { type ListDeps, listRecoveries } from '../../src/features/recovery/request/list-recoveries.ts';
import { OpenLimits } from '../../src/features/recovery/request/open-limits.ts';
import { reconcile } from '../../src/features/recovery/request/reconcile.ts';
import { Recoveries } from '../../src/features/recovery/request/recoveries.ts';
import { RecoveryIndex } from '../../src/features/recovery/request/recovery-index.ts';
import { backUpKey } from '../../src/features/recovery-points/back-up-key.ts';
import { saveBackups } from '../../src/features/recovery-points/save-backups.ts';
import { CountingIds } from './memory/counting-ids.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from './memory/memory-audit-store.ts';
import { MemoryBackupStore } from './memory/memory-backup-store.ts';
import { MemoryDocumentStore } from './memory/memory-document-store.ts';
import { MemoryEventSink } from './memory/memory-event-sink.ts';
import { MemoryHsm } from './memory/memory-hsm.ts';
import { MemoryKeyService } from './memory/memory-key-service.ts';
import { MemoryOnceStore } from './memory/memory-once-store.ts';
import { MemorySealer } from './memory/memory-sealer.ts';
import { MemoryWorkQueue } from './memory/memory-work-queue.ts';
import { RecordingLogger } from './memory/recording-logger.ts';
import { DAY_MS, person } from './recovery-builders.ts';
import { FreePacer } from './sweep-world.ts';

/** Everything a recovery touches. */
export class RecoveryWorld {
  readonly clock = new ManualClock({ now: Date.UTC(2026, 0, 1, 12), autoAdvance: true });
  readonly hsm = new MemoryHsm({ clock: this.clock, name: 'contoso' });
  readonly second = new MemoryHsm({ clock: this.clock, name: 'contoso-dr' });
  readonly stranger = new MemoryHsm({ clock: this.clock, name: 'fabrikam', securityDomain: 'domain-2' });
  readonly backups: MemoryBackupStore;
  readonly store = new MemoryDocumentStore();
  readonly auditStore = new MemoryAuditStore(this.clock);
  readonly anchor = new MemoryAuditAnchor();
  /** Who is asked to approve, where the settings say so. */
  approvers: readonly ApproverEntry[] = [];
  channels: readonly ChannelEntry[] = [];
  readonly once = new MemoryOnceStore();
  readonly topic = new MemoryEventSink();
  readonly queue = new MemoryWorkQueue(this.clock);
  readonly logger = new RecordingLogger();
  readonly ids = new CountingIds();
  /** Seals decisions; set by {@link sealDecisions}. */
  sealer: MemorySealer | undefined;
  policy: RecoveryPolicy = DEFAULT_POLICY;
  openLimits = { perRequester: 200, perHsm: 1000 };
  readonly proofs: Record<string, () => Promise<string | undefined>> = {};
  #workers = 0;

  /** `versioning` says whether the storage account keeps versions. */
  constructor({ versioning = true } = {}) {
    this.backups = new MemoryBackupStore(this.clock, 100, versioning);
  }

  /** A world with one key `orders` of two versions and one backup of it. */
  static async withBackup(
    keyType: 'RSA-HSM' | 'oct-HSM' = 'RSA-HSM',
    options: { readonly versioning?: boolean } = {},
  ): Promise<RecoveryWorld> {
    const world = new RecoveryWorld(options);
    world.hsm.createKey('orders', { keyType });
    world.hsm.createKey('orders', { keyType });
    await world.backUp();
    return world;
  }

  /** That world after the key was deleted. */
  static async withDeletedKey(keyType?: 'RSA-HSM' | 'oct-HSM'): Promise<RecoveryWorld> {
    const world = await RecoveryWorld.withBackup(keyType);
    world.hsm.deleteKey('orders');
    return world;
  }

  /** That world after the key was purged too. */
  static async withPurgedKey(keyType?: 'RSA-HSM' | 'oct-HSM'): Promise<RecoveryWorld> {
    const world = await RecoveryWorld.withDeletedKey(keyType);
    world.hsm.purgeKey('orders');
    return world;
  }

  /** From now on the settings pin a key of the recovery app. */
  sealDecisions(): MemorySealer {
    this.sealer = new MemorySealer(this.clock, 'recovery');
    return this.sealer;
  }

  /** What one process seals and judges decisions with. */
  get decisions(): DecisionSeals | undefined {
    return this.sealer?.decisions;
  }

  /** Backs up a key as the sweep does. */
  async backUp(key = 'orders'): Promise<StoredBackup> {
    const keys = this.keysOf('contoso');
    const { attributes, tags } = await keys.getKey(key);
    const deps = { keys, backups: this.backups, pacer: new FreePacer(), clock: this.clock };
    const request = {
      key: { name: key, attributes, tags, managed: false },
      runId: 'run-1',
      known: undefined,
      signal: AbortSignal.timeout(60_000),
    };
    const stored = await backUpKey(deps, request);
    await saveBackups(this.store, 'contoso', [stored]);
    await this.clock.advance(1_000);
    return stored;
  }

  /** All backups of a key of contoso, at least one. */
  async all(key: string): Promise<[StoredBackup, ...StoredBackup[]]> {
    const [first, ...rest] = await backupsOf(this.backups, 'contoso', key);
    if (first === undefined) throw new Error(`expected a backup of ${key}`);
    return [first, ...rest];
  }

  readonly sha256 = sha256Hex;

  /** How many requests are stored. */
  get requests(): number {
    return [...this.store.documents.keys()].filter((name) => name.startsWith('recovery/')).length;
  }

  /** What somebody who can write the state container puts in the place of a stored request, or beside it. */
  plant(id: string, record: RecoveryRecord): void {
    this.store.documents.set(`recovery/${id}`, {
      text: JSON.stringify(record),
      etag: `"planted ${this.store.documents.size} ${record.state} ${this.clock.now()}"`,
    });
  }

  /** As {@link plant}, of what is stored. */
  change(id: string, change: (record: RecoveryRecord) => RecoveryRecord): void {
    this.plant(id, change(this.stored(id)));
  }

  /** What somebody who can write the state container makes of a stored request. */
  forge(id: string, change: (text: string) => string): void {
    const held = this.store.documents.get(`recovery/${id}`);
    const text = change(held?.text ?? '');
    if (held === undefined || text === held.text) throw new Error('expected a change');
    this.store.documents.set(`recovery/${id}`, { ...held, text });
  }

  readonly keysOf = (name: string): KeyService => this.keysOn(name);

  /** The keys of an HSM, as {@link keysOf} gives them unless a test wants them watched. */
  keysOn(name: string): KeyService {
    const hsm = [this.hsm, this.second, this.stranger].find((known) => known.name === name);
    if (hsm !== undefined) return new MemoryKeyService(hsm);
    throw new WardenError('hsm-unknown', { message: `There is no HSM ${name} in the settings.`, hsm: name });
  }

  /** What one process knows of findings about the audit log. */
  breaches(): Breaches {
    const { once, auditStore: store, anchor, clock, decisions } = this;
    return new Breaches({ once, store, anchor, clock, decisions });
  }

  /** The dependencies of one process: what a process remembers is new each time, what is stored is not. */
  deps(): ExecuteDeps & Pick<RearmingDeps, 'breaches' | 'auditStore' | 'anchor'> {
    const { policy, clock, logger, proofs, decisions } = this;
    const bus = new EventBus([this.topic], clock);
    const breaches = this.breaches();
    const evidence = new LoggedEvidence(this.auditStore, this.anchor, decisions);
    const own = { store: this.store, evidence, clock };
    return {
      store: this.store,
      index: new RecoveryIndex(own),
      limits: new OpenLimits({ ...own, policy: this.openLimits }),
      once: this.once,
      decisions,
      breaches,
      auditStore: this.auditStore,
      anchor: this.anchor,
      audit: new ChainedAuditLog(this.auditStore, this.anchor, clock, decisions),
      bus,
      linkTo: (id) => `https://warden.test/recoveries/${id}`,
      keysOf: this.keysOf,
      pacerOf: () => new FreePacer(),
      backups: this.backups,
      sharesDomain: (a, b) => [a, b].every((name) => name.startsWith('contoso')),
      policy,
      evidence,
      gate: new Gate({ policy, proofs, breaches, bus, logger, clock }),
      approvers: this.approvers,
      channels: this.channels,
      queue: this.queue,
      clock,
      ids: this.ids,
      logger,
    };
  }

  async ask(change: Partial<AskBody> = {}): Promise<RecoveryRecord> {
    const body: AskBody = {
      hsm: 'contoso',
      key: 'orders',
      action: 'auto',
      reason: 'deleted by mistake',
      ...change,
    };
    return (await new Recoveries(this.deps()).open(person('alice'), body)).record;
  }

  async approve(record: RecoveryRecord, id: string, groups: readonly string[] = []): Promise<RecoveryRecord> {
    const { digest } = record;
    const command = { type: 'approve', by: person(id), groups, digest } as const;
    return (await new Recoveries(this.deps()).command(record.id, command)).record;
  }

  async approved(change: Partial<AskBody> = {}): Promise<RecoveryRecord> {
    const record = await this.ask(change);
    await this.approve(record, 'bob');
    return this.approve(record, 'carol');
  }

  /** One delivery of the request's message to a new process. */
  async deliver(id: string, deps: ExecuteDeps = this.deps()) {
    this.#workers += 1;
    const worker = `worker-${this.#workers}`;
    return executeRecovery(deps, { kind: 'recovery', id }, worker, AbortSignal.timeout(60_000));
  }

  /** One pass of the timer, in a new process unless `deps` says in which. */
  reconcile(deps: ExecuteDeps = this.deps()): Promise<number> {
    return reconcile({ ...deps, recoveries: new Recoveries(deps) });
  }

  /** A page of the list, made by a new process unless `deps` says by which. */
  list(query: Partial<RecoveryQuery> = {}, deps: Omit<ListDeps, 'listMs'> = this.deps(), days = 90) {
    return listRecoveries({ ...deps, listMs: days * DAY_MS }, { limit: 50, ...query });
  }

  /** The record as stored. */
  stored(id: string): RecoveryRecord {
    const text = this.store.documents.get(`recovery/${id}`)?.text;
    if (text === undefined) throw new Error(`expected a stored recovery ${id}`);
    return JSON.parse(text);
  }

  /** The events of the audit log. */
  get audited(): readonly string[] {
    return this.auditStore.lines.map((line): string => JSON.parse(line).event);
  }
}
