// Starts one emulated Managed HSM in this process.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditFeed, createAuditFeed } from './audit/feed.ts';
import { createClock } from './clock.ts';
import { generateMaterial } from './crypto/material.ts';
import { faultControls } from './faults/controls.ts';
import { createFaultBox, type FaultBox } from './faults/fault-box.ts';
import { NO_LATENCY, recordedLatency, seededUniform } from './latency/sampler.ts';
import { createLimiter, UNLIMITED } from './limits/limiter.ts';
import { createRouter } from './operations/router.ts';
import { OPERATIONS } from './operations/table.ts';
import { initialAssignments } from './rbac/initial-assignments.ts';
import { seedKeys } from './seed.ts';
import { coreControls } from './server/controls.ts';
import { listen } from './server/https-server.ts';
import { exchange, type Pool, purgeDue } from './server/pipeline.ts';
import type { Change, PoolSettings } from './state/model.ts';
import type { ReadableState } from './state/pool-state.ts';
import { memoryStore, openStore, type Store } from './state/store.ts';
import { type Authority, openAuthority } from './tls/authority-folder.ts';
import { createLeaf } from './tls/certificates.ts';
import { createIssuer, type TokenRequest } from './tokens/issuer.ts';

/** The principal of the token that a start prints. */
export const ADMINISTRATOR_ID = '2f6b5a6e-0d5c-4b1e-9c38-6f1f3b1e0a01';
/** The tenant of emulators that are not told another one. */
export const DEFAULT_TENANT_ID = '7a0c9f1e-3f43-4e0b-8a55-2c1d6a1f9b10';
const DAY_SECONDS = 86_400;

/** How to start. Everything has a default; numbers are days or counts as named. */
export type EmulatorOptions = {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Address to listen on; the default is 127.0.0.1. */
  readonly host?: string;
  /** The pool's name; the default is `contoso`. */
  readonly name?: string;
  readonly tenantId?: string;
  /** 7 to 90; the default is 90, as for a real pool. */
  readonly retentionDays?: number;
  readonly purgeProtection?: boolean;
  /** `documented`, the default, refuses what is above the documented limits; `off` takes everything. */
  readonly limits?: 'documented' | 'off';
  /** `real` answers as slowly as recorded; `none`, the default, as fast as possible. */
  readonly latency?: 'none' | 'real';
  /** Seeds the latencies drawn. */
  readonly latencySeed?: number;
  /** How many keys to fill a new pool with. */
  readonly seedKeys?: number;
  /** Makes keys of one's own for a new pool, given its time in unix seconds. */
  readonly seed?: (now: number) => Promise<readonly Change[]>;
  /** Keeps the pool in this folder. Without it the pool ends with the process. */
  readonly stateDir?: string;
  /** Keeps the certificate authority and the token issuer's key here, shared by all emulators that name it. */
  readonly caDir?: string;
  /** Pools with the same text restore each other's backups; the default is one of its own. */
  readonly securityDomain?: string;
  /** Told about failures of the emulator itself; the default writes to standard error. */
  readonly reportFault?: (error: unknown) => void;
  /** Appends an audit record of every authenticated request to this JSONL file. */
  readonly auditLog?: string;
  /** Posts the audit records to this address, in JSON arrays, until they are accepted. */
  readonly auditSink?: string;
  /** How late the sink gets them by the emulator's clock: 0, the default, to 600 s. */
  readonly auditDelaySeconds?: number;
};

/** A running emulator. */
export type Emulator = {
  /** `https://127.0.0.1:{port}`. */
  readonly url: string;
  readonly name: string;
  readonly tenantId: string;
  /** The authority's certificate, PEM: as a file and as text. */
  readonly caFile: string;
  readonly caPem: string;
  /** A token of the pool's administrator, valid for a day by the emulator's clock. */
  readonly token: string;
  /** A token for anyone; what they may do is decided by role assignments. */
  issueToken(request: TokenRequest): Promise<string>;
  /** The emulator's time, epoch milliseconds. */
  now(): number;
  /** Faults on demand. */
  readonly faults: FaultBox;
  /** Moves the clock forward; keys whose retention has ended are purged. */
  advanceClock(ms: number): Promise<void>;
  /** The state, to look at. */
  readonly state: ReadableState;
  /** Stops listening and lets running requests end. */
  close(): Promise<void>;
};

