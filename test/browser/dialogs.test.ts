/** Each dialog, for every eye; it closes by Escape, and the focus goes back to where it was. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConsoleWorld } from './support/console-world.ts';
import { findingsOn } from './support/eyes.ts';
import { DELETED, LOST, seed, waitingFor } from './support/seed.ts';

const UNASKED = { hsm: 'contoso', key: 'document-signing' } as const;

let world: ConsoleWorld;
let waiting = '';
beforeAll(async () => {
  world = await ConsoleWorld.start();
  await world.world.lose(UNASKED.hsm, UNASKED.key);
  await seed(world.world);
  waiting = `/requests/${await waitingFor(world.world, DELETED.key)}`;
});
afterAll(() => world?.close());

/** Opens the dialog behind the first button of that name, and leaves it after `look`. */
async function within(page: Page, button: RegExp, look: () => Promise<void>): Promise<void> {
  const opener = page.getByRole('button', { name: button }).first();
  await opener.click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await look();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await opener.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
}

describe('a dialog shuts nobody out and fits', () => {
  it.each([
    ['to approve', 'bob', () => waiting, /^Approve…/],
    ['to reject', 'carol', () => waiting, /^Reject…/],
    ['to cancel one’s own request', 'alice', () => waiting, /^Cancel my request…/],
    [
      'to ask, on the page of the key',
      'alice',
      () => `/keys/${UNASKED.hsm}/${UNASKED.key}`,
      /^Ask for recovery/,
    ],
    ['to ask, on the page of deleted keys', 'alice', () => '/deleted', /^Ask for recovery/],
    ['to acknowledge a loss', 'bob', () => `/keys/${LOST.hsm}/${LOST.key}`, /^Acknowledge the loss/],
  ])('%s, empty and with a fault', async (_name, person, path, button) => {
    const visitor = await world.person(person, path());
    const { page } = visitor;
    await within(page, button, async () => {
      expect(await findingsOn(page)).toEqual({});
      // Nothing was typed: it says so, and sends nothing.
      await page.keyboard.press('Tab');
      await page.getByRole('dialog').locator('button[type="submit"]').click();
      await page.getByRole('dialog').getByRole('alert').waitFor();
      expect(await findingsOn(page)).toEqual({});
    });
    await visitor.close();
  });
});

it('nothing in any dialog broke the policy or failed', () => {
  expect(world.faults()).toEqual([]);
});
