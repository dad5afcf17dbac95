/** The local apps in their world: starts all, runs the nightly backup and the watch once, and says where everything is. */
import { subscribe } from 'node:diagnostics_channel';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ADMINISTRATOR_ID } from '../emulator/options.ts';
import { lockFolder } from '../emulator/state/folder-lock.ts';
import type { RunSummary } from '../features/backup/run-record.ts';
import type { StartArguments } from './arguments.ts';
import { describeDeletedKeys } from './deleted-keys.ts';
import { describeEvent } from './describe-event.ts';
import type { HostLogLine } from './host/host-log.ts';
import { startProgress } from './progress.ts';
import { runNightly } from './run-nightly.ts';
import { type Apps, startApps } from './start-apps.ts';
import { allSafe, describeSummary, summarise } from './summary.ts';
import { followClocks, lookNow, travel } from './time-travel.ts';
import type { CloudEvent } from './topic/cloud-event.ts';
import { LISTED_KEYS } from './world/seed-keys.ts';
import { startWorld, type World } from './world/start-world.ts';
import { masterKeyFile, writeWorldFile } from './world/world-file.ts';

/** Where the command line looks, too. */
const USUAL_WORLD = join('.warden', 'world');
/** 10 000 keys on two HSMs at 8 a second take ten minutes and a half. */
const RUN_TIMEOUT_MS = 3_600_000;
/** After this long without a key it is said why that may be. */
const PATIENCE_MS = 5_000;
const WAITING =
  'A run of an earlier start that was killed comes first, or its lease has to lapse: a minute or so ...';
const DAY_MS = 86_400_000;
/** The command line's token stays good while the clocks are moved ahead by months. */
const OPERATOR_TOKEN_SECONDS = 400 * 86_400;
const TokenAnswer = z.object({ access_token: z.string() });

type Say = (line: string) => void;

/** The running apps and their world. */
export interface Local {
  /** Whether every key has a good backup. */
  readonly safe: boolean;
  close(): Promise<void>;
}

/**
 * Starts everything and runs the nightly backup. `say` receives the lines for a person. When `signal` is aborted before the end
 * it stops: what was backed up is noted first, and the next start finds it.
 */
export async function startLocal(args: StartArguments, say: Say, signal: AbortSignal): Promise<Local> {
  const folder = args.keys === undefined ? USUAL_WORLD : `${USUAL_WORLD}-${args.keys}-keys`;
  const unlock = await lockFolder(folder);
  if (typeof unlock === 'string') {
    throw new WorldTaken(
      `${unlock}: end it first, or start with another --keys, which has a world of its own`,
    );
  }
  if (args.fresh) await empty(folder);
  const events = listenTo(say);
  // The events are shown as they arrive at the topic; their log lines would only repeat them.
  subscribe('hsm-warden.log', () => undefined);
  const world = await startWorld({
    folder,
    keys: args.keys ?? LISTED_KEYS,
    usualPorts: !args.once,
    onEvent: events.hear,
  });
  let apps: Apps | undefined;
  const close = async () => {
    // Whoever asks to stop in the middle of the run does not want to wait for its end.
    await apps?.stop(signal.aborted ? 0 : undefined);
    await world.close();
    await unlock();
  };
  try {
    followClocks(world.hsms);
    apps = await startApps(world, {
      folder,
      once: args.once,
      log: (line) => {
        // Work that was told to end says that it failed.
        if (!signal.aborted) logTroubles(line);
      },
    });
    await describeWorld(world, apps, folder);
    signal.throwIfAborted();
    const runs = await backUpNow(world, apps, say, signal);
    const safe = allSafe(summarise(runs));
    say(describeSummary(runs));
    say(safe ? 'Every active key has a good backup.' : 'Some keys have no good backup: see above.');
    await watchNow(world, apps, events, args, say, signal);
    signal.throwIfAborted();
    for (const line of await describeDeletedKeys(world)) say(line);
    if (!args.once) say(whereEverythingIs(world, apps, folder));
    if (args.json) {
      // The last line: what the topic takes from now on is not said any more.
      events.mute();
      say(JSON.stringify({ hsms: summarise(runs), safe }));
    }
    return { safe, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The world of this start is in use. */
class WorldTaken extends Error {
  override readonly name = 'WorldTaken';
}

/** Everything but the lock, which is ours. */
async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name !== 'lock') await rm(join(folder, name), { recursive: true, force: true });
  }
}

interface Events {
  readonly hear: (event: CloudEvent) => void;
  readonly heartbeats: () => number;
  readonly mute: () => void;
}

/** Says each event once, as it arrives at the topic; heartbeats are only counted. */
function listenTo(say: Say): Events {
  const seen = new Set<string>();
  let heartbeats = 0;
  let muted = false;
  return {
    heartbeats: () => heartbeats,
    mute: () => {
      muted = true;
    },
    hear: (event) => {
      if (event.type === 'HsmWarden.Heartbeat') {
        heartbeats += 1;
        return;
      }
      if (!seen.has(event.id) && !muted) say(`  event  ${describeEvent(event)}`);
      seen.add(event.id);
    },
  };
}

