import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AT_ONCE_MS } from '../support/at-once.ts';
import { CliWorld } from './support/cli-world.ts';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname;

let world: CliWorld;
let silent: Server;
const sockets = new Set<Socket>();
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  world = await CliWorld.start([{ name: 'contoso', seedKeys: 3 }]);
  // It accepts connections, and that is all.
  silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  environment = { PATH: process.env.PATH, HSM_WARDEN_WORLD: `${world.folder}/local.json` };
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  silent?.close();
  await world?.close();
});

type Stdio = 'pipe' | number;

function start(
  args: readonly string[],
  { stdout = 'pipe', stderr = 'pipe' }: { stdout?: Stdio; stderr?: Stdio } = {},
) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', stdout, stderr],
    env: environment,
  });
  return { child, exit: once(child, 'exit') };
}

/** Everything a process says on standard error, as it comes. */
function listen(child: ChildProcess): { said: string } {
  const heard = { said: '' };
  child.stderr?.on('data', (part: Buffer) => {
    heard.said += part.toString();
  });
  return heard;
}

function silentHsm(): string[] {
  const address = silent.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return ['--id', `https://127.0.0.1:${port}/`, '--token-file', `${world.folder}/administrator.token`];
}

describe('a command that waits for a silent HSM', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('says so, and ends at once with %s', async (signal) => {
    const { child, exit } = start(['key', 'list', ...silentHsm()]);
    const heard = listen(child);
    await expect.poll(() => heard.said, { timeout: 20_000 }).toMatch(/^asking \S+… \d+ s\n/);
    const at = performance.now();
    child.kill(signal);
    const [code] = await exit;
    expect(performance.now() - at).toBeLessThan(AT_ONCE_MS);
    expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(heard.said).toMatch(/Interrupted: nothing was changed\.\n$/);
  });

  it('says nothing with --quiet, until it is interrupted', async () => {
    const { child, exit } = start(['key', 'list', '--quiet', ...silentHsm()]);
    const heard = listen(child);
    await once(silent, 'connection');
    child.kill('SIGINT');
    await exit;
    expect(heard.said).toBe('Interrupted: nothing was changed.\n');
  });
});

describe('a reader that went away', () => {
  it.each([
    ['the answer', 'stdout', ['status', '--emulator'], 1],
    ['the messages', 'stderr', ['status', '--emulator'], 1],
    [
      'the messages of a failure',
      'stderr',
      ['key', 'show', '--emulator', '--hsm-name', 'contoso', '--name', 'x'],
      3,
    ],
    ['help', 'stdout', ['--help'], 0],
  ] as const)('of %s changes no exit code', async (_case, stream, args, expected) => {
    const { child, exit } = start(args);
    child[stream]?.destroy();
    expect(await exit).toEqual([expected, null]);
  });

  it('changes nothing of what is done', async () => {
    const { child, exit } = start(['backup', 'run', '--emulator']);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect(await exit).toEqual([0, null]);
    expect((await world.run(['status'])).code).toBe(0);
  });

  it('ends what would go on for ever', async () => {
    const { child, exit } = start(['watch', '--emulator', '--follow', '--every', '1']);
    child.stdout?.destroy();
    expect(await exit).toEqual([0, null]);
  });
});

describe('a full disk', () => {
  it('under the answer is a failure that is said in one line', async () => {
    const full = await open('/dev/full', 'w');
    const { child, exit } = start(['--version'], { stdout: full.fd });
    const heard = listen(child);
    const [code] = await exit;
    await full.close();
    expect(code).toBe(1);
    expect(heard.said).toMatch(/^error \(machine\): The output could not be written: ENOSPC.*\n$/);
  });

  it('under the messages changes no exit code', async () => {
    const full = await open('/dev/full', 'w');
    const { exit } = start(['status'], { stderr: full.fd });
    expect(await exit).toEqual([2, null]);
    await full.close();
  });
});
