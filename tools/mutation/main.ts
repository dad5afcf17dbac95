/**
 * Changes the rooms that decide, one expression at a time, and counts the changes that no unit test notices:
 * `npm run mutation -- [--mutate FILE]`. The library is fetched at the first run, for it is needed by nothing else.
 * Exit code 1 when fewer changes are noticed than `stryker.config.json` demands.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const LIBRARY = `${FOLDER}node_modules/@stryker-mutator/core/bin/stryker.js`;

function run(command: string, args: readonly string[], cwd: string): number {
  return spawnSync(command, args, { cwd, stdio: 'inherit' }).status ?? 1;
}

const fetched = existsSync(LIBRARY) ? 0 : run('npm', ['ci'], FOLDER);
process.exitCode =
  fetched ||
  run(
    process.execPath,
    [LIBRARY, 'run', 'tools/mutation/stryker.config.json', ...process.argv.slice(2)],
    process.cwd(),
  );
