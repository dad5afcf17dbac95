/** What is remembered is deleted, restored from an older copy, or written by an earlier version: no message is dropped for it. */
import { expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts';
import { addTests } from '../../../src/features/notify/incidents/tests.ts';
import { noMessages } from '../../../src/features/notify/model/channel-state.ts';
import { noIncidents } from '../../../src/features/notify/model/incident-state.ts';
import { noteAccepted, take } from '../../../src/features/notify/sending/deliveries.ts';
import { aDeletion, SAMPLE_AT } from '../../support/notify-samples.ts';
import { NotifyWorld } from '../../support/notify-world.ts';

const INCIDENTS_OF_CONTOSO = 'notify-incidents/hsm-contoso';

async function deletions(world: NotifyWorld, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await world.happen(aDeletion(key, {}, world.clock.now()));
    await world.pass(11 * MINUTE_MS);
  }
}

function titles(world: NotifyWorld): readonly string[] {
  return world.accepted().map(({ title }) => title);
}

it('sends each message after the memory of the incidents was deleted, as its advice says', async () => {
  const world = new NotifyWorld();
  await deletions(world, 'a', 'b', 'c');

  world.state.documents.delete(INCIDENTS_OF_CONTOSO);
  await deletions(world, 'd');

  expect(titles(world).at(-1)).toBe('Key d on HSM contoso was deleted.');
});

it('sends an event once more that comes again after the memory of the incidents was deleted', async () => {
  const world = new NotifyWorld();
  const event = aDeletion('a', {}, SAMPLE_AT);
  await world.happen(event);
  await world.pass(HOUR_MS);
  const before = world.accepted().length;

  world.state.documents.delete(INCIDENTS_OF_CONTOSO);
  await world.happen(event);
  await world.pass(MINUTE_MS);

  const ids = world.accepted().map(({ id }) => id);
  expect(ids.length).toBe(before + 1);
  expect(new Set(ids).size).toBe(ids.length);
});

it('sends each message after an older copy of the incidents was restored', async () => {
  const world = new NotifyWorld();
  await deletions(world, 'a');
  const copy = world.state.documents.get(INCIDENTS_OF_CONTOSO);
  await deletions(world, 'b', 'c');
  if (copy === undefined) throw new Error('nothing is remembered');

  world.state.documents.set(INCIDENTS_OF_CONTOSO, copy);
  await deletions(world, 'd');

  expect(titles(world).at(-1)).toBe('Key d on HSM contoso was deleted.');
  const ids = world.accepted().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('takes a message once, while it waits and after it was accepted', () => {
  const { outbox } = addTests(noIncidents('product'), 'first', ['ops'], SAMPLE_AT);
  const waiting = take(noMessages('ops'), outbox, SAMPLE_AT);
  expect(take(waiting, outbox, SAMPLE_AT)).toBe(waiting);

  const accepted = noteAccepted(waiting, outbox[0]?.message.id ?? '', 202, SAMPLE_AT);
  expect(accepted.pending).toEqual([]);
  expect(take(accepted, outbox, SAMPLE_AT)).toBe(accepted);
});

it('reads the memory of a channel that counts what it has taken', async () => {
  const world = new NotifyWorld();
  await deletions(world, 'a');
  const kept = world.state.documents.get('notify-channel/ops');
  if (kept === undefined) throw new Error('nothing is remembered');
  const text = JSON.stringify({ ...JSON.parse(kept.text), taken: { 'hsm-contoso': 40 } });
  world.state.documents.set('notify-channel/ops', { ...kept, text });

  await deletions(world, 'b');

  expect(titles(world).at(-1)).toBe('Key b on HSM contoso was deleted.');
});
