/** Each page, on the world of `npm start`, for every eye: light, dark, forced colours, narrow, wide. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overflowOf, violationsOn } from './support/axe.ts';
import { ConsoleWorld } from './support/console-world.ts';
import { DAMAGED, DELETED, LOST, RESTORED, seed, waitingFor } from './support/seed.ts';
import { DESK, type Eyes, PHONE, type Visitor } from './support/visitor.ts';

let world: ConsoleWorld;
let ended = '';
let waiting = '';
let run = '';
beforeAll(async () => {
  world = await ConsoleWorld.start();
  ended = await seed(world.world);
  waiting = await waitingFor(world.world, DELETED.key);
});
afterAll(() => world?.close());

/** The pages, each with words that stand there only once what it asks for is there. */
const pages = (): readonly (readonly [path: string, words: RegExp])[] => [
  ['/', /the last 30 nights/i],
  ['/keys', /keys match/],
  [`/keys/${DELETED.hsm}/${DELETED.key}`, /what happened/i],
  [`/keys/${RESTORED.hsm}/${RESTORED.key}`, /brought back/i],
  [`/keys/${LOST.hsm}/${LOST.key}`, /what happened/i],
  [`/keys/${DAMAGED.hsm}/${DAMAGED.key}`, /damage/i],
  ['/deleted', new RegExp(DELETED.key)],
  ['/requests', /succeeded/i],
  [`/requests/${waiting}`, /what will happen/i],
  [`/recoveries/${ended}`, /is back/],
  ['/inbox', /what waits for you/i],
  ['/nights', /backed up/],
  [run, /keys match/],
  ['/drills', /unproven/],
  ['/hsms', /fabrikam/],
  ['/settings', /the gate is armed/i],
];

async function show({ page }: Visitor, path: string, words: RegExp): Promise<void> {
  await page.goto(`${world.url}${path}`);
  await page.locator('main').getByText(words).filter({ visible: true }).first().waitFor();
  await page.locator('.loading').waitFor({ state: 'detached' });
}

const EYES: readonly (readonly [string, Eyes])[] = [
  ['light, wide', { ...DESK, colorScheme: 'light' }],
  ['dark, narrow', { ...PHONE, colorScheme: 'dark' }],
  ['light, narrow', { ...PHONE, colorScheme: 'light' }],
  ['dark, wide', { ...DESK, colorScheme: 'dark' }],
  ['forced colours, wide', { ...DESK, forcedColors: 'active' }],
  ['forced colours, narrow', { ...PHONE, forcedColors: 'active' }],
];

describe.each(EYES)('every page, %s', (_name, eyes) => {
  it('shows what it is for, shuts nobody out, and fits', { timeout: 180_000 }, async () => {
    const bob = await world.person('bob', '/nights', eyes);
    const href = await bob.page.locator('.nights a').first().getAttribute('href');
    run = href ?? '';
    const found: Record<string, unknown> = {};
    for (const [path, words] of pages()) {
      await show(bob, path, words);
      const violations = await violationsOn(bob.page);
      const overflow = await overflowOf(bob.page);
      if (violations.length > 0 || overflow > 0) found[path] = { violations, overflow };
    }
    expect(found).toEqual({});
    await bob.close();
  });

  it('lets an auditor look into the log', async () => {
    const dave = await world.person('dave', '/audit', eyes);
    await dave.page.getByRole('button', { name: 'Verify now' }).click();
    await dave.page.getByText('The log is whole').waitFor();
    expect(await violationsOn(dave.page)).toEqual([]);
    expect(await overflowOf(dave.page)).toBe(0);
    await dave.close();
  });

  it('shuts nobody out of the door and the dialogs', async () => {
    const guest = await world.visitor(eyes);
    await guest.page.goto(`${world.url}/requests/${waiting}`);
    await guest.page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await violationsOn(guest.page)).toEqual([]);
    await guest.close();

    const bob = await world.person('bob', `/requests/${waiting}`, eyes);
    for (const name of ['Approve…', 'Reject…']) {
      await bob.page.getByRole('button', { name }).click();
      await bob.page.getByRole('dialog').waitFor();
      expect(await violationsOn(bob.page)).toEqual([]);
      expect(await overflowOf(bob.page)).toBe(0);
      await bob.page.keyboard.press('Escape');
      await bob.page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await bob.close();
  });
});

it('a reader is shown no audit log, and is shown why when they ask for it', async () => {
  const bob = await world.person('bob', '/audit');
  await bob.page.getByText('You may not see this').first().waitFor();
  expect(await bob.page.getByRole('navigation').getByRole('link', { name: 'Audit' }).count()).toBe(0);
  await bob.close();
});

it('nothing on any page broke the policy, failed, or went to anybody else', () => {
  expect(world.faults()).toEqual([]);
});
