/** Lets everything come to rest after the chaos: timers fire as they would, until nothing is under way. */
import { setTimeout as wait } from 'node:timers/promises';
import { countMessages, listBlobs, readBlob } from './checker/read-storage.ts';
import { draw } from './plan/draw.ts';
import type { Stage } from './stage.ts';

/** A recovery whose worker died is free again after a minute, a run that nobody works on is found after about as long. */
const LEAST_MS = 4 * 60_000;
/** What a long chaos left behind takes longer: this part of its own time. */
const PART = 1 / 6;
const EVERY_MS = 2_000;
/** So long a directed moment whose request is late may still come about: each may kill an app, and then there is no rest. */
const LATE_MOMENTS_MS = 60_000;
/** Rest must last so many times, that what one thing leads to is seen. */
const QUIET = 3;
/** Messages in it are meant for later. */
const DELAYED = 'key-backups';

/** Resolves with what did not come to rest, after a chaos of `durationMs`. */
export async function settle(
  stage: Stage,
  durationMs: number,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const limitMs = LEAST_MS + durationMs * PART;
  const deadline = performance.now() + limitMs;
  const late = setTimeout(stage.weather.directions.lifterOfAll(), LATE_MOMENTS_MS);
  // In the first night some keys cannot be backed up, and it must say so. The second finds them, and whatever the end of the
  // chaos changed in the first.
  const lift = await refuse(stage);
  const left = [...(await night(stage, 'first', deadline, say))];
  lift();
  left.push(...(await night(stage, 'second', deadline, say)));
  clearTimeout(late);
  return [...new Set(left)].map(
    (what) => `not at rest after ${Math.round(limitMs / 60_000)} minutes: ${what}`,
  );
}

/** Changes some keys whose backup an HSM refuses from now on, until the result is called. */
async function refuse({ others, weather }: Stage): Promise<() => void> {
  const changed = await others.changeTwo(draw(weather.seed, 'refused'));
  const lifts = changed.map(({ hsm, key }) =>
    weather.directions.give({
      service: hsm,
      pattern: new RegExp(`^POST /keys/${key}/backup\\b`, 'i'),
      fate: { fault: { kind: 'refused', status: 403 } },
    }),
  );
  return () => {
    for (const lift of lifts) lift();
  };
}

/** Lets a night and all that it leads to come to its end. Resolves with what is left when there is no time any more. */
async function night(
  stage: Stage,
  which: string,
  deadline: number,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const failing: string[] = [];
  for (const name of ['nightlyBackup', 'deletedKeyWatch']) {
    if (!(await run(stage, name))) failing.push(`${name} fails in good weather`);
  }
  let quiet = 0;
  let said = '';
  let left: readonly string[] = [];
  while (quiet < QUIET && performance.now() < deadline) {
    await run(stage, 'runReconcile');
    await stage.anyOf('recovery', 0)?.run('recoveryReconcile');
    await wait(EVERY_MS);
    left = [...failing, ...(await underWay(stage))];
    quiet = left.length === 0 ? quiet + 1 : 0;
    const now = left.join(', ');
    if (now !== said && now !== '') say(`under way: ${now}`);
    said = now;
  }
  say(`the ${which} night has ended${left.length === 0 ? '' : `, and still: ${left.join(', ')}`}`);
  return left;
}

/** Resolves with whether it succeeded in the end. */
async function run(stage: Stage, name: string): Promise<boolean> {
  for (let tries = 0; tries < 5; tries += 1) {
    if ((await stage.anyOf('backup', 0)?.run(name)) === 'succeeded') return true;
    await wait(1_000);
  }
  return false;
}

/** What is still under way, as the storage account shows it. */
async function underWay({ whereEverythingIs }: Stage): Promise<readonly string[]> {
  const where = whereEverythingIs();
  const counts = await countMessages(where);
  const queues = Object.entries(counts).filter(
    ([name, count]) => count > 0 && name !== DELAYED && !name.endsWith('-poison'),
  );
  const blobs = await listBlobs(where, 'warden-state');
  const leased = blobs.filter((blob) => blob.leased);
  const recoveries: string[] = [];
  for (const { name } of blobs.filter((blob) => blob.name.startsWith('recoveries/'))) {
    const text = ((await readBlob(where, 'warden-state', name)) ?? '{}').toString();
    const { id, state, untold = [] } = JSON.parse(text);
    if (state === 'approved' || state === 'executing') recoveries.push(`${id} is ${state}`);
    else if (untold.length > 0) recoveries.push(`${id} has events that wait`);
  }
  return [
    ...queues.map(([name, count]) => `${count} in ${name}`),
    ...leased.map(({ name }) => `${name} is held`),
    ...recoveries,
  ];
}
