/** The stage of a campaign: the world, the instances of both apps, and everybody who acts. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { WATCH_SOURCE } from '../../src/local/world/app-settings.ts';
import { Commands } from './acts/commands.ts';
import { Others } from './acts/others.ts';
import { People } from './acts/people.ts';
import { MOST_AHEAD_MS } from './changes/shorter-times.ts';
import type { WhereEverythingIs } from './checker/evidence.ts';
import type { Bundles } from './fleet/bundle.ts';
import { isLate, Member, type OnHung } from './fleet/member.ts';
import { bringAbout } from './moments/moments.ts';
import { draw } from './plan/draw.ts';
import { type Size, type Step, timeline } from './plan/timeline.ts';
import type { Weather } from './world/detours.ts';
import { type ChaosWorld, openWorld } from './world/open-world.ts';

/** Messages of a dead process come back after this, in milliseconds; the official host takes ten minutes. */
const VISIBILITY_MS = 5_000;
/** Messages that failed come back after this; host.json says five minutes. */
const RETRY = '00:00:04';
/** The events that the recovery app is subscribed to. */
const REQUESTING = ['HsmWarden.PurgePending', 'HsmWarden.KeyPurged', 'HsmWarden.RecoveryAsked'];
/** What was begun last ends within this: each function and command has a limit of its own. */
const LAST_STEPS_MS = 5 * 60_000;
const APPS = ['backup', 'backup', 'recovery', 'recovery'] as const;

/** What a stage is set with. */
export interface StageOptions {
  readonly folder: string;
  readonly scripts: Bundles;
  readonly weather: Weather;
  readonly onHung: OnHung;
}

/** What was done on the stage. */
export interface Counts {
  kills: number;
  operations: number;
}

/** Everybody on the stage. */
export interface Stage {
  readonly chaos: ChaosWorld;
  readonly weather: Weather;
  readonly members: readonly Member[];
  readonly others: Others;
  readonly people: People;
  readonly commands: Commands;
  /** An instance of an app that is up. */
  anyOf(app: 'backup' | 'recovery', chance: number): Member | undefined;
  whereEverythingIs(): Omit<WhereEverythingIs, 'hung'>;
  readonly onHung: OnHung;
  close(): Promise<void>;
}

/** Starts the world and the fleet. */
export async function setStage({ folder, scripts, weather, onHung }: StageOptions): Promise<Stage> {
  const members: Member[] = [];
  const anyOf = (app: 'backup' | 'recovery', chance: number) => {
    const up = members.filter(({ name, url }) => name.startsWith(app) && url !== undefined);
    return up[Math.floor(chance * up.length)];
  };
  let calls = 0;
  const chaos = await openWorld(folder, weather, () => {
    calls += 1;
    return anyOf('recovery', (calls % 2) / 2)?.url;
  });
  const { world, rehearsal, settings, recoveryOrigin, worldFile, storageToken, acts } = chaos;
  members.push(
    ...APPS.map((app, index) => {
      const name = `${app}-${index % 2}`;
      const environment = (start: number) => ({
        ...settings[app],
        CHAOS_ENTRY: scripts[app],
        CHAOS_RETRY: RETRY,
        CHAOS_VISIBILITY_MS: String(VISIBILITY_MS),
        CLOCK_AHEAD_MS: String(Math.floor(draw(weather.seed, 'clock', name, start) * MOST_AHEAD_MS)),
      });
      const logFile = join(folder, `${name}.log`);
      return new Member({ name, script: scripts.instance, environment, logFile }, onHung);
    }),
  );
  await Promise.all(members.map((member) => member.start()));
  const down = members.find(({ url }) => url === undefined);
  if (down !== undefined) throw new Error(`${down.name} did not come up; its log is in ${folder}`);
  world.topic.subscribe({
    name: 'recovery',
    url: `${recoveryOrigin}/api/webhooks/${WATCH_SOURCE}`,
    types: REQUESTING,
    token: () => world.issuer.appToken(),
  });
  const hsmLog = join(folder, 'hsm-log.jsonl');
  let batches = 0;
  world.auditFeed.listen(async (batch) => {
    await appendFile(hsmLog, `${batch}\n`);
    batches += 1;
    const outcome = await anyOf('backup', (batches % 2) / 2)?.run('auditEvents', [batch]);
    if (outcome !== 'succeeded') throw new Error('no instance has taken the batch');
  });
  const { hsms, issuer, caPem, topic, azurite } = world;
  const logFile = join(folder, 'commands.log');
  const commands = new Commands({ script: scripts.command, worldFile, logFile, onHung });
  return {
    chaos,
    weather,
    members,
    others: new Others(hsms, caPem),
    people: new People({ issuer, origin: recoveryOrigin, hsms }),
    commands,
    anyOf,
    onHung,
    whereEverythingIs: () => ({
      hsms: hsms.map(({ name, url, token }) => ({ name, url, token })),
      rehearsal,
      ...azurite,
      storageToken,
      caPem,
      hsmLog,
      events: topic.accepted,
      acts,
    }),
    async close() {
      world.auditFeed.listen(async () => undefined);
      await Promise.all(members.map((member) => member.kill('SIGKILL', false)));
      await chaos.close();
    },
  };
}

