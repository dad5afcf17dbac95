/** Lets everything come to rest after the chaos: timers fire as they would, until nothing is under way. */
import { setTimeout as wait } from 'node:timers/promises';
import { countMessages, listBlobs, readBlob } from './checker/read-storage.ts';
import type { Stage } from './stage.ts';

/** A recovery whose worker died is free again after two minutes, a run that nobody works on is found after five or so. */
const LIMIT_MS = 15 * 60_000;
const EVERY_MS = 3_000;
/** Rest must last so many times, that what one thing leads to is seen. */
const QUIET = 3;
/** Messages in it are meant for later. */
const DELAYED = 'key-backups';

/** Resolves with what did not come to rest. */
export async function settle(stage: Stage, say: (line: string) => void): Promise<readonly string[]> {
  const deadline = performance.now() + LIMIT_MS;
  let left: readonly string[] = [];
  // The second night finds whatever the end of the chaos changed in the first.
  for (const night of ['first', 'second']) {
    await run(stage, 'nightlyBackup');
    await run(stage, 'deletedKeyWatch');
    let quiet = 0;
    let said = '';
    while (quiet < QUIET && performance.now() < deadline) {
      await run(stage, 'runReconcile');
      await stage.anyOf('recovery', 0)?.run('recoveryReconcile');
      await wait(EVERY_MS);
      left = await underWay(stage);
      quiet = left.length === 0 ? quiet + 1 : 0;
      const now = left.join(', ');
      if (now !== said && now !== '') say(`under way: ${now}`);
      said = now;
    }
    say(`the ${night} night has ended${left.length === 0 ? '' : `, and still: ${left.join(', ')}`}`);
  }
  return left.map((what) => `not at rest after ${LIMIT_MS / 60_000} minutes: ${what}`);
}

async function run(stage: Stage, name: string): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    if ((await stage.anyOf('backup', 0)?.run(name)) === 'succeeded') return;
    await wait(1_000);
  }
  throw new Error(`${name} fails in good weather`);
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
    const { id, state } = JSON.parse(((await readBlob(where, 'warden-state', name)) ?? '{}').toString());
    if (state === 'approved' || state === 'executing') recoveries.push(`${id} is ${state}`);
  }
  return [
    ...queues.map(([name, count]) => `${count} in ${name}`),
    ...leased.map(({ name }) => `${name} is held`),
    ...recoveries,
  ];
}
