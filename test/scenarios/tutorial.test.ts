/** Every command of the tutorial's first part, on the world of `npm start`, with the answers that the page promises. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = resolve('.');
const [PART = ''] = readFileSync('docs/tutorial.md', 'utf8').split('\n## Part two');
const BLOCKS = [...PART.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);

let folder = '';
let world: ReturnType<typeof spawn>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-tutorial-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  world = spawn(process.execPath, [join(ROOT, 'src/local/main.ts'), '--fresh'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (world.stdout === null) throw new Error('expected an output');
  for await (const line of createInterface(world.stdout)) {
    if (line.startsWith('Running.')) break;
  }
  world.stdout.resume();
}, 120_000);

afterAll(async () => {
  const ended = once(world, 'exit');
  world.kill('SIGINT');
  await ended;
  await rm(folder, { recursive: true, force: true });
});

/** All blocks are one shell's, as they are for whoever pastes them: what a block sets, the next one has. */
it('the tutorial does what it says', async () => {
  const script = BLOCKS.map((block, n) => `echo "== block ${n}"\n${block}`).join('\n');
  const warden = `node ${join(ROOT, 'src/cli/main.ts')}`;
  const output = await new Promise<string>((resolveOutput) => {
    execFile(
      'bash',
      ['-c', `set -u; exec 2>&1\n${script.replaceAll('npm run -s warden --', warden)}`],
      {
        cwd: folder,
        env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
        maxBuffer: 16 * 1024 * 1024,
      },
      (_error, stdout) => resolveOutput(stdout),
    );
  });
  const said = output.split(/^== block \d+$/m).slice(1);
  for (const [n, block] of BLOCKS.entries()) {
    for (const [, promised = ''] of block.matchAll(/#> (.*)$/gm))
      expect(said[n], block).toContain(promised.trim());
  }
  expect(BLOCKS.length).toBeGreaterThan(6);
}, 300_000);
