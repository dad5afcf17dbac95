/** Starts the function apps in local hosts, each with its own settings and identity, as apps in Azure have. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBlobService } from '../adapters/blob/clients.ts';
import type { StorageAccess } from '../adapters/http/storage-access.ts';
import { managedIdentity } from '../adapters/identity/credential.ts';
import { createQueueService } from '../adapters/queue/clients.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { FAULT_CONTAINER } from '../features/drill/settings.ts';
import { CONTAINERS } from '../platform/config/product-settings.ts';
import { DRILL_QUEUES, QUEUES } from '../platform/features.ts';
import { startHost } from './host/host.ts';
import type { HostLogger } from './host/host-log.ts';
import type { Host } from './host/host-options.ts';
import { createFileScheduleStore } from './host/timer/schedule-store.ts';
import { WATCH_SOURCE } from './world/app-settings.ts';
import type { World } from './world/start-world.ts';
import { APP_PORTS, freePorts } from './world/usual-ports.ts';

/** The events that the recovery app is subscribed to: those that open requests. */
const REQUESTING = ['HsmWarden.PurgePending', 'HsmWarden.KeyPurged', 'HsmWarden.RecoveryAsked'];

/** The running apps. */
export interface Apps {
  readonly backup: Host;
  readonly recovery: Host;
  readonly drill: Host;
  /** Opens the operator's paths (`/admin/…`) of all. */
  readonly masterKey: string;
  /** Asks running work to end, and waits as the hosts do. */
  stop(): Promise<void>;
}

/** How the apps are started. */
export interface AppsOptions {
  /** Where timers remember when they last ran. */
  readonly folder: string;
  /** A run that ends without Ctrl-C: any ports, no timers. */
  readonly once: boolean;
  readonly log: HostLogger;
}

/** Makes what a deployment makes, then starts the apps. */
export async function startApps(world: World, options: AppsOptions): Promise<Apps> {
  Object.assign(process.env, world.settings);
  const access = storageAccess(world);
  await deployStorage(access);
  const ports = await freePorts(options.once ? { backup: 0, recovery: 0, drill: 0 } : APP_PORTS);
  const masterKey = randomBytes(32).toString('base64url');
  const start = async (entry: string, port: number) => {
    const host = await startApp(entry, port, access, masterKey, options);
    if (host.functions.join() !== 'health') return host;
    await host.stop();
    throw new SettingsRefused(`The settings of ${entry} are not valid; the line above lists the problems.`);
  };
  // Links in messages and events lead to the console; a free port is known only once the app listens.
  const origin = `http://127.0.0.1:${ports.recovery}`;
  if (ports.recovery !== 0) process.env.WARDEN_NOTIFY_ORIGIN = origin;
  const backup = await start('functions/main.ts', ports.backup);
  const started = [backup];
  try {
    // An app reads its settings while it is loaded: now they are the recovery's.
    Object.assign(process.env, world.recoverySettings);
    if (ports.recovery !== 0) process.env.WARDEN_ORIGIN = origin;
    const recovery = await start('functions/recovery-main.ts', ports.recovery);
    started.push(recovery);
    Object.assign(process.env, world.drillSettings);
    const drill = await start('functions/drill-main.ts', ports.drill);
    started.push(drill);
    world.topic.subscribe({
      name: 'recovery',
      url: `${recovery.url}/api/webhooks/${WATCH_SOURCE}`,
      types: REQUESTING,
      token: () => world.issuer.appToken(),
    });
    world.auditFeed.listen(async (batch) => {
      const outcome = await backup.deliver('auditEvents', [batch]);
      if (outcome.status === 'failed') throw outcome.error;
    });
    const stop = async () => {
      // What the emulators still hand over while they end finds no app; the nightly run makes up for it.
      world.auditFeed.listen(async () => undefined);
      await Promise.all(started.map((host) => host.stop()));
    };
    return { backup, recovery, drill, masterKey, stop };
  } catch (error) {
    await Promise.all(started.map((host) => host.stop()));
    throw error;
  }
}

/** An app came up with bad settings: it serves only its health. */
class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused';
}

async function startApp(
  entry: string,
  httpPort: number,
  access: StorageAccess,
  masterKey: string,
  { folder, once, log }: AppsOptions,
): Promise<Host> {
  const service = createQueueService(access);
  return startHost({
    entry: new URL(`../../${entry}`, import.meta.url),
    hostJson: JSON.parse(await readFile(new URL('../../host.json', import.meta.url), 'utf8')),
    httpPort,
    masterKey,
    clock: systemClock,
    queueClients: () => service,
    scheduleStore: createFileScheduleStore(join(folder, 'timers')),
    timers: !once,
    log,
  });
}

/** The way to the world's storage account, with the local identity. */
export function storageAccess({ azurite, caPem }: World): StorageAccess {
  const { blobUrl, queueUrl } = azurite;
  return { kind: 'identity', blobUrl, queueUrl, caPem, credential: managedIdentity() };
}

/** Makes the containers and queues that a deployment makes. */
export async function deployStorage(access: StorageAccess): Promise<void> {
  const [blobs, queues] = [createBlobService(access), createQueueService(access)];
  await Promise.all([
    ...[...Object.values(CONTAINERS), FAULT_CONTAINER].map((name) =>
      blobs.getContainerClient(name).createIfNotExists(),
    ),
    ...[...QUEUES, ...DRILL_QUEUES].map((name) => queues.getQueueClient(name).createIfNotExists()),
  ]);
}
