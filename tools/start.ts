/** `npm start`: builds the console where it is missing or older than its source, then starts the local world. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildConsole } from './build-console.ts';

const BUILT = 'dist/console';

try {
  if (await isOld()) await buildConsole(BUILT);
} catch (error) {
  // The world is of use without its pages.
  process.stderr.write(
    `The console was not built: ${error instanceof Error ? error.message : String(error)}\n`,
  );
}
await import('../src/local/main.ts');

async function isOld(): Promise<boolean> {
  const built = await changedAt(join(BUILT, 'index.html.gz'));
  const files = await readdir('src/console', { recursive: true });
  const sources = await Promise.all(files.map((file) => changedAt(join('src/console', file))));
  return built < Math.max(...sources);
}

/** When a file was changed, epoch milliseconds; 0 where there is none. */
async function changedAt(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return 0;
  }
}
