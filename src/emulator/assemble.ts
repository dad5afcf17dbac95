// Puts the parts of an emulator together: its state, its audit log and the pool that answers requests.
import { randomBytes, randomUUID } from 'node:crypto';
import { ARM_READ, type Arm } from './arm/answer-arm.ts';
import { createManagedHsmResource } from './arm/managed-hsm.ts';
import { type AuditFeed, createAuditFeed } from './audit/feed.ts';
import { UndeliveredError } from './audit/sink.ts';
import { generateMaterial } from './crypto/material.ts';
import { createFaultBox } from './faults/fault-box.ts';
import { NO_LATENCY, recordedLatency, seededUniform } from './latency/sampler.ts';
import { createArrivals } from './limits/arrivals.ts';
import { createLimiter, UNLIMITED } from './limits/limiter.ts';
import { createRouter } from './operations/router.ts';
import { OPERATIONS } from './operations/table.ts';
import { ADMINISTRATOR_ID, DEFAULT_TENANT_ID, type EmulatorOptions, resourceLocation } from './options.ts';
import { initialAssignments } from './rbac/initial-assignments.ts';
import { seedKeys } from './seed.ts';
import type { Pool } from './server/pipeline.ts';
import { lockFolder } from './state/folder-lock.ts';
import type { Change, PoolSettings } from './state/model.ts';
import { memoryStore, openStore, type Store } from './state/store.ts';
import type { Authority } from './tls/authority-folder.ts';
import { createIssuer } from './tokens/issuer.ts';

const DAY_SECONDS = 86_400;

/** The stored pool cannot be had: another process has it, or the options ask for another one. */
export class StoredPoolError extends Error {
  override readonly name = 'StoredPoolError';
}

/**
 * Opens the pool of the options. Throws StoredPoolError: one process at a time may use a folder, and what is fixed when a pool
 * is made cannot be changed later.
 */
export async function openPool(options: EmulatorOptions): Promise<Store> {
  const { stateDir, name, tenantId, retentionDays, purgeProtection, securityDomain } = options;
  const settings: PoolSettings = {
    name: name ?? 'contoso',
    tenantId: tenantId ?? DEFAULT_TENANT_ID,
    retentionDays: retentionDays ?? 90,
    purgeProtection: purgeProtection ?? false,
    securityDomain: securityDomain ?? randomUUID(),
  };
  if (stateDir === undefined) return memoryStore(settings);
  const store = await openAlone(stateDir, settings);
  const stored: Partial<PoolSettings> = store.state.settings;
  const asked = { name, tenantId, retentionDays, purgeProtection, securityDomain };
  const differing = Object.entries(asked).filter(
    ([setting, value]) => value !== undefined && new Map(Object.entries(stored)).get(setting) !== value,
  );
  if (differing.length === 0) return store;
  await store.close();
  const settingsText = differing.map(([setting]) => setting).join(', ');
  throw new StoredPoolError(
    `the pool in ${stateDir} was made with another ${settingsText}, which cannot be changed: leave it out or use another folder`,
  );
}

/** The store in `folder`, which no other process has until it is closed. */
async function openAlone(folder: string, settings: PoolSettings): Promise<Store> {
  const unlock = await lockFolder(folder);
  if (typeof unlock === 'string') {
    throw new StoredPoolError(`${unlock}: end it first, or take another folder`);
  }
  try {
    const store = await openStore(folder, settings);
    return { ...store, close: () => store.close().finally(unlock) };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Opens the audit log of the options. */
export function openAudit(store: Store, now: () => number, options: EmulatorOptions): AuditFeed {
  const { name, tenantId } = store.state.settings;
  return createAuditFeed({
    poolName: name,
    tenantId,
    ...resourceLocation(options),
    logFile: options.auditLog,
    sinkUrl: options.auditSink,
    sinkDelayMs: (options.auditDelaySeconds ?? 0) * 1000,
    now,
    reportFault: reporter(options),
  });
}

/** The pool that answers requests. */
export function assemble(
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
    arrivals: createArrivals(elapsed, Date.now),
    limited,
    now,
    elapsed,
    random: randomBytes,
    material: generateMaterial,
    faults: createFaultBox([...OPERATIONS.map(({ name }) => name), ARM_READ]),
    observe: audit.observe,
    reportFault: reporter(options),
  };
}

/** What Azure Resource Manager shows of the pool. */
export function assembleArm(pool: Pool, options: EmulatorOptions): Arm {
  const { settings } = pool.store.state;
  const at = resourceLocation(options);
  return {
    resource: createManagedHsmResource(settings, at, [ADMINISTRATOR_ID]),
    at,
    name: settings.name,
    tenantId: settings.tenantId,
    issuer: pool.issuer,
    faults: pool.faults,
    now: pool.now,
    random: pool.random,
    arrived: pool.arrivals.arrived,
  };
}

/** What a new pool starts with: its administrator's roles and, when asked for, keys. Nothing for a stored one. */
export async function firstChanges(
  { state }: Store,
  now: number,
  options: EmulatorOptions,
): Promise<Change[]> {
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
  // Where it was found says nothing that the message does not.
  if (error instanceof UndeliveredError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
