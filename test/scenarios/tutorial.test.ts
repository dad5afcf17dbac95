/** Every command of the tutorial's first part, on the world of `npm start`, with the answers that the page promises. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StartedWorld, startWorldOf } from '../support/started-world.ts';

const [PART = ''] = readFileSync('docs/tutorial.md', 'utf8').split('\n## Part two');
const BLOCKS = [...PART.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);

let world: StartedWorld;
beforeAll(async () => {
  world = await startWorldOf('tutorial');
}, 120_000);
afterAll(() => world?.close());

/** All blocks are one shell's, as they are for whoever pastes them: what a block sets, the next one has. */
it('the tutorial does what it says', async () => {
  const script = BLOCKS.map((block, n) => `echo "== block ${n}"\n${block}`).join('\n');
  const output = await world.shell(`set -u\n${script}`);
  const said = output.split(/^== block \d+$/m).slice(1);
  for (const [n, block] of BLOCKS.entries()) {
    for (const [, promised = ''] of block.matchAll(/#> (.*)$/gm))
      expect(said[n], block).toContain(promised.trim());
  }
  expect(BLOCKS.length).toBeGreaterThan(6);
}, 300_000);
