import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../../src/emulator/state/folder-lock.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'lock-test-'));
});
afterEach(() => rm(parent, { recursive: true }));

async function taken(folder: string) {
  const unlock = await lockFolder(folder);
  if (typeof unlock === 'string') throw new Error(unlock);
  return unlock;
}

describe('the lock of a folder', () => {
  it('makes the folder for its owner alone: it will hold key material', async () => {
    const folder = join(parent, 'pool');

    await taken(folder);

    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(folder, 'lock'), 'utf8')).toBe(String(process.pid));
  });

  it('is refused while another process has it, which is named', async () => {
    await writeFile(join(parent, 'lock'), String(process.ppid));

    expect(await lockFolder(parent)).toBe(`process ${process.ppid} runs in ${parent}`);
  });

  it.each([
    ['a process that has died', '999999999'],
    ['nobody, its text being broken', 'x'],
  ])('of %s does not count', async (_who, text) => {
    await writeFile(join(parent, 'lock'), text);

    await taken(parent);

    expect(await readFile(join(parent, 'lock'), 'utf8')).toBe(String(process.pid));
  });

  it('can be given back and taken again', async () => {
    await (await taken(parent))();

    await expect(stat(join(parent, 'lock'))).rejects.toThrow('ENOENT');
    await taken(parent);
  });
});
