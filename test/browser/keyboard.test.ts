/** Every page by the keyboard alone: each thing that can be used is reached, and it is seen where one is. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleWorld } from './support/console-world.ts';
import { DELETED, LOST, seed, waitingFor } from './support/seed.ts';
import { PHONE, type Visitor } from './support/visitor.ts';

let world: ConsoleWorld;
let waiting = '';
let bob: Visitor;
beforeAll(async () => {
  world = await ConsoleWorld.start();
  await seed(world.world);
  waiting = `/requests/${await waitingFor(world.world, DELETED.key)}`;
  bob = await world.person('bob', '/settings');
});
afterAll(() => world?.close());

/** What can be used and is seen, marked; answers how many. */
const MARK = `(() => {
  const usable = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary';
  const all = [...document.querySelectorAll(usable)].filter((one) => one.checkVisibility());
  for (const one of all) one.dataset.unreached = 'yes';
  return all.length;
})()`;

/** Unmarks what has the focus; answers whether it is seen that it has it. */
const VISIT = `(() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return 'nothing';
  delete one.dataset.unreached;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  return outlineStyle === 'none' || outlineWidth === '0px' ? one.outerHTML.slice(0, 120) : 'seen';
})()`;

const UNREACHED = `[...document.querySelectorAll('[data-unreached]')].map((one) => one.outerHTML.slice(0, 120))`;

/** Goes once around by Tab. */
async function walk(page: Page): Promise<{ unseen: string[]; unreached: string[] }> {
  const count = await page.evaluate<number>(MARK);
  expect(count).toBeGreaterThan(3);
  const unseen = new Set<string>();
  // A field for a day has a stop for each of its parts.
  for (let steps = 0; steps < count + 20; steps += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate<string>(VISIT);
    if (seen !== 'seen' && seen !== 'nothing') unseen.add(seen);
  }
  return { unseen: [...unseen], unreached: await page.evaluate<string[]>(UNREACHED) };
}

describe('everything is reached and seen on the page', () => {
  it.each([
    ['home', () => '/', /the last 30 nights/i],
    ['inbox', () => '/inbox', /what waits for you/i],
    ['requests', () => '/requests', /succeeded/i],
    ['a request', () => waiting, /what will happen/i],
    ['keys', () => '/keys', /keys match/],
    ['a key', () => `/keys/${LOST.hsm}/${LOST.key}`, /what happened/i],
    ['deleted keys', () => '/deleted', new RegExp(DELETED.key)],
    ['nights', () => '/nights', /backed up/],
    ['drills', () => '/drills', /unproven/],
    ['HSMs', () => '/hsms', /fabrikam/],
    ['settings', () => '/settings', /the gate is armed/i],
  ])('%s', async (_name, path, words) => {
    await bob.page.goto(`${world.url}${path()}`);
    await bob.page.locator('main').getByText(words).filter({ visible: true }).first().waitFor();
    await bob.page.locator('.loading').waitFor({ state: 'detached' });
    expect(await walk(bob.page)).toEqual({ unseen: [], unreached: [] });
  });

  it('audit', async () => {
    const { page } = await world.person('dave', '/audit');
    await page.getByRole('table').waitFor();
    expect(await walk(page)).toEqual({ unseen: [], unreached: [] });
  });
});

it('the first stop leads past the menu to the page, and a link moves the focus to the new page’s title', async () => {
  const { page } = bob;
  await page.goto(`${world.url}/settings`);
  await page.getByText('The gate is armed').waitFor();
  await page.keyboard.press('Tab');
  await page.locator('a:focus', { hasText: 'Skip to the page' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('main:focus').waitFor();

  await page.getByRole('link', { name: 'Drills', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.locator('h1:focus', { hasText: 'Drills' }).waitFor();
});

it('on a phone the menu opens by the keyboard and says whether it is open', async () => {
  const carol = await world.person('carol', '/inbox', PHONE);
  const { page } = carol;
  const menu = page.getByRole('button', { name: 'Menu' });
  await menu.focus();
  await page.keyboard.press('Enter');
  expect(await menu.getAttribute('aria-expanded')).toBe('true');
  await page.getByRole('link', { name: 'Nights' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('h1:focus', { hasText: 'Nights' }).waitFor();
  expect(await menu.getAttribute('aria-expanded')).toBe('false');
});
