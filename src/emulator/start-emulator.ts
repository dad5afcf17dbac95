// Starts one emulated Managed HSM in this process.
import { mkdtemp, rm } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARM_PREFIX, answerArm } from './arm/answer-arm.ts';
import type { ManagedHsmResource } from './arm/managed-hsm.ts';
import { assemble, assembleArm, firstChanges, openAudit, openPool } from './assemble.ts';
import { createClock } from './clock.ts';
import { faultControls } from './faults/controls.ts';
import type { FaultBox } from './faults/fault-box.ts';
import type { Arrivals } from './limits/arrivals.ts';
import { ADMINISTRATOR_ID, type EmulatorOptions } from './options.ts';
import { rotateDue } from './server/automatic-rotation.ts';
import { arrivalControls, coreControls, resourceControls } from './server/controls.ts';
import { listen } from './server/https-server.ts';
import { exchange, purgeDue } from './server/pipeline.ts';
import type { Change } from './state/model.ts';
import type { ReadableState } from './state/pool-state.ts';
import { openAuthority } from './tls/authority-folder.ts';
import { createLeaf } from './tls/certificates.ts';
import type { TokenRequest } from './tokens/issuer.ts';

const ADMINISTRATOR_TOKEN_SECONDS = 86_400;

/** A running emulator. */
export type Emulator = {
  /** `https://127.0.0.1:{port}`; of one that listens for IPv6, `https://[::1]:{port}`. */
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
  /** What arrived, operation by operation and second by second. */
  readonly arrivals: Pick<Arrivals, 'counts' | 'clear'>;
  /** The pool as Azure Resource Manager shows it, under `url` and the path `resource.id`. */
  readonly resource: ManagedHsmResource;
  /** Moves the clock forward; keys whose retention has ended are purged, keys whose policy wants it are rotated. */
  advanceClock(ms: number): Promise<void>;
  /** The state, to read. */
  readonly state: ReadableState;
  /** Makes changes that no request makes, as a seed does: a past deletion, say. */
  change(changes: readonly Change[]): Promise<void>;
  /** Stops listening and lets running requests end. */
  close(): Promise<void>;
};

/** Where it is reached on this machine, as it stands in a URL. */
function announcedHost(host = '127.0.0.1'): string {
  return isIPv6(host) ? '[::1]' : '127.0.0.1';
}

/** What to undo at the end, last first. */
type Cleanups = (() => Promise<void>)[];

/**
 * Starts an emulator and resolves when it answers. Rejects when the port is taken, when another process has the state folder, or
 * when the options ask for another pool than the one in it; nothing is left behind then.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const cleanups: Cleanups = [];
  try {
    return await start(options, cleanups);
  } catch (error) {
    await undo(cleanups);
    throw error;
  }
}

async function start(options: EmulatorOptions, cleanups: Cleanups): Promise<Emulator> {
  const folder = options.caDir ?? options.stateDir ?? (await temporaryFolder(cleanups));
  const authority = await openAuthority(folder, Date.now());
  const store = await openPool(options);
  cleanups.push(() => store.close());
  const { state } = store;
  const clock = createClock(Date.now, () => state.clockOffsetMs);
  const audit = openAudit(store, clock.now, options);
  cleanups.push(() => audit.close());
  const pool = assemble(store, authority, clock.now, audit, options);
  const arm = assembleArm(pool, options);
  await store.commit(await firstChanges(store, clock.now(), options));

  const advanceClock = async (ms: number) => {
    await store.commit([{ type: 'moveClock', offsetMs: state.clockOffsetMs + ms }]);
    await purgeDue(pool);
    await rotateDue(pool);
    audit.clockMoved();
  };
  const counts = () => ({ active: state.activeKeys, deleted: state.keys.size - state.activeKeys });
  const leaf = await createLeaf(authority, state.settings.name, Date.now());
  const listener = await listen(
    { host: options.host ?? '127.0.0.1', port: options.port ?? 0, leaf },
    (request) =>
      request.target.toLowerCase().startsWith(ARM_PREFIX) ? answerArm(arm, request) : exchange(pool, request),
    {
      ...coreControls({ issuer: pool.issuer, now: clock.now, advance: advanceClock, counts }),
      ...faultControls(pool.faults),
      ...resourceControls(arm.resource),
      ...arrivalControls(pool.arrivals),
    },
  );
  cleanups.push(() => listener.close());
  return {
    url: `https://${announcedHost(options.host)}:${listener.port}`,
    name: state.settings.name,
    tenantId: state.settings.tenantId,
    caFile: authority.caFile,
    caPem: authority.certificate,
    token: await pool.issuer.issue({
      objectId: ADMINISTRATOR_ID,
      lifetimeSeconds: ADMINISTRATOR_TOKEN_SECONDS,
    }),
    issueToken: (request) => pool.issuer.issue(request),
    now: clock.now,
    faults: pool.faults,
    arrivals: pool.arrivals,
    resource: arm.resource,
    advanceClock,
    state,
    change: (changes) => store.commit(changes),
    close: () => undo(cleanups),
  };
}

/** A folder that goes away with the emulator. */
async function temporaryFolder(cleanups: Cleanups): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hsm-emulator-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function undo(cleanups: Cleanups): Promise<void> {
  for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
}
