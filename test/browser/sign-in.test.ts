/** An approval asks for a fresh and strong sign-in; nothing that was typed is lost on the way. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConsoleWorld } from './support/console-world.ts';
import { findingsOn } from './support/eyes.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await ConsoleWorld.start({ WARDEN_STEP_UP: '{"approve":"c1","request":"c2"}' });
  await world.world.lose('contoso', 'document-signing');
});
afterAll(() => world?.close());

it('the sign-in is stepped up, what was typed stands there again, and the approval goes through', async () => {
  await world.world.lose('contoso', 'code-signing');
  const { id } = await world.world.ask({ hsm: 'contoso', key: 'code-signing' }, { acrs: ['c2'] });
  const bob = await world.person('bob', `/requests/${id}`);
  await bob.page.getByText('you will sign in once more').waitFor();
  expect(await findingsOn(bob.page)).toEqual({});
  await bob.page.getByRole('button', { name: 'Approve…' }).click();
  await bob.page.getByRole('dialog').getByRole('textbox').fill('code-signing');
  await bob.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await bob.choose('bob');
  const dialog = bob.page.getByRole('dialog');
  await dialog.waitFor();
  expect(new URL(bob.page.url()).pathname).toBe(`/requests/${id}`);
  expect(await dialog.getByRole('textbox').inputValue()).toBe('code-signing');
  expect(await findingsOn(bob.page)).toEqual({});
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await bob.page.getByText('1 of 2 approvals').waitFor();
  expect((await world.world.view(id)).approvals).toHaveLength(1);
  expect(world.faults()).toEqual([]);
});

it.each([
  ['the key', '/keys/contoso/document-signing'],
  ['the deleted keys', '/deleted'],
])(
  'a request from the page of %s is stepped up, and the dialog is open again with its reason',
  async (_, path) => {
    await world.world.apps.backup.invoke('deletedKeyWatch');
    const alice = await world.person('alice', path);
    const { page } = alice;
    await page
      .getByRole('button', { name: /^Ask for recovery/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('deleted by mistake, ticket 4711');
    await dialog.getByRole('button', { name: 'Ask for recovery' }).click();
    await alice.choose('alice');
    await dialog.waitFor();
    expect(new URL(page.url()).pathname).toBe(path);
    expect(await dialog.getByRole('textbox').inputValue()).toBe('deleted by mistake, ticket 4711');
    await dialog.getByRole('button', { name: 'Back' }).click();
    await dialog.waitFor({ state: 'detached' });
  },
);

it('who signs out sees the door, and nothing of what was there', async () => {
  const bob = await world.person('bob', '/settings');
  await bob.page.getByText('The gate is armed').waitFor();
  await bob.page.getByRole('button', { name: 'Sign out' }).click();
  await bob.page.getByRole('button', { name: 'Sign in' }).waitFor();
  await bob.page.goBack();
  await bob.page.getByRole('button', { name: 'Sign in' }).waitFor();
});
