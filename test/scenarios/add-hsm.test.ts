/** Every command of docs/fleets.md about adding an HSM, on the world of `npm start -- --search`, with the answers that the page promises. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StartedWorld, startWorldOf } from '../support/started-world.ts';

const [, PART = ''] = readFileSync('docs/fleets.md', 'utf8').split('### Try it on your machine');
const [, BLOCK = ''] = /^```sh\n([\s\S]*?)^```/m.exec(PART) ?? [];
const COMMANDS = [...BLOCK.matchAll(/^(.*?) +#> (.*)$/gm)].map(([, command = '', promised = '']) => ({
  command,
  promised,
}));

let world: StartedWorld;
beforeAll(async () => {
  world = await startWorldOf('add-hsm', '--search');
}, 180_000);
afterAll(() => world?.close());

// In the order of the page: each goes on where the one before stopped.
it.each(COMMANDS)(
  '$command: $promised',
  async ({ command, promised }) => {
    expect(await world.shell(command)).toContain(promised);
  },
  120_000,
);

it('the page has commands', () => {
  expect(COMMANDS).toHaveLength(8);
});
