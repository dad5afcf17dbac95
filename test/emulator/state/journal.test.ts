// The journal and the store on it: what is acknowledged is there after a restart, whatever was cut off.
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readJournal } from '../../../src/emulator/state/journal.ts';
import type { Change } from '../../../src/emulator/state/model.ts';
import { openStore } from '../../../src/emulator/state/store.ts';
import { keyRecord } from '../support/keys.ts';
import { poolState } from '../support/operations.ts';

const { settings } = poolState();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, order: number): Change => ({ type: 'putKey', key: keyRecord({ name, order }) });

async function journalPath(): Promise<string> {
  const name = (await readdir(folder)).find((one) => one.startsWith('journal-'));
  return join(folder, name ?? 'no journal');
}

describe('a store', () => {
  test('has everything committed after it is opened again, in the same order', async () => {
    const store = await openStore(folder, settings);
    await Promise.all(['b', 'a', 'c'].map((name, index) => store.commit([put(name, index + 1)])));
    await store.commit([
      { type: 'dropKey', name: 'a' },
      { type: 'moveClock', offsetMs: 5 },
    ]);
    // Not closed: as after a kill.
    const again = await openStore(folder, settings);
    expect([...again.state.keys.keys()]).toEqual(['b', 'c']);
    expect(again.state.clockOffsetMs).toBe(5);
    expect(again.state.nextOrder).toBe(4);
    const third = await openStore(folder, settings);
    expect(third.state.keys).toEqual(again.state.keys);
    await Promise.all([store, again, third].map((one) => one.close()));
  });

  test('keeps the settings it was made with', async () => {
    await (await openStore(folder, settings)).close();
    const again = await openStore(folder, { ...settings, retentionDays: 90, securityDomain: 'another' });
    expect(again.state.settings).toEqual(settings);
    await again.close();
  });

  test('forgets a line that was being written when the process died, and only that', async () => {
    const store = await openStore(folder, settings);
    await store.commit([put('kept', 1)]);
    await store.close();
    await appendFile(await journalPath(), JSON.stringify([put('torn', 2)]).slice(0, -5));
    const again = await openStore(folder, settings);
    expect([...again.state.keys.keys()]).toEqual(['kept']);
    await again.commit([put('later', 2)]);
    await again.close();
    const third = await openStore(folder, settings);
    expect([...third.state.keys.keys()]).toEqual(['kept', 'later']);
    await third.close();
  });

  test('does not start over a journal that is damaged in its middle', async () => {
    const store = await openStore(folder, settings);
    await store.commit([put('one', 1)]);
    await store.close();
    const path = await journalPath();
    await writeFile(path, `nonsense\n${await readFile(path, 'utf8')}`);
    await expect(openStore(folder, settings)).rejects.toThrow();
  });

  test('left between two snapshots by a kill is read whole', async () => {
    const store = await openStore(folder, settings);
    await store.commit([put('one', 1)]);
    await store.close();
    // A start that died before its snapshot was in place leaves an empty journal of the next generation.
    await writeFile(join(folder, 'journal-2.jsonl'), '');
    await writeFile(join(folder, 'snapshot.json.draft'), '{"half');
    const again = await openStore(folder, settings);
    expect([...again.state.keys.keys()]).toEqual(['one']);
    await again.close();
  });
});

describe('a journal cut anywhere', () => {
  const lines = ['x', 'y', 'z'].map((name, index) => `${JSON.stringify([put(name, index)])}\n`);
  const whole = Buffer.from(lines.join(''));
  const ends = lines.map((_, index) => Buffer.byteLength(lines.slice(0, index + 1).join('')));

  property.prop([fc.integer({ min: 0, max: whole.length })])(
    'holds exactly the whole lines before the cut',
    (length) => {
      const { entries, validBytes } = readJournal(whole.subarray(0, length));
      const before = ends.filter((end) => end <= length);
      expect(entries).toHaveLength(before.length);
      expect(validBytes).toBe(before.at(-1) ?? 0);
    },
  );
});
