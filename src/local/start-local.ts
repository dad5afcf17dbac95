/** The local apps in their world: starts all, runs the nightly backup and the watch once, and says where everything is. */
import { subscribe } from 'node:diagnostics_channel';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { Emulator } from '../emulator/start-emulator.ts';
import { lockFolder } from '../emulator/state/folder-lock.ts';
import type { RunSummary } from '../features/backup/run-record.ts';
import type { StartArguments } from './arguments.ts';
import { describeDeletedKeys } from './deleted-keys.ts';
import { describeWorld } from './describe-world.ts';
import { describeDrill, drillNow, enrolSeeds } from './first-drill.ts';
import { needSpace, watchSpace } from './free-space.ts';
import { type Events, listenTo } from './hear-events.ts';
import type { HostLogLine } from './host/host-log.ts';
import { startProgress } from './progress.ts';
import { runNightly } from './run-nightly.ts';
import { type Apps, startApps } from './start-apps.ts';
import { describeSummary, hasBackedUpAll, summarise } from './summary.ts';
import { followClocks, scanNow, travel } from './time-travel.ts';
import { troubleIn } from './trouble.ts';
import { unlessAborted } from './unless-aborted.ts';
import { describeVerdict, isWorldSafe, judgeWorld } from './verdict.ts';
import { USUAL_WORLD, whereEverythingIs } from './where-everything-is.ts';
import { deleteSeeds } from './world/delete-seeds.ts';
import { LISTED_KEYS, USUAL_HSMS } from './world/seed-keys.ts';
import { startWorld, type World } from './world/start-world.ts';

/** 10 000 keys on two HSMs at 8 a second take ten minutes and a half. */
const RUN_TIMEOUT_MS = 3_600_000;
/** After this long without a key it is said why that may be. */
const PATIENCE_MS = 5_000;
const WAITING =
  'A run of an earlier start that was killed comes first, or its lease has to lapse: a minute or so ...';
const DAY_MS = 86_400_000;

type Say = (line: string) => void;

/** Where a start says things. */
export interface Output {
  /** Takes a line for a person. */
  readonly say: Say;
  /** The stream of those lines: a terminal gets a progress bar. */
  readonly prose: NodeJS.WriteStream;
  /** Takes the JSON for a script. */
  readonly result: (json: string) => void;
}

/** The running apps and their world. */
export interface Local {
  /** Whether every key is safe, as `hsm-warden status` judges it. */
  readonly safe: boolean;
  close(): Promise<void>;
}

/**
 * Starts everything and runs the nightly backup. When `asked` is aborted before the end it fails with the signal's reason:
 * immediately while things start, and in the middle of the run after what was backed up has been noted, so that the next start
 * finds it.
 */
export async function startLocal(args: StartArguments, output: Output, asked: AbortSignal): Promise<Local> {
  const { say } = output;
  const full = new AbortController();
  const signal = AbortSignal.any([asked, full.signal]);
  const folder = [
    USUAL_WORLD,
    ...(args.hsms === undefined ? [] : [`${args.hsms}-hsms`]),
    ...(args.keys === undefined ? [] : [`${args.keys}-keys`]),
  ].join('-');
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
  let world: World | undefined;
  let starting: Promise<Apps> | undefined;
  const space = watchSpace(folder, (error) => full.abort(error));
  const close = async () => {
    space.stop();
    // Apps that come up after the start was given up: the world they work in must not end before them.
    const started = await starting?.catch(() => undefined);
    await started?.stop();
    await world?.close();
    await unlock();
  };
  try {
    await needSpace(folder);
    world = await startWorld({
      folder,
      hsmCount: args.hsms ?? USUAL_HSMS,
      keys: args.keys ?? LISTED_KEYS,
      usualPorts: !args.once,
      searches: args.search,
      onEvent: events.hear,
      onMessage: events.hearMessage,
      signal,
    });
    followClocks(emulatorsOf(world));
    const log = (line: HostLogLine) => {
      // Work that was asked to end says that it failed.
      if (!signal.aborted) logTrouble(line);
    };
    starting = startApps(world, { folder, once: args.once, log });
    const apps = await unlessAborted(starting, signal);
    await unlessAborted(describeWorld(world, apps, folder), signal);
    await unlessAborted(enrolSeeds(world), signal);
    await deleteSeeds(world, apps, signal);
    const runs = await backUpNow(world, apps, output, signal);
    say(describeSummary(runs));
    say(
      hasBackedUpAll(summarise(runs))
        ? 'Every active key has a good backup.'
        : 'Some keys have no good backup: see above.',
    );
    say(`Restoring recovery points into the HSM ${world.drill.name}, using the keys, and removing them ...`);
    const drill = await unlessAborted(drillNow(world, apps), signal);
    say(describeDrill(drill));
    await watchNow(world, apps, events, args, say, signal);
    signal.throwIfAborted();
    for (const line of await unlessAborted(describeDeletedKeys(world), signal)) say(line);
    if (args.search) await searchNow(apps, say);
    const verdict = await judgeWorld(world, signal);
    const safe = isWorldSafe(verdict);
    for (const line of describeVerdict(verdict)) say(line);
    if (!args.once) say(whereEverythingIs(world, apps, folder));
    // The last line: what the topic takes from now on is not said any more.
    if (args.json || args.once) events.mute();
    if (args.json) {
      output.result(JSON.stringify({ hsms: summarise(runs), safe }));
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

/** Every one of the world. */
function emulatorsOf({ hsms, drill, vault, searched }: World): readonly Emulator[] {
  return [...hsms, drill, vault, ...(searched === undefined ? [] : [searched.hsm])];
}

/** The search that the timer begins every 15 minutes. */
async function searchNow({ backup }: Apps, say: Say): Promise<void> {
  say('Searching for HSMs that nobody protects ...');
  const outcome = await backup.invoke('hsmDiscovery');
  if (outcome.status === 'failed') throw outcome.error;
}

async function watchNow(
  world: World,
  { backup, recovery }: Apps,
  events: Events,
  { advanceMs }: StartArguments,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const { hsms } = world;
  say('The watch scans the soft-deleted keys ...');
  const scan = () => scanNow(backup, events.heartbeats, hsms.length, signal);
  await scan();
  if (advanceMs === undefined) return;
  const days = Math.ceil(advanceMs / DAY_MS);
  say(`Moving the clock ahead by ${advanceMs / DAY_MS} days, a day at a time ...`);
  const names = hsms.map(({ name }) => name);
  let day = 0;
  await travel(emulatorsOf(world), advanceMs, async () => {
    signal.throwIfAborted();
    day += 1;
    say(
      `Day ${day} of ${days}: ${new Date(systemClock.now()).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    );
    await runNightly(backup, names, () => undefined, RUN_TIMEOUT_MS, signal);
    await scan();
    // Requests whose time is over say so on the day it ends.
    const outcome = await recovery.invoke('recoveryReconcile');
    if (outcome.status === 'failed') throw outcome.error;
  });
}

async function backUpNow(
  world: World,
  { backup }: Apps,
  { say, prose }: Output,
  signal: AbortSignal,
): Promise<readonly RunSummary[]> {
  const names = world.hsms.map(({ name }) => name);
  const total = world.hsms.reduce((sum, { state }) => sum + state.activeKeys, 0);
  say(`Backing up ${total} keys of ${names.length > 3 ? `${names.length} HSMs` : names.join(' and ')} ...`);
  const progress = startProgress(total, prose);
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

function logTrouble(line: HostLogLine): void {
  const trouble = troubleIn(line);
  if (trouble !== undefined) process.stderr.write(`${trouble}\n`);
}
