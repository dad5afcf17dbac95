/** Measures how long the app takes to load and register: as one bundle, and as the many files it is made from. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { atMost, type Figure, plain } from './figure.ts';

const ROUNDS = 9;
/** Inside the project, so that its modules are found. */
const UNBUNDLED = '.warden/bench-unbundled';
const SETTINGS = { WARDEN_HSMS: 'contoso', WARDEN_BACKUP_URL: 'https://contoso.blob.core.windows.net' };

/** Medians over fresh processes, taking turns. */
export async function coldStart(): Promise<Figure[]> {
  await rm(UNBUNDLED, { recursive: true, force: true });
  await run('tools/build.ts');
  await run('node_modules/typescript/bin/tsc', '--noEmit', 'false', '--outDir', UNBUNDLED, '--rootDir', '.');
  await mkdir(UNBUNDLED, { recursive: true });
  await writeFile(`${UNBUNDLED}/package.json`, '{"type":"module"}');
  const bundled: number[] = [];
  const unbundled: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bundled.push(await loadTime('dist/backup/main.js'));
    unbundled.push(await loadTime(`${UNBUNDLED}/functions/main.js`));
  }
  await rm(UNBUNDLED, { recursive: true, force: true });
  const [one, many] = [median(bundled), median(unbundled)];
  return [
    plain('bundle: load and register', one, 'ms'),
    plain('single files: load and register', many, 'ms'),
    atMost('bundle against single files', one / many, '', 0.6),
  ];
}

async function loadTime(entry: string): Promise<number> {
  return Number(await run('bench/load.ts', entry));
}

async function run(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...SETTINGS },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${output}`);
  return output;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
