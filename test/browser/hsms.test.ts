/** The page of HSMs: which the settings name, which people added, and whether all are known. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ConsoleWorld } from './support/console-world.ts';
import { findingsOn } from './support/eyes.ts';
import type { Visitor } from './support/visitor.ts';

const REASON = 'In use since May, ticket 4712';
/** The app reads decisions once a minute. */
const A_MINUTE = { timeout: 150_000, interval: 5_000 };

let world: ConsoleWorld;
let bob: Visitor;

beforeAll(async () => {
  world = await ConsoleWorld.start({}, true);
  await world.world.apps.backup.invoke('hsmDiscovery');
  bob = await world.person('bob', '/hsms');
}, 240_000);
afterAll(() => world?.close());

it('says that the settings name an HSM, and of one that was added by whom, when, why and in which line of the log', async () => {
  const { page } = bob;
  const added = await world.world.send('bob', 'POST', 'fleet/sandbox/addition', { reason: REASON });
  expect(added).toMatchObject({ status: 200, body: { state: 'protected' } });
  await vi.waitFor(async () => {
    await page.reload();
    await page.getByRole('row', { name: /^sandbox / }).waitFor({ timeout: 4_000 });
  }, A_MINUTE);
  const words = async (name: RegExp) =>
    (await page.getByRole('row', { name }).locator('td[data-name="Protected by"]').textContent()) ?? '';

  expect(await words(/^contoso /)).toBe('the settings');
  expect(await words(/^sandbox /)).toMatch(
    /^added by bob@contoso\.test, .*20\d\d.*: In use since May, ticket 4712 \(line \d+ of the audit log\)$/,
  );
  expect(await findingsOn(page)).toEqual({});
}, 240_000);

it.each(['/hsms', '/'])(
  'says on %s that HSMs may be unknown while the audit log cannot be read',
  async (path) => {
    const { page } = bob;
    await page.route(/\/api\/console\/(settings|home)/, async (route) => {
      const answer = await route.fetch();
      const json: object = await answer.json();
      await route.fulfill({
        response: answer,
        json: { ...json, fleetDoubt: 'The HSMs that people added are not known.' },
      });
    });
    await page.goto(`${world.url}${path}`);

    await page.getByText('Not every HSM may be known').waitFor();
    await page.getByText('The HSMs that people added are not known.').waitFor();
    expect(await findingsOn(page)).toEqual({});
  },
  120_000,
);
