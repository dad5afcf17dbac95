/** What happens while somebody looks: another decides, the request ends, time runs out, a button is pressed twice. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violationsOn } from './support/axe.ts';
import { ConsoleWorld } from './support/console-world.ts';
import type { Visitor } from './support/visitor.ts';

const HOUR = 3_600_000;

let world: ConsoleWorld;
beforeAll(async () => {
  world = await ConsoleWorld.start();
});
afterAll(() => world?.close());

async function askFor(key: string): Promise<string> {
  await world.world.lose('contoso', key);
  return (await world.world.ask({ hsm: 'contoso', key })).id;
}

async function openApproval({ page }: Visitor, key: string): Promise<void> {
  await page.getByRole('button', { name: 'Approve…' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill(key);
}

it('a rejection meanwhile refuses the approval, and the page shows what changed', async () => {
  const id = await askFor('code-signing');
  const bob = await world.person('bob', `/requests/${id}`);
  await openApproval(bob, 'code-signing');
  // The page does not hear of it: its long question is cut off.
  await bob.page.route(`**/api/recoveries/${id}?wait=*`, (route) => route.abort());
  await world.world.send('carol', 'POST', `recoveries/${id}/rejection`, { reason: 'not needed' });
  await bob.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  const dialog = bob.page.getByRole('dialog');
  await dialog.getByText('The request changed while you looked').waitFor();
  await dialog.getByText(/is “Rejected” now/).waitFor();
  expect((await world.world.view(id)).approvals).toEqual([]);
});

it('an approval by somebody else appears without a reload, also within the dialog', async () => {
  const id = await askFor('tls-offload-www');
  const bob = await world.person('bob', `/requests/${id}`);
  await openApproval(bob, 'tls-offload-www');
  const { body } = await world.world.send('carol', 'GET', `recoveries/${id}`);
  const { digest } = await world.world.view(id);
  expect(body).toMatchObject({ digest });
  await world.world.send('carol', 'POST', `recoveries/${id}/approvals`, { digest });
  await bob.page
    .getByRole('dialog')
    .getByText(/carol.* approved it/)
    .waitFor();
});

it('two presses together make one approval', async () => {
  const id = await askFor('sql-tde-orders');
  const bob = await world.person('bob', `/requests/${id}`);
  await openApproval(bob, 'sql-tde-orders');
  const button = bob.page.getByRole('dialog').getByRole('button', { name: 'Approve' });
  const sent: string[] = [];
  bob.page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes(id)) sent.push(request.url());
  });
  await button.dblclick();
  await bob.page.getByText('1 of 2 approvals').waitFor();
  expect(sent).toHaveLength(1);
  expect((await world.world.view(id)).approvals).toHaveLength(1);
});

it('a request that expires while somebody looks can no longer be approved, and says so', async () => {
  const id = await askFor('storage-cmk-media');
  const bob = await world.person('bob', `/requests/${id}`);
  await bob.page.getByText('You may approve this').waitFor();
  await bob.page.clock.install();
  await bob.page.reload();
  await bob.page.getByText('You may approve this').waitFor();
  // Nothing comes from the app: the page itself must know when the time is over. An answer on its way would set its clock back.
  await bob.page.waitForLoadState('networkidle');
  await bob.page.route('**/api/**', (route) => route.abort());
  await bob.page.clock.fastForward(25 * HOUR);
  await bob.page.getByText('You may not approve this').waitFor();
  await bob.page
    .getByText(/has expired/)
    .first()
    .waitFor();
  expect(await bob.page.getByRole('button', { name: 'Approve…' }).count()).toBe(0);
});

it('a dialog that is open when the request expires sends nothing any more, and says why', async () => {
  const id = await askFor('document-signing');
  const bob = await world.person('bob', `/requests/${id}`);
  await bob.page.getByText('You may approve this').waitFor();
  await bob.page.clock.install();
  await bob.page.reload();
  await openApproval(bob, 'document-signing');
  await bob.page.waitForLoadState('networkidle');
  await bob.page.route('**/api/**', (route) => route.abort());
  await bob.page.clock.fastForward(25 * HOUR);
  const dialog = bob.page.getByRole('dialog');
  await dialog.getByText('Nothing can be sent now').waitFor();
  await dialog.getByText(/has expired/).waitFor();
  expect(await dialog.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
  expect(await violationsOn(bob.page)).toEqual([]);
});

it('a dialog on a page that cannot be renewed sends nothing either', async () => {
  const id = await askFor('sql-tde-customers');
  const bob = await world.person('bob', `/requests/${id}`);
  await bob.page.getByRole('button', { name: 'Reject…' }).click();
  await bob.page.getByRole('dialog').getByRole('textbox').fill('not needed');
  await bob.page.route('**/api/**', (route) => route.abort());
  await bob.page.evaluate("dispatchEvent(new Event('offline'))");
  const dialog = bob.page.getByRole('dialog');
  await dialog.getByText(/could not be renewed/).waitFor();
  expect(await dialog.getByRole('button', { name: 'Reject' }).isDisabled()).toBe(true);
});

it('another operation than the one that was shown is read, typed and approved again', async () => {
  const id = await askFor('disk-encryption-prod');
  const bob = await world.visitor();
  // What is shown first is not what stands, and nothing newer comes.
  const isRead = (url: URL) => url.pathname.endsWith(`/recoveries/${id}`);
  await bob.page.route(isRead, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), digest: 'f'.repeat(64) } });
  });
  await bob.signIn(`${world.url}/requests/${id}`, 'bob');
  await openApproval(bob, 'disk-encryption-prod');
  await bob.page.unroute(isRead);
  await bob.page.route(`**/api/recoveries/${id}?wait=*`, (route) => route.abort());
  const dialog = bob.page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await dialog.getByText('What will be done is not what was shown').waitFor();
  // The name is typed again once the request as it stands has been read.
  await expect.poll(() => dialog.getByRole('textbox').inputValue()).toBe('');
  expect((await world.world.view(id)).approvals).toEqual([]);

  await bob.page.unroute(`**/api/recoveries/${id}?wait=*`);
  await dialog.getByRole('textbox').fill('disk-encryption-prod');
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await bob.page.getByText('1 of 2 approvals').waitFor();
});

it('nothing on the way broke the policy or failed', () => {
  expect(world.faults()).toEqual([]);
});
