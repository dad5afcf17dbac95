/** What a verification holds of a store that is larger than any memory. */
import { describe, expect, it } from 'vitest';
import type { BackupStore, StoredBackup } from '../../../src/core/ports.ts';
import { verify } from '../../../src/features/verify/verify.ts';
import { MemoryBackupStore } from '../../support/memory/memory-backup-store.ts';
import { MemoryWorkQueue } from '../../support/memory/memory-work-queue.ts';
import { aVerifyPolicy } from '../../support/verify-policy.ts';
import { WatchWorld } from '../../support/watch-world.ts';

const PAGE = 250;
const PAGES = 4;
const CONCURRENCY = 4;

/** Counts what is asked for and not done with: listed records, and backups under way. */
class Counting implements BackupStore {
  /** Records handed out by a list and not read yet, each time a page was handed out. */
  readonly unreadAtPage: number[] = [];
  mostUnderWay = 0;
  readonly #store: MemoryBackupStore;
  readonly #unread = new Set<string>();
  #underWay = 0;

  constructor(store: MemoryBackupStore) {
    this.#store = store;
  }

  async *list(hsm: string, key?: string, signal?: AbortSignal): AsyncGenerator<readonly StoredBackup[]> {
    for await (const page of this.#store.list(hsm, key, signal)) {
      this.unreadAtPage.push(this.#unread.size);
      for (const { blob } of page) this.#unread.add(blob);
      yield page;
    }
  }

  async read(blob: string, signal?: AbortSignal): Promise<Uint8Array> {
    this.#underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay);
    // Lets every other read begin that would.
    await new Promise((resolve) => setImmediate(resolve));
    const bytes = await this.#store.read(blob, signal);
    this.#underWay -= 1;
    this.#unread.delete(blob);
    return bytes;
  }

  put = (...given: Parameters<BackupStore['put']>) => this.#store.put(...given);
  publicKeysOf = (...given: Parameters<BackupStore['publicKeysOf']>) => this.#store.publicKeysOf(...given);
  fetch = (...given: Parameters<BackupStore['fetch']>) => this.#store.fetch(...given);
}

describe('a verification of many pages', () => {
  it('holds one page of the list at a time, and of the backups as many as it reads concurrently', async () => {
    const world = new WatchWorld();
    const store = new MemoryBackupStore(world.clock, PAGE);
    for (let n = 0; n < 10; n += 1) world.hsm.createKey(`key-${n}`);
    const deps = { ...world.deps, queue: new MemoryWorkQueue(world.clock) };
    await fill(world, store);
    const backups = new Counting(store);
    const { state } = await verify(
      { ...deps, backups },
      aVerifyPolicy({ concurrency: CONCURRENCY }),
      { kind: 'verify', hsm: 'contoso', runId: 'run-1' },
      new AbortController().signal,
    );

    expect(state).toMatchObject({ checked: PAGE * PAGES, found: 0 });
    // No page is asked for before the one before it is read to its end.
    expect(backups.unreadAtPage).toEqual(Array(PAGES).fill(0));
    expect(backups.mostUnderWay).toBe(CONCURRENCY);
  });
});

async function fill(world: WatchWorld, store: MemoryBackupStore): Promise<void> {
  for (let n = 0; n < 10; n += 1) await world.backUp(`key-${n}`);
  for await (const page of world.backups.list('contoso')) {
    for (const { blob, record } of page) {
      const bytes = await world.backups.read(blob);
      for (let copy = 0; copy < (PAGE * PAGES) / 10; copy += 1) {
        await store.put({ ...record, capturedAt: record.capturedAt + copy * 1_000 }, bytes);
      }
    }
  }
}
