/** Takes the pictures of the console in `docs/console/` from a running world: light, dark, phone. */
import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, it } from 'vitest';
import { ConsoleWorld } from './support/console-world.ts';
import { DELETED, seed, waitingFor } from './support/seed.ts';
import { DESK, type Eyes, PHONE } from './support/visitor.ts';

const FOLDER = 'docs/console';
const LIGHT: Eyes = { ...DESK, colorScheme: 'light' };
const DARK: Eyes = { ...DESK, colorScheme: 'dark' };

let world: ConsoleWorld;
let waiting = '';
beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  world = await ConsoleWorld.start();
  await seed(world.world);
  waiting = `/requests/${await waitingFor(world.world, DELETED.key)}`;
});
afterAll(() => world?.close());

const HOME = ['/', /the last 30 nights/i] as const;
const REQUEST = ['request', /what will happen/i] as const;
const KEY = [`/keys/${DELETED.hsm}/${DELETED.key}`, /what happened/i] as const;

it.each([
  ['home-light', LIGHT, ...HOME],
  ['home-dark', DARK, ...HOME],
  ['home-phone', { ...PHONE, colorScheme: 'light' } satisfies Eyes, ...HOME],
  ['request-light', LIGHT, ...REQUEST],
  ['request-phone', { ...PHONE, colorScheme: 'dark' } satisfies Eyes, ...REQUEST],
  ['key-light', LIGHT, ...KEY],
  ['deleted-dark', DARK, '/deleted', new RegExp(DELETED.key)],
] as const)('%s', async (name, eyes, path, words) => {
  const { page } = await world.person('bob', path === 'request' ? waiting : path, eyes);
  await page.locator('main').getByText(words).filter({ visible: true }).first().waitFor();
  for (const wait of [page.locator('.loading'), page.getByText('reading…')])
    await wait.waitFor({ state: 'detached' });
  await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: 'disabled' });
});
