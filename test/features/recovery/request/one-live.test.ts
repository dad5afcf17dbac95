/** Events of the watch: one live request for a key, and an event that was answered is answered for good. */
import { expect, it } from 'vitest';
import { Recoveries } from '../../../../src/features/recovery/request/recoveries.ts';
import { HOUR_MS, person } from '../../../support/recovery-builders.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

const WATCH = { kind: 'webhook', id: 'watch', name: 'watch' } as const;

async function deleted(): Promise<RecoveryWorld> {
  const world = await RecoveryWorld.withBackup();
  world.hsm.deleteKey('orders');
  return world;
}

/** One delivery of an event of the watch; answers with the id of the request. */
async function tell(world: RecoveryWorld, event: string): Promise<string> {
  const body = { hsm: 'contoso', key: 'orders', action: 'auto', reason: 'it will be purged' } as const;
  const recoveries = new Recoveries(world.deps());
  return (await recoveries.openForEvent(WATCH, body, event, async () => undefined)).record.id;
}

async function reject(world: RecoveryWorld, id: string): Promise<void> {
  const command = { type: 'reject', by: person('bob'), reason: 'it was compromised' } as const;
  await new Recoveries(world.deps()).command(id, command);
}

it.each([
  { name: 'read again', isKnown: false },
  { name: 'known to the index', isKnown: true },
])(
  'an event answered with a request of a person opens none after that was rejected: $name',
  async ({ isKnown }) => {
    const world = await deleted();
    const { id } = await world.ask();
    expect(await tell(world, 'e1')).toBe(id);
    await reject(world, id);
    if (isKnown) await world.reconcile();

    expect(await tell(world, 'e1')).toBe(id);
    const next = await tell(world, 'e2');

    expect(next).not.toBe(id);
    expect(world.requests).toBe(2);
  },
);

it('an event about another key is another event, though a person answered one of its id', async () => {
  const world = await deleted();
  world.hsm.createKey('payroll');
  world.hsm.deleteKey('payroll');
  const { id } = await world.ask({ key: 'payroll' });
  const body = { hsm: 'contoso', key: 'payroll', action: 'auto', reason: 'it will be purged' } as const;
  await new Recoveries(world.deps()).openForEvent(WATCH, body, 'e1', async () => undefined);
  await reject(world, id);

  expect(await tell(world, 'e1')).not.toBe(id);
});

it.each([
  { name: 'rejected', end: reject },
  { name: 'due', end: (world: RecoveryWorld) => world.clock.advance(24 * HOUR_MS) },
])('an event is not answered by a request that is $name before it is noted there', async ({ end }) => {
  const world = await deleted();
  const { id } = await world.ask();
  let reads = 0;
  // The first read looks for a live request, the second is to note the event in it.
  world.store.faults.plant({
    operation: 'read',
    subject: `recovery/${id}`,
    times: 2,
    act: async () => {
      reads += 1;
      if (reads === 2) await end(world, id);
    },
  });

  const opened = await tell(world, 'e1');

  expect(opened).not.toBe(id);
  expect(world.stored(id).events).toBeUndefined();
  expect(world.stored(opened)).toMatchObject({ state: 'requested', events: [expect.any(String)] });
});

it('a corrupt request hides no other from an event', async () => {
  const world = await deleted();
  await world.store.write({ kind: 'recovery', id: '0'.repeat(26) }, 'torn', 'absent');
  const { id } = await world.ask();
  await tell(world, 'e1');
  await reject(world, id);

  expect(await tell(world, 'e1')).toBe(id);
});