async function watchNow(
  { hsms }: World,
  { backup, recovery }: Apps,
  events: Events,
  { advanceMs }: StartArguments,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  say('The watch looks at the soft-deleted keys ...');
  const look = () => lookNow(backup, events.heartbeats, hsms.length);
  await look();
  if (advanceMs === undefined) return;
  say(`Moving the clock ahead by ${advanceMs / DAY_MS} days, a day at a time ...`);
  const names = hsms.map(({ name }) => name);
  await travel(hsms, advanceMs, async () => {
    await runNightly(backup, names, () => undefined, RUN_TIMEOUT_MS, signal);
    await look();
    // Requests whose time is over say so on the day it ends.
    const outcome = await recovery.invoke('recoveryReconcile');
    if (outcome.status === 'failed') throw outcome.error;
  });
}

async function backUpNow(
  world: World,
  { backup }: Apps,
  say: Say,
  signal: AbortSignal,
): Promise<readonly RunSummary[]> {
  const names = world.hsms.map(({ name }) => name);
  const total = world.hsms.reduce((sum, { state }) => sum + state.activeKeys, 0);
  say(`Backing up ${total} keys of ${names.join(' and ')} ...`);
  const progress = startProgress(total, process.stdout);
  const waiting = setTimeout(() => say(WAITING), PATIENCE_MS);
  try {
    return await runNightly(
      backup,
      names,
      (done) => {
        clearTimeout(waiting);
        progress.update([...done.values()].reduce((sum, count) => sum + count, 0));
      },
      RUN_TIMEOUT_MS,
      signal,
    );
  } finally {
    clearTimeout(waiting);
    progress.close();
  }
}

/** Tells `hsm-warden … --emulator` where everything is. */
async function describeWorld(
  { hsms, caFile, azurite, issuer, settings }: World,
  { recovery, masterKey }: Apps,
  folder: string,
): Promise<void> {
  const [first] = hsms;
  if (first === undefined) return;
  const token = await first.issueToken({
    objectId: ADMINISTRATOR_ID,
    lifetimeSeconds: OPERATOR_TOKEN_SECONDS,
  });
  const storageToken = await storageTokenOf(settings);
  const { blobUrl, queueUrl } = azurite;
  const topicUrl = settings.WARDEN_TOPIC_URL;
  const urls = { blobUrl, queueUrl, recoveryUrl: recovery.url, issuerUrl: issuer.url, topicUrl };
  await writeWorldFile(folder, { hsms, caFile, ...urls, token, storageToken, masterKey });
}

/** Azurite goes by the real time, and so do the tokens of the app's identity; those of the HSMs go by theirs. */
async function storageTokenOf({
  IDENTITY_ENDPOINT,
  IDENTITY_HEADER = '',
}: World['settings']): Promise<string> {
  const query = new URLSearchParams({ resource: 'https://storage.azure.com', 'api-version': '2019-08-01' });
  const headers = { 'x-identity-header': IDENTITY_HEADER };
  const answer = await fetch(`${IDENTITY_ENDPOINT}?${query}`, { headers });
  return TokenAnswer.parse(await answer.json()).access_token;
}

/** Troubles go to standard error as they come; the rest of the log would bury the summary. */
function logTroubles({ level, category, message, functionName }: HostLogLine): void {
  if (level !== 'error' && level !== 'critical' && !(level === 'warning' && category === 'system')) return;
  process.stderr.write(`${level} ${functionName ?? 'host'}: ${message}\n`);
}

function whereEverythingIs(world: World, apps: Apps, folder: string): string {
  const hsms = world.hsms.map(({ name, url }) => `  ${`HSM ${name}`.padEnd(14)} ${url}`);
  return [
    '',
    'Running. Ctrl-C ends everything; the next start finds it as it was.',
    ...hsms,
    `  CA             ${world.caFile}`,
    `  token          ${world.tokenFile} (administrator of both HSMs)`,
    `  blobs          ${world.azurite.blobUrl}/key-backups`,
    `  events         ${world.topic.url}`,
    `  app            ${apps.backup.url}`,
    `  recovery       ${apps.recovery.url}/api`,
    `  people         ${world.issuer.url}/token?person=alice (also bob, carol, dave)`,
    `  kept in        ${folder}`,
    'Try:',
    `  curl -s --cacert ${world.caFile} -H "authorization: Bearer $(cat ${world.tokenFile})" "${world.hsms[0]?.url}/keys?api-version=7.4"`,
    `  curl -s -X POST -H "x-functions-key: $(cat ${masterKeyFile(folder)})" -H 'content-type: application/json' -d '{}' ${apps.backup.url}/admin/functions/nightlyBackup`,
    `  ${folder === USUAL_WORLD ? '' : `HSM_WARDEN_WORLD=${join(folder, 'local.json')} `}npm run -s warden -- status --emulator`,
    'Or bring a deleted key back with the right people: docs/recovery.md',
  ].join('\n');
}
