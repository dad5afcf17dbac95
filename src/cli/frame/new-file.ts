/** Files that a command writes: never over another, and whole or not at all. */
import { open, rm } from 'node:fs/promises';
import { GuardRefusal, UsageError } from './failures.ts';

/**
 * Writes what `make` gives into a new file of that mode. When it fails, no file is left behind. Fails with GuardRefusal where
 * the file exists, with UsageError where it cannot be made, and as `make` does.
 */
export async function writeNewFile(
  path: string,
  make: () => Promise<string | Uint8Array>,
  mode = 0o600,
): Promise<void> {
  const file = await openNew(path, mode);
  try {
    await file.writeFile(await make());
    await file.sync();
  } catch (error) {
    // An empty or half file must not be taken for a whole one.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function openNew(path: string, mode: number) {
  try {
    return await open(path, 'wx', mode);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new GuardRefusal(
        `The file ${path} exists already and was left as it is.`,
        'Name another file.',
        error,
      );
    }
    throw new UsageError(`The file ${path} cannot be written.`);
  }
}
