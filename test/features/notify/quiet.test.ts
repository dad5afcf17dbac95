/** What does not last is over when nothing is heard of it for a week; what lasts stays. */
import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts';
import { aDeletion, SAMPLE_AT, SAMPLES } from '../../support/notify-samples.ts';
import { anEntry, NotifyWorld } from '../../support/notify-world.ts';

function aSample(name: string, at: number) {
  const event = SAMPLES.get(name);
  if (event === undefined) throw new Error(`no sample ${name}`);
  return { ...event, id: `${event.id}-${at}`, time: new Date(at).toISOString() };
}

/** A world in which nothing is repeated, so that days pass quickly, and days in it. */
function aWorld() {
  const world = new NotifyWorld([anEntry()], { repeatHours: {} });
  const pass = async (ms: number) => {
    await world.clock.advance(ms);
    await world.tick();
  };
  const openNow = async (hsm: string | undefined) =>
    Object.values((await world.incidentsOf(hsm)).threads).filter(({ closedAt }) => closedAt === undefined);
  return { world, pass, openNow };
}

it.each([
  [7 * DAY_MS - HOUR_MS, 1],
  [7 * DAY_MS + HOUR_MS, 0],
])('of a report that does not last, %i ms after its message, %i are open', async (ms, count) => {
  const { world, pass, openNow } = aWorld();
  await world.happen(aSample('backups-unsealed', SAMPLE_AT));
  await pass(ms);

  expect(await openNow('contoso')).toHaveLength(count);
});

it('is open as long as it is reported again, and then a new incident', async () => {
  const { world, pass } = aWorld();
  for (const day of [0, 5, 10, 20]) {
    await pass(Math.max(0, SAMPLE_AT + day * DAY_MS - world.clock.now()));
    await world.happen(aSample('drill-overdue', world.clock.now()));
    await world.tick();
  }

  expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'update', 'update', 'new']);
  expect(new Set(world.accepted().map(({ thread }) => thread)).size).toBe(2);
});

it('is forgotten a week after it was closed', async () => {
  const { world, pass } = aWorld();
  await world.happen(aSample('backups-unsealed', SAMPLE_AT));
  await pass(8 * DAY_MS);
  await pass(8 * DAY_MS);

  expect((await world.incidentsOf('contoso')).threads).toEqual({});
});

it('what lasts is never closed by silence', async () => {
  const { world, pass, openNow } = aWorld();
  await world.happen(aDeletion('orders', { severity: 'high' }));
  await pass(60 * DAY_MS);

  expect(await openNow('contoso')).toHaveLength(1);
});

it('an end that comes later is said in the same thread', async () => {
  const { world, pass } = aWorld();
  await world.happen(aSample('recovery-gate-disarmed', SAMPLE_AT));
  await pass(8 * DAY_MS);
  await world.happen(aSample('recovery-gate-rearmed', world.clock.now()));
  await world.tick();

  expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'resolved']);
  expect(new Set(world.accepted().map(({ thread }) => thread)).size).toBe(1);
});

it('keys that no drill had proven in time are over when the drills have caught up, not by silence', async () => {
  const { world, pass } = aWorld();
  await world.happen(aSample('drill-overdue', SAMPLE_AT));
  await pass(2 * DAY_MS);
  await world.happen(aSample('drill-caught-up', world.clock.now()));
  await world.tick();

  expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'resolved']);
  expect(new Set(world.accepted().map(({ thread }) => thread)).size).toBe(1);
});

it('a damaged backup without another good one is over when the key has a backup again', async () => {
  const { world, pass, openNow } = aWorld();
  const { id = '' } = SAMPLES.get('backup-damaged') ?? {};
  await world.happen({ ...aSample('backup-damaged', SAMPLE_AT), id });
  await pass(30 * DAY_MS);
  expect(await openNow('contoso')).toHaveLength(1);
  const { id: end = '' } = SAMPLES.get('backup-replaced') ?? {};
  await world.happen({ ...aSample('backup-replaced', world.clock.now()), id: end });
  await world.tick();

  expect(world.accepted().map(({ kind }) => kind)).toEqual(['new', 'resolved']);
  expect(await openNow('contoso')).toEqual([]);
});
