// Where a pool's state lives: in memory only, or in a folder with a snapshot and a journal.
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openJournal, readJournal } from './journal.ts';
import { Change, PoolSettings } from './model.ts';
import { PoolState } from './pool-state.ts';

const Snapshot = z.object({ generation: z.int(), settings: PoolSettings, changes: z.array(Change) });
const SNAPSHOT = 'snapshot.json';

export type Store = {
  readonly state: PoolState;
  /** Makes the changes immediately and resolves when they are durable. */
  commit(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
};

/** A pool that is gone when the process ends. */
export function memoryStore(settings: PoolSettings): Store {
  const state = new PoolState(settings);
  return {
    state,
    async commit(changes) {
      for (const change of changes) state.apply(change);
    },
    async close() {},
  };
}

/**
 * Opens the pool kept in a folder, or makes it with `settings`. At every start the journal is folded into a new
 * snapshot of the next generation, which names the journal that goes with it: at any moment the folder holds one
 * consistent pair. One process at a time may use a folder.
 */
export async function openStore(folder: string, settings: PoolSettings): Promise<Store> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = await readIfThere(join(folder, SNAPSHOT));
  const snapshot = text
    ? Snapshot.parse(JSON.parse(text.toString()))
    : { generation: 0, settings, changes: [] };
  const state = new PoolState(snapshot.settings);
  for (const change of snapshot.changes) state.apply(change);
  const before = journalFile(folder, snapshot.generation);
  const { entries } = readJournal((await readIfThere(before)) ?? Buffer.alloc(0));
  for (const change of entries.flat()) state.apply(change);

  const generation = snapshot.generation + 1;
  await rm(journalFile(folder, generation), { force: true });
  const journal = await openJournal(journalFile(folder, generation), 0);
  await writeSnapshot(folder, { generation, settings: state.settings, changes: state.changes() });
  await rm(before, { force: true });
  return {
    state,
    commit(changes) {
      for (const change of changes) state.apply(change);
      return journal.append(changes);
    },
    close: () => journal.close(),
  };
}

function journalFile(folder: string, generation: number): string {
  return join(folder, `journal-${generation}.jsonl`);
}

async function writeSnapshot(folder: string, snapshot: z.infer<typeof Snapshot>): Promise<void> {
  const draft = join(folder, `${SNAPSHOT}.draft`);
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(snapshot));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(folder, SNAPSHOT));
  // The rename itself is durable only when the folder is.
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
