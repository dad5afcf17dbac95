/** Installs the packed command line as a stranger would: a home of its own, no network, nothing beside it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** What `npm pack` may make, and what it may take on a disk. */
const LIMIT_BYTES = 10 * 1024 * 1024;

/** How a command of the installed package ended. */
interface Ended {
  readonly code: number;
  readonly text: string;
}

/** What is wrong with the packed file at `tarball`; empty when nothing. */
export async function packedProblems(tarball: string, version: string): Promise<readonly string[]> {
  const home = await mkdtemp(join(tmpdir(), 'hsm-warden-packed-'));
  try {
    const prefix = join(home, 'prefix');
    const env = {
      HOME: home,
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      npm_config_offline: 'true',
    };
    const { size } = await stat(tarball);
    await run('npm', ['install', '--global', '--prefix', prefix, tarball], { env });
    const installed = await readdir(join(prefix, 'lib', 'node_modules'));
    const command = (...args: readonly string[]) => ended(join(prefix, 'bin', 'hsm-warden'), args, env);
    const [said, status, help] = [
      await command('--version'),
      await command('status'),
      await command('--help'),
    ];
    return [
      ...(size > LIMIT_BYTES ? [`it has ${size} bytes, more than ${LIMIT_BYTES}`] : []),
      ...(installed.join() === 'hsm-warden' ? [] : [`it brings ${installed.join(', ')}`]),
      ...(said.code === 0 && said.text.trim() === version ? [] : [`--version says ${said.text.trim()}`]),
      ...(status.code === 2 && status.text.includes('hsm-warden init')
        ? []
        : [`status without settings does not say how to begin: ${status.text.trim()}`]),
      ...(help.code === 0 && help.text.includes('status') ? [] : ['--help does not list the commands']),
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function ended(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(file, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        text: stdout + stderr,
      });
    });
  });
}
