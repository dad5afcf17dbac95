/** What each person sees of a request, before they read on, and what is said aloud while its time runs out. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleWorld } from './support/console-world.ts';
import { PHONE } from './support/visitor.ts';

const HOUR = 3_600_000;

let world: ConsoleWorld;
let path = '';
beforeAll(async () => {
  world = await ConsoleWorld.start();
  await world.world.lose('contoso', 'code-signing');
  const { id } = await world.world.ask({ hsm: 'contoso', key: 'code-signing' });
  path = `/requests/${id}`;
});
afterAll(() => world?.close());

describe('whether I may decide stands before what is asked', () => {
  it.each([
    ['an approver', 'bob', /You may approve this: you stand for security/, ['Approve…', 'Reject…']],
    [
      'an approver of another group',
      'carol',
      /You may approve this: you stand for key-owner/,
      ['Approve…', 'Reject…'],
    ],
    [
      'who asked',
      'alice',
      /You may not approve this.*nobody approves their own request/s,
      ['Cancel my request…'],
    ],
    ['an auditor', 'dave', /You may not approve this.*role/s, []],
  ])('for %s', async (_name, person, words, buttons) => {
    const visitor = await world.person(person, path, PHONE);
    const { page } = visitor;
    const standing = page.getByRole('region', { name: 'Your decision' });
    await standing
      .getByText(words)
      .or(standing.filter({ hasText: words }))
      .first()
      .waitFor();
    expect(await standing.getByRole('button').allInnerTexts()).toEqual(buttons);
    const top = async (one: ReturnType<Page['locator']>) => (await one.boundingBox())?.y ?? Number.NaN;
    const asked = page.getByRole('heading', { name: 'What will happen' });
    expect(await top(standing)).toBeLessThan(await top(asked));
    await visitor.close();
  });
});

it('who may not audit has no way to the log, and an auditor has one but may ask for nothing', async () => {
  const bob = await world.person('bob', '/audit');
  await bob.page.getByText('You may not see this').first().waitFor();
  const menu = ({ page }: typeof bob) => page.getByRole('navigation', { name: 'Console' });
  expect(await menu(bob).getByRole('link', { name: 'Audit' }).count()).toBe(0);
  await world.world.lose('contoso', 'document-signing');
  await world.world.apps.backup.invoke('deletedKeyWatch');
  const dave = await world.person('dave', '/deleted');
  await dave.page.getByRole('link', { name: 'document-signing' }).waitFor();
  expect(await menu(dave).getByRole('link', { name: 'Audit' }).count()).toBe(1);
  expect(await dave.page.getByRole('button', { name: /Ask for recovery/ }).count()).toBe(0);
});

it('the time that is left is said aloud at milestones, once each, and not between them', async () => {
  const { page } = await world.person('bob', path);
  await page.getByText('You may approve this').waitFor();
  await page.clock.install();
  await page.reload();
  await page.getByText('You may approve this').waitFor();
  // The app's clock would put the page back to now.
  await page.route('**/api/**', (route) => route.abort());
  await page.evaluate(`
    window.said = [];
    const place = document.querySelector('.unseen[role="status"]');
    new MutationObserver(() => window.said.push(place.textContent))
      .observe(place, { childList: true, characterData: true, subtree: true });
  `);
  const said = async () =>
    (await page.evaluate<string[]>('window.said')).filter((text) => text.startsWith('This request expires'));
  await page.clock.fastForward(2 * HOUR);
  await page.clock.runFor(5_000);
  expect(await said()).toEqual([]);
  await page.clock.fastForward(16 * HOUR);
  await page.clock.runFor(60_000);
  expect(await said()).toEqual([expect.stringMatching(/^This request expires in 5 hours \d+ minutes$/)]);
});

it('nothing on the way broke the policy or failed', () => {
  expect(world.faults()).toEqual([]);
});
