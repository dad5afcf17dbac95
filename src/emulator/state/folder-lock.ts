/** One process at a time in a folder of state: two would write the same journals. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Gives the folder back. */
export type Unlock = () => Promise<void>;

/** Takes `folder`, and makes it for its owner alone when there is none; a string says which process has it. A lock whose process has died does not count. */
export async function lockFolder(folder: string): Promise<Unlock | string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'lock');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (holder !== process.pid && isAlive(holder)) return `process ${holder} runs in ${folder}`;
    await rm(file, { force: true });
  }
  return `another process runs in ${folder}`;
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
