/** Every command of docs/fleets.md about adding an HSM, on the world of `npm start -- --search`, with the answers that the page promises. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = resolve('.');
const [, PART = ''] = readFileSync('docs/fleets.md', 'utf8').split('### Try it on your machine');
const [, BLOCK = ''] = /^```sh\n([\s\S]*?)^```/m.exec(PART) ?? [];
const COMMANDS = [...BLOCK.matchAll(/^(.*?) +#> (.*)$/gm)].map(([, command = '', promised = '']) => ({
  command,
  promised,
}));

let folder = '';
let world: ReturnType<typeof spawn>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-add-hsm-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  world = spawn(process.execPath, [join(ROOT, 'src/local/main.ts'), '--fresh', '--search'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (world.stdout === null) throw new Error('expected an output');
  for await (const line of createInterface(world.stdout)) {
    if (line.startsWith('Running.')) break;
  }
  world.stdout.resume();
}, 180_000);

afterAll(async () => {
  const ended = once(world, 'exit');
  world.kill('SIGINT');
  await ended;
  await rm(folder, { recursive: true, force: true });
});

// In the order of the page: each goes on where the one before stopped.
it.each(COMMANDS)(
  '$command: $promised',
  async ({ command, promised }) => {
    const warden = `node ${join(ROOT, 'src/cli/main.ts')}`;
    const output = await new Promise<string>((resolveOutput) => {
      execFile(
        'bash',
        ['-c', `exec 2>&1\n${command.replaceAll('npm run -s warden --', warden)}`],
        { cwd: folder, env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` } },
        (_error, stdout) => resolveOutput(stdout),
      );
    });

    expect(output).toContain(promised);
  },
  120_000,
);

it('the page has commands', () => {
  expect(COMMANDS).toHaveLength(8);
});
