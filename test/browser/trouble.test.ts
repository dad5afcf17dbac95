/** A bad line, an app that cannot answer, an HSM that is silent: said plainly, and never an old number as a new one. */
import type { Route } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violationsOn } from './support/axe.ts';
import { ConsoleWorld } from './support/console-world.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await ConsoleWorld.start();
  await world.world.apps.backup.invoke('deletedKeyWatch');
});
afterAll(() => world?.close());

const UNAVAILABLE = {
  status: 503,
  contentType: 'application/problem+json',
  headers: { 'retry-after': '1' },
  body: JSON.stringify({ title: 'The storage cannot be reached.', code: 'storage-unavailable', status: 503 }),
};

it('an app that answers 503 is named, and the page shows the keys once it answers', async () => {
  const { page } = await world.person('bob', '/inbox');
  let refusals = 0;
  await page.route('**/api/console/home', async (route: Route) => {
    refusals += 1;
    if (refusals > 2) await route.continue();
    else await route.fulfill(UNAVAILABLE);
  });
  await page.goto(world.url);
  await page.getByText('The app cannot answer now').waitFor();
  await page.getByText('The storage cannot be reached.').waitFor();
  expect(await violationsOn(page)).toEqual([]);
  await page.getByText(/the last 30 nights/i).waitFor();
  expect(refusals).toBeGreaterThan(2);
});

it('a picture that cannot be renewed is called old, and no longer says safe', async () => {
  const { page } = await world.person('bob', '/');
  await page.getByText(/the last 30 nights/i).waitFor();
  await page.clock.install();
  await page.reload();
  await page.getByText(/the last 30 nights/i).waitFor();
  await page.route('**/api/console/home', (route) => route.fulfill(UNAVAILABLE));
  await page.clock.fastForward(61_000);
  await page.getByText('This is an old picture').waitFor();
  expect(await page.locator('.verdict').getByText('✓').count()).toBe(0);
  expect(await violationsOn(page)).toEqual([]);
});

it('a picture that was left open until it is stale cannot tell any more', async () => {
  const { page } = await world.person('bob', '/');
  await page.getByText(/the last 30 nights/i).waitFor();
  await page.clock.install();
  await page.reload();
  await page.getByText(/the last 30 nights/i).waitFor();
  // The answers stay as they are while the time goes on.
  const answer = await page.request.get(`${world.url}/api/console/home`, {
    headers: { authorization: `Bearer ${await world.world.local.world.issuer.token('bob')}` },
  });
  const body = await answer.text();
  // The app's time is this machine's: by it no time goes on.
  await page.route('**/api/**', async (route) => {
    const response = await route.fetch();
    const { date: _date, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  await page.route('**/api/console/home', (route) =>
    route.fulfill({ contentType: 'application/json', body }),
  );
  await page.clock.fastForward(30 * 24 * 3_600_000);
  await page
    .getByText(/too old/)
    .first()
    .waitFor();
  expect(await page.locator('.verdict').getByText('Cannot tell').count()).toBeGreaterThan(0);
});

it('a device without a network says so, and nothing can be approved on what it saw before', async () => {
  await world.world.lose('contoso', 'code-signing');
  const { id } = await world.world.ask({ hsm: 'contoso', key: 'code-signing' });
  const bob = await world.person('bob', `/requests/${id}`);
  await bob.page.getByText('You may approve this').waitFor();
  await bob.setOffline(true);
  await bob.page.getByText('This device is offline').first().waitFor();
  await bob.page.getByText('This is an old picture').waitFor({ timeout: 60_000 });
  await bob.page.getByText('You may not approve this').waitFor();
  await bob.setOffline(false);
  await bob.page.getByText('You may approve this').waitFor({ timeout: 60_000 });
});

it('an HSM that is silent does not keep the page from opening', async () => {
  await world.world.hsm('fabrikam').close();
  await world.world.apps.backup.invoke('deletedKeyWatch');
  const { page } = await world.person('bob', '/');
  await page.getByText(/the last 30 nights/i).waitFor();
  await page.locator('.card', { hasText: 'contoso' }).first().waitFor();
});

it('words from outside are words: no markup of a reason becomes a part of the page', async () => {
  await world.world.lose('contoso', 'tls-offload-www');
  const reason = '<img src=x onerror="document.title=1"><b id="planted">bold</b>';
  const { id } = await world.world.ask({ hsm: 'contoso', key: 'tls-offload-www', reason });
  const { page } = await world.person('bob', `/requests/${id}`);
  // In the words of who asked, and in the history.
  await page.getByText(reason, { exact: true }).waitFor();
  await page.getByText(`Asked for, by alice@contoso.test: ${reason}`).waitFor();
  expect(await page.locator('#planted').count()).toBe(0);
});