/** Starts an emulator and resolves when it answers. Rejects when the port is taken or the options do not fit the stored pool. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const folder = options.caDir ?? options.stateDir;
  const temporary = folder === undefined ? await mkdtemp(join(tmpdir(), 'hsm-emulator-')) : undefined;
  const authority = await openAuthority(folder ?? temporary ?? '', Date.now());
  const store = await openPool(options);
  const { state } = store;
  const clock = createClock(Date.now, () => state.clockOffsetMs);
  const audit = openAudit(store, clock.now, options);
  const pool = assemble(store, authority, clock.now, audit, options);
  await store.commit(await firstChanges(store, clock.now(), options));

  const advanceClock = async (ms: number) => {
    await store.commit([{ type: 'moveClock', offsetMs: state.clockOffsetMs + ms }]);
    await purgeDue(pool);
    audit.clockMoved();
  };
  const counts = () => ({ active: state.activeKeys, deleted: state.keys.size - state.activeKeys });
  const leaf = await createLeaf(authority, state.settings.name, Date.now());
  const listener = await listen(
    { host: options.host ?? '127.0.0.1', port: options.port ?? 0, leaf },
    (request) => exchange(pool, request),
    {
      ...coreControls({ issuer: pool.issuer, now: clock.now, advance: advanceClock, counts }),
      ...faultControls(pool.faults),
    },
  );
  return {
    url: `https://127.0.0.1:${listener.port}`,
    name: state.settings.name,
    tenantId: state.settings.tenantId,
    caFile: authority.caFile,
    caPem: authority.certificate,
    token: await pool.issuer.issue({ objectId: ADMINISTRATOR_ID, lifetimeSeconds: DAY_SECONDS }),
    issueToken: (request) => pool.issuer.issue(request),
    now: clock.now,
    faults: pool.faults,
    advanceClock,
    state,
    async close() {
      await listener.close();
      await audit.close();
      await store.close();
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    },
  };
}

function openPool(options: EmulatorOptions): Promise<Store> | Store {
  const settings: PoolSettings = {
    name: options.name ?? 'contoso',
    tenantId: options.tenantId ?? DEFAULT_TENANT_ID,
    retentionDays: options.retentionDays ?? 90,
    purgeProtection: options.purgeProtection ?? false,
    securityDomain: options.securityDomain ?? randomUUID(),
  };
  return options.stateDir === undefined ? memoryStore(settings) : openStore(options.stateDir, settings);
}

function openAudit(store: Store, now: () => number, options: EmulatorOptions): AuditFeed {
  const { name, tenantId } = store.state.settings;
  return createAuditFeed({
    poolName: name,
    tenantId,
    logFile: options.auditLog,
    sinkUrl: options.auditSink,
    sinkDelayMs: (options.auditDelaySeconds ?? 0) * 1000,
    now,
    reportFault: reporter(options),
  });
}

function assemble(
  store: Store,
  authority: Authority,
  now: () => number,
  audit: AuditFeed,
  options: EmulatorOptions,
): Pool {
  const limited = options.limits !== 'off';
  const elapsed = () => performance.now();
  return {
    store,
    issuer: createIssuer(authority.issuerKey, store.state.settings.tenantId, now),
    route: createRouter(OPERATIONS),
    limiter: limited ? createLimiter(elapsed) : UNLIMITED,
    latency:
      options.latency === 'real' ? recordedLatency(seededUniform(options.latencySeed ?? 1)) : NO_LATENCY,
    limited,
    now,
    elapsed,
    random: randomBytes,
    material: generateMaterial,
    faults: createFaultBox(OPERATIONS.map(({ name }) => name)),
    observe: audit.observe,
    reportFault: reporter(options),
  };
}

/** What a new pool starts with: its administrator's roles and, when asked for, keys. Nothing for a stored one. */
async function firstChanges({ state }: Store, now: number, options: EmulatorOptions): Promise<Change[]> {
  const assignments = state.roleAssignments.size > 0 ? [] : initialAssignments(ADMINISTRATOR_ID, randomUUID);
  const count = state.keys.size > 0 ? 0 : (options.seedKeys ?? 0);
  const seconds = Math.floor(now / 1000);
  const own = state.keys.size > 0 ? [] : ((await options.seed?.(seconds)) ?? []);
  const keys = await seedKeys(count, seconds - DAY_SECONDS, state.nextOrder + own.length, randomBytes);
  const roles = assignments.map((assignment) => ({ type: 'putRoleAssignment' as const, assignment }));
  return [...roles, ...own, ...keys];
}

function reporter({ reportFault }: EmulatorOptions): (error: unknown) => void {
  return reportFault ?? ((error) => process.stderr.write(`emulator: ${describe(error)}\n`));
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