/** Plays the timeline of the seed. Then the weather clears; resolves when all that began has ended. */
export async function raiseChaos(stage: Stage, size: Size, say: (line: string) => void): Promise<Counts> {
  const counts: Counts = { kills: 0, operations: 0 };
  say('the chaos begins');
  const startedAt = performance.now();
  const begun: Promise<void>[] = [];
  const underWay = new Set<Step>();
  let saidAt = 0;
  for (const step of timeline(size)) {
    const elapsed = performance.now() - startedAt;
    if (step.atMs > elapsed) await wait(step.atMs - elapsed);
    if (step.atMs - saidAt > 60_000) {
      saidAt = step.atMs;
      say(`${Math.round(step.atMs / 60_000)} min: ${counts.kills} kills, ${counts.operations} operations`);
    }
    underWay.add(step);
    begun.push(
      play(stage, step, counts).then((done) => {
        if (done) counts[step.kind === 'kill' ? 'kills' : 'operations'] += 1;
        underWay.delete(step);
      }),
    );
  }
  stage.weather.clearing.abort();
  say('the weather clears');
  if (
    await isLate(
      Promise.all(begun).then(() => undefined),
      LAST_STEPS_MS,
    )
  ) {
    const names = [...underWay].map((step) => (step.kind === 'kill' ? `kill of ${step.victim}` : step.name));
    stage.onHung(`did not end within ${LAST_STEPS_MS / 60_000} minutes: ${names.join(', ')}`);
  }
  await stage.commands.settled();
  return counts;
}

/** Does one step; resolves with whether it came about. */
async function play(stage: Stage, step: Step, counts: Counts): Promise<boolean> {
  const { members, others, people, commands, anyOf, weather } = stage;
  if (step.kind === 'moment') {
    const onKill = () => {
      counts.kills += 1;
    };
    return bringAbout(step.name, step.chance, { ...stage, directions: weather.directions, onKill });
  }
  if (step.kind === 'kill') {
    if (step.victim === 'command') return commands.kill(step.signal, step.chance);
    const member = members.find(({ name }) => name === step.victim);
    return member?.kill(step.signal, true) ?? false;
  }
  const { name, chance } = step;
  switch (name) {
    case 'ask':
    case 'approve':
    case 'reject':
      return people[name](chance);
    case 'nightlyBackup':
    case 'deletedKeyWatch':
    case 'nightlyVerify':
    case 'runReconcile':
      return (await anyOf('backup', chance)?.run(name)) === 'succeeded';
    case 'recoveryReconcile':
      return (await anyOf('recovery', chance)?.run(name)) === 'succeeded';
    case 'command':
      return commands.run(chance);
    default:
      return others.do(name, chance);
  }
}
