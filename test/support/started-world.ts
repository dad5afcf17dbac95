/** The world of `npm start` in a folder of its own, for tests that run the commands of a page in it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve('.');
const WARDEN = `node ${join(ROOT, 'src/cli/main.ts')}`;

/** A running world. */
export interface StartedWorld {
  /** Runs lines of a page in its folder by one shell; resolves with all that they print. */
  shell(script: string): Promise<string>;
  /** Ends it as Ctrl-C does, and removes the folder. */
  close(): Promise<void>;
}

/** Another world that starts at the same moment may take a port between the look for a free one and its use. */
const TRIES = 3;

/** Starts a new world with these further arguments; resolves when it says that it runs, and fails when it ends before. */
export async function startWorldOf(name: string, ...args: readonly string[]): Promise<StartedWorld> {
  const folder = await mkdtemp(join(tmpdir(), `warden-${name}-`));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const world = await startIn(folder, args);
  return {
    shell: (script) =>
      new Promise((resolveOutput) => {
        execFile(
          'bash',
          ['-c', `exec 2>&1\n${script.replaceAll('npm run -s warden --', WARDEN)}`],
          {
            cwd: folder,
            env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
            maxBuffer: 16 * 1024 * 1024,
          },
          (_error, stdout) => resolveOutput(stdout),
        );
      }),
    async close() {
      const ended = once(world, 'exit');
      world.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startIn(folder: string, args: readonly string[]): Promise<ChildProcess> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const world = spawn(process.execPath, [join(ROOT, 'src/local/main.ts'), '--fresh', ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(world, 'exit');
    for await (const line of createInterface(world.stdout)) {
      if (!line.startsWith('Running.')) continue;
      world.stdout.resume();
      return world;
    }
    await ended;
  }
  throw new Error(`npm start ${args.join(' ')} ended before it ran, ${TRIES} times`);
}
