/** Each page, on the world of `npm start`, for every eye: light, dark, forced colours, narrow, wide. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleWorld } from './support/console-world.ts';
import { findingsOn } from './support/eyes.ts';
import { DAMAGED, DELETED, LOST, RESTORED, seed, waitingFor } from './support/seed.ts';
import type { Visitor } from './support/visitor.ts';

let world: ConsoleWorld;
let bob: Visitor;
const ids = { ended: '', waiting: '', run: '' };
beforeAll(async () => {
  world = await ConsoleWorld.start();
  ids.ended = await seed(world.world);
  ids.waiting = await waitingFor(world.world, DELETED.key);
  bob = await world.person('bob', '/nights');
  ids.run = (await bob.page.locator('.nights a').first().getAttribute('href')) ?? '';
});
afterAll(() => world?.close());

const key = ({ hsm, key: name }: { readonly hsm: string; readonly key: string }) => `/keys/${hsm}/${name}`;

async function show({ page }: Visitor, path: string, words: RegExp): Promise<void> {
  await page.goto(`${world.url}${path}`);
  await page.locator('main').getByText(words).filter({ visible: true }).first().waitFor();
  await page.locator('.loading').waitFor({ state: 'detached' });
}

describe('shows what it is for, shuts nobody out, fits, and has no time but local ones', () => {
  // Each with words that stand there only once what the page asks for is there.
  it.each([
    ['home', () => '/', /the last 30 nights/i],
    ['keys', () => '/keys', /keys match/],
    ['a deleted key', () => key(DELETED), /what happened/i],
    ['a key that came back', () => key(RESTORED), /brought back/i],
    ['a lost key', () => key(LOST), /what happened/i],
    ['a key with a damaged backup', () => key(DAMAGED), /damage/i],
    ['deleted keys', () => '/deleted', new RegExp(DELETED.key)],
    ['requests', () => '/requests', /succeeded/i],
    ['a request that waits', () => `/requests/${ids.waiting}`, /what will happen/i],
    ['a request that ended, by the link of a message', () => `/recoveries/${ids.ended}`, /is back/],
    ['inbox', () => '/inbox', /what waits for you/i],
    ['nights', () => '/nights', /backed up/],
    ['a night', () => ids.run, /keys match/],
    ['drills', () => '/drills', /unproven/],
    ['HSMs', () => '/hsms', /fabrikam/],
    ['settings', () => '/settings', /the gate is armed/i],
    ['an address that leads nowhere', () => '/keys/contoso/a/b', /no such page/i],
    ['a key that nobody knows', () => '/keys/contoso/nobody', /there is no such thing/i],
  ])('%s', async (_name, path, words) => {
    await show(bob, path(), words);
    expect(await findingsOn(bob.page)).toEqual({});
  });

  it('audit, for an auditor', async () => {
    const dave = await world.person('dave', '/audit');
    await dave.page.getByRole('button', { name: 'Verify now' }).click();
    await dave.page.getByText('The log is whole').waitFor();
    expect(await findingsOn(dave.page)).toEqual({});
    await dave.close();
  });

  it('the door, and a sign-in', async () => {
    const guest = await world.visitor();
    await guest.page.goto(`${world.url}/requests/${ids.waiting}`);
    await guest.page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await findingsOn(guest.page)).toEqual({});
    await guest.close();
  });
});

it('nothing on any page broke the policy, failed, or went to anybody else', () => {
  expect(world.faults()).toEqual([]);
});
