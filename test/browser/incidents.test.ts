/** What people are reminded of is on the home page, and a person who may approve takes note of it there. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDocument, updateDocument } from '../../src/core/documents/update-document.ts';
import { INCIDENTS, noIncidents, scopeOf } from '../../src/features/notify/model/incident-state.ts';
import { aDeletion } from '../support/notify-samples.ts';
import { NotifyWorld } from '../support/notify-world.ts';
import { ConsoleWorld } from './support/console-world.ts';
import { findingsOn } from './support/eyes.ts';

const ADDRESS = { kind: 'notify-incidents', scope: scopeOf('contoso') } as const;

let world: ConsoleWorld;
beforeAll(async () => {
  world = await ConsoleWorld.start();
  // As the app that sends messages remembers the deletion of a key.
  const sender = new NotifyWorld();
  await sender.happen(aDeletion('orders', { severity: 'critical' }));
  const remembered = await readDocument(sender.state, INCIDENTS, ADDRESS);
  await updateDocument(
    world.world.local.state,
    INCIDENTS,
    ADDRESS,
    () => remembered.value ?? noIncidents(ADDRESS.scope),
  );
});
afterAll(() => world?.close());

it('an incident that lasts is acknowledged with a reason, once for everybody', async () => {
  const { page } = await world.person('bob');
  const incidents = page.locator('section', { has: page.getByRole('heading', { name: '1 incident lasts' }) });
  await incidents.getByRole('button', { name: /^Acknowledge HW-/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Acknowledge' }).click();
  await dialog.getByRole('textbox').and(page.locator(':invalid, [aria-invalid="true"]')).waitFor();
  await dialog.getByRole('textbox').fill('known, ticket 4711');
  expect(await findingsOn(page)).toEqual({});

  await dialog.getByRole('button', { name: 'Acknowledge' }).click();

  await incidents.getByText(/Acknowledged by bob.*: known, ticket 4711/).waitFor();
  const carol = await world.person('carol');
  await carol.page.getByText(/Acknowledged by bob.*: known, ticket 4711/).waitFor();
  expect(await carol.page.getByRole('button', { name: /^Acknowledge HW-/ }).count()).toBe(0);
});

it('who may only look is shown the incident, and no button', async () => {
  const { page } = await world.person('dave');
  await page.getByRole('heading', { name: '1 incident lasts' }).waitFor();
  expect(await page.getByRole('button', { name: /^Acknowledge/ }).count()).toBe(0);
});

it('nothing went wrong in any page', () => {
  expect(world.faults()).toEqual([]);
});
