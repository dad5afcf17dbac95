/** Two people in two browsers bring a key back; one on a phone, from a link. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overflowOf } from './support/axe.ts';
import { ConsoleWorld } from './support/console-world.ts';
import { PHONE } from './support/visitor.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await ConsoleWorld.start();
});
afterAll(() => world?.close());

/** Alice asks on the page of deleted keys; answers the address of her request. */
async function askFor(key: string): Promise<string> {
  await world.world.lose('contoso', key);
  await world.world.apps.backup.invoke('deletedKeyWatch');
  const { id } = await world.world.ask({ hsm: 'contoso', key, reason: 'deleted by mistake' });
  return `/requests/${id}`;
}

describe('a key', () => {
  it('comes back when two people approved it in two browsers, and both see it succeed', async () => {
    await world.world.lose('contoso', 'code-signing');
    const alice = await world.person('alice', '/keys/contoso/code-signing');
    await world.world.apps.backup.invoke('deletedKeyWatch');
    await alice.page.goto(`${world.url}/keys/contoso/code-signing`);
    // The watch may have asked before her.
    const asks = alice.page.getByRole('button', { name: 'Ask for recovery' });
    const asked = alice.page.getByRole('link', { name: /asked by/ });
    await asks.or(asked).first().waitFor();
    if (await asked.isVisible()) await asked.click();
    else {
      await asks.click();
      await alice.page.getByRole('dialog').getByRole('textbox').fill('deleted by mistake, ticket 4711');
      await alice.page.getByRole('dialog').getByRole('button', { name: 'Ask for recovery' }).click();
    }
    await alice.page.waitForURL(/\/requests\//);
    await alice.page.getByText('You may not approve this').waitFor();
    const path = new URL(alice.page.url()).pathname;

    const bob = await world.person('bob', path);
    const carol = await world.person('carol', path);
    for (const { page } of [bob, carol]) {
      await page.getByRole('button', { name: 'Approve…' }).click();
      await page.getByRole('dialog').getByRole('textbox').fill('code-signing');
      await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    for (const { page } of [alice, bob, carol]) {
      await page.getByText('code-signing is back, verified').waitFor({ timeout: 60_000 });
    }
    expect(await world.world.stateOf('contoso', 'code-signing')).toMatch(/^active/);
    expect(world.faults()).toEqual([]);
  });

  it('is decided in at most three taps from a link on a phone, which the sign-in does not lose', async () => {
    const path = await askFor('tls-offload-www');
    const bob = await world.visitor(PHONE);
    await bob.signIn(`${world.url}${path.replace('/requests/', '/recoveries/')}`, 'bob');
    await bob.page.getByText('You may approve this').waitFor();
    expect(new URL(bob.page.url()).pathname).toBe(path.replace('/requests/', '/recoveries/'));
    expect(await overflowOf(bob.page)).toBe(0);
    // What decides, and why, is seen without scrolling.
    const approve = bob.page.getByRole('button', { name: 'Approve…' });
    await approve.waitFor();
    const box = await approve.boundingBox();
    expect((box?.y ?? 1000) + (box?.height ?? 0)).toBeLessThanOrEqual(640);

    let taps = 0;
    const tap = async (name: string): Promise<void> => {
      taps += 1;
      await bob.page.getByRole('button', { name, exact: true }).click();
    };
    await tap('Approve…');
    await bob.page.locator('dialog input:focus').waitFor();
    await bob.page.keyboard.type('tls-offload-www');
    await tap('Approve');
    await bob.page.getByText('1 of 2 approvals').waitFor();
    expect(taps).toBeLessThanOrEqual(3);
    expect(await overflowOf(bob.page)).toBe(0);
  });

  it('is approved by the keyboard alone', async () => {
    const path = await askFor('storage-cmk-media');
    const bob = await world.person('bob', path);
    const { page } = bob;
    await page.getByText('You may approve this').waitFor();
    await focusOn(page, 'Approve…');
    await page.keyboard.press('Enter');
    await page.locator('dialog input:focus').waitFor();
    await page.keyboard.type('storage-cmk-media');
    await page.keyboard.press('Enter');
    await page.getByText('1 of 2 approvals').waitFor();
    await page.getByText('You may not approve this').waitFor();
  });

  it('is rejected with a reason, and not without', async () => {
    const path = await askFor('document-signing');
    const { page } = await world.person('carol', path);
    await page.getByRole('button', { name: 'Reject…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await dialog.getByText('Give a reason').waitFor();
    await dialog.getByRole('textbox').fill('nobody needs it');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await page.getByText('It was rejected').waitFor();
  });

  it('is not approved under a wrong name', async () => {
    const path = await askFor('sql-tde-orders');
    const { page } = await world.person('bob', path);
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('sql-tde-order');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByText('This is not the name of the key').waitFor();
    expect((await world.world.view(path.replace('/requests/', ''))).approvals).toEqual([]);
  });
});

/** Goes on by Tab until the button has the focus, as somebody without a mouse does. */
async function focusOn(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 60; steps += 1) {
    if ((await page.evaluate<string>('document.activeElement.textContent')) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} is not reached by the keyboard`);
}
