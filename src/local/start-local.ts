/** The local app in its world: starts both, runs the nightly backup once, and says where everything is. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createBlobService } from '../adapters/blob/clients.ts';
import type { StorageAccess } from '../adapters/http/storage-access.ts';
import { managedIdentity } from '../adapters/identity/credential.ts';
import { createQueueService } from '../adapters/queue/clients.ts';
import type { RunRecord } from '../engine/backup/run-record.ts';
import type { StartArguments } from './arguments.ts';
import { startHost } from './host/host.ts';
import type { HostLogLine } from './host/host-log.ts';
import type { Host } from './host/host-options.ts';
import { createFileScheduleStore } from './host/timer/schedule-store.ts';
import { startProgress } from './progress.ts';
import { runNightly } from './run-nightly.ts';
import { allSafe, describeSummary, summarise } from './summary.ts';
import { freePorts } from './world/free-ports.ts';
import { LISTED_KEYS } from './world/seed-keys.ts';
import { startWorld, type World } from './world/start-world.ts';
import { writeWorldFile } from './world/world-file.ts';

const STATE_FOLDER = '.warden';
const HTTP_PORT = 7071;
/** The person at the command line, towards the storage account. */
const OPERATOR_ID = '9e0f4a51-2c7d-4b6e-8a13-5d2f6c7b8a90';
/** 10 000 keys on two HSMs at 8 a second take ten minutes and a half. */
const RUN_TIMEOUT_MS = 3_600_000;
/** After a crash here a message comes back soon, not after the ten minutes of the official host. */
const QUEUE_VISIBILITY_MS = 30_000;

/** The running app and its world. */
export interface Local {
  /** Whether every key has a good backup. */
  readonly safe: boolean;
  close(): Promise<void>;
}

/** Starts everything and runs the nightly backup. `say` receives the lines for a person. */
export async function startLocal(args: StartArguments, say: (line: string) => void): Promise<Local> {
  const folder = join(STATE_FOLDER, args.keys === undefined ? 'world' : `world-${args.keys}-keys`);
  if (args.fresh) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const world = await startWorld({ folder, keys: args.keys ?? LISTED_KEYS, usualPorts: !args.once });
  let host: Host | undefined;
  const close = async () => {
    await host?.stop();
    await world.close();
  };
  try {
    Object.assign(process.env, world.settings);
    await deployStorage(storageAccess(world));
    await describeWorld(world, folder);
    host = await startApp(world, folder, args.once);
    const runs = await backUpNow(world, host, say);
    say(describeSummary(runs));
    const safe = allSafe(summarise(runs));
    say(safe ? 'Every key has a good backup.' : 'Some keys have no good backup: see above.');
    if (!args.once) say(whereEverythingIs(world, host, folder));
    if (args.json) say(JSON.stringify({ hsms: summarise(runs), safe }));
    return { safe, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function backUpNow(
  world: World,
  host: Host,
  say: (line: string) => void,
): Promise<readonly RunRecord[]> {
  const names = world.hsms.map(({ name }) => name);
  const total = world.hsms.reduce((sum, { state }) => sum + state.activeKeys, 0);
  say(`Backing up ${total} keys of ${names.join(' and ')} ...`);
  const progress = startProgress(total, process.stdout);
  try {
    return await runNightly(
      host,
      names,
      (done) => progress.update([...done.values()].reduce((sum, count) => sum + count, 0)),
      RUN_TIMEOUT_MS,
    );
  } finally {
    progress.close();
  }
}

/** What the deployment makes in Azure: the containers and the queue. */
async function deployStorage(access: StorageAccess): Promise<void> {
  const blobs = createBlobService(access);
  for (const name of ['key-backups', 'warden-state'])
    await blobs.getContainerClient(name).createIfNotExists();
  await createQueueService(access).getQueueClient('hsm-sweeps').createIfNotExists();
}

/** Tells `hsm-warden … --emulator` where everything is. */
async function describeWorld({ hsms, caFile, azurite }: World, folder: string): Promise<void> {
  const [first] = hsms;
  if (first === undefined) return;
  const storageToken = await first.issueToken({
    objectId: OPERATOR_ID,
    audience: 'https://storage.azure.com',
  });
  const { blobUrl, queueUrl } = azurite;
  await writeWorldFile(folder, { hsms, caFile, blobUrl, queueUrl, token: first.token, storageToken });
}

function storageAccess({ azurite, caPem }: World): StorageAccess {
  const { blobUrl, queueUrl } = azurite;
  return { kind: 'identity', blobUrl, queueUrl, caPem, credential: managedIdentity() };
}

async function startApp(world: World, folder: string, once: boolean): Promise<Host> {
  const { http } = await freePorts({ http: once ? 0 : HTTP_PORT });
  const service = createQueueService(storageAccess(world));
  return startHost({
    entry: new URL('../../functions/main.ts', import.meta.url),
    hostJson: JSON.parse(await readFile(new URL('../../host.json', import.meta.url), 'utf8')),
    httpPort: http,
    queueClients: () => service,
    queueVisibilityMs: QUEUE_VISIBILITY_MS,
    scheduleStore: createFileScheduleStore(join(folder, 'timers')),
    timers: !once,
    log: logTroubles,
  });
}

/** Troubles go to standard error as they come; the rest of the log would bury the summary. */
function logTroubles({ level, message, functionName }: HostLogLine): void {
  if (level !== 'warning' && level !== 'error' && level !== 'critical') return;
  process.stderr.write(`${level} ${functionName ?? 'host'}: ${message}\n`);
}

function whereEverythingIs(world: World, host: Host, folder: string): string {
  const hsms = world.hsms.map(({ name, url }) => `  ${`HSM ${name}`.padEnd(14)} ${url}`);
  return [
    '',
    'Running. Ctrl-C ends everything; the next start finds it as it was.',
    ...hsms,
    `  CA             ${world.caFile}`,
    `  token          ${world.tokenFile} (administrator of both HSMs)`,
    `  blobs          ${world.azurite.blobUrl}/key-backups`,
    `  app            ${host.url}`,
    `  kept in        ${folder}`,
    'Try:  curl -s --cacert CA -H "authorization: Bearer $(cat TOKEN)" "HSM_URL/keys?api-version=7.4"',
  ].join('\n');
}
