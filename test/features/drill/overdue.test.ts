import { afterEach, beforeEach, expect, test } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts';
import { hsmBut } from '../../support/drill-faults.ts';
import { DrillWorld } from '../../support/drill-world.ts';

let world: DrillWorld;

beforeEach(async () => {
  world = await DrillWorld.start();
  await world.client.createEcKey('orders');
  await world.backUp();
});
afterEach(() => world.close());

const LATER = Date.now() + 31 * DAY_MS + HOUR_MS;
const later = () => ({ ...world.deps(), clock: { ...world.clock, now: () => LATER } });
const overdue = () =>
  world.sink.accepted.flatMap(({ type, data }) => (type === 'HsmWarden.DrillOverdue' ? [data] : []));

test('a run that may not begin says which keys are overdue', async () => {
  world.changes = { readProperties: async () => ({ kind: 'unreadable', why: 'no right' }) };
  expect((await world.run({}, later())).refused).toHaveLength(1);
  expect(overdue()).toMatchObject([{ hsm: 'contoso', keys: 1, named: ['orders'], oldestDays: 31 }]);
});

test('a run that fails on its way says which keys are overdue', async () => {
  const failing = hsmBut(world.hsm, {
    restoreKey: async () => {
      throw new Error('a defect');
    },
  });
  const deps = later();
  await expect(world.run({}, { ...deps, site: { ...deps.site, hsm: failing } })).rejects.toThrow('a defect');
  expect(overdue()).toMatchObject([{ hsm: 'contoso', keys: 1 }]);
});

test('that all keys are proven in time again is reported once', async () => {
  const caughtUp = () => world.sink.accepted.filter(({ type }) => type === 'HsmWarden.DrillCaughtUp');
  world.changes = { readProperties: async () => ({ kind: 'unreadable', why: 'no right' }) };
  await world.run({}, later());
  expect([overdue().length, caughtUp().length]).toEqual([1, 0]);

  world.changes = {};
  await world.run({ runId: 'run-2' }, later());
  await world.run({ runId: 'run-3' }, later());

  expect(caughtUp().map(({ data }) => data)).toMatchObject([{ hsm: 'contoso', everyDays: 30 }]);
});

test('nothing is said to have caught up that was never overdue', async () => {
  await world.run({});
  expect(world.sink.accepted.map(({ type }) => type)).toEqual(['HsmWarden.DrillEnded']);
});

test('a run ends with high severity when a key is blocked, or a copy stays', async () => {
  const ended = () => world.sink.accepted.findLast(({ type }) => type === 'HsmWarden.DrillEnded')?.data;
  const forbidden = async () => {
    throw new WardenError('hsm-forbidden', { message: 'The right is missing.' });
  };
  await world.run({}, world.deps(hsmBut(world.hsm, { restoreKey: forbidden })));
  expect(ended()).toMatchObject({ severity: 'high', blocked: 1 });
  await world.run({ runId: 'run-2' }, world.deps(hsmBut(world.hsm, {}, { deleteKey: forbidden })));
  expect(ended()).toMatchObject({ severity: 'high', residue: 1 });
  await world.run({ runId: 'run-3' });
  expect(ended()).toMatchObject({ severity: 'info', blocked: 0, residue: 0 });
});

test('what is wrong all day is reported once a day', async () => {
  world.changes = { readProperties: async () => ({ kind: 'unreadable', why: 'no right' }) };
  await world.run({}, later());
  await world.run({ runId: 'run-2' }, later());
  expect(world.sink.accepted.map(({ type }) => type)).toEqual([
    'HsmWarden.DrillRefused',
    'HsmWarden.DrillOverdue',
  ]);
  expect([...world.sink.counts.values()]).toEqual([1, 1]);
});

test('the log says how old the oldest missing proof is, and how long a restore takes', async () => {
  const ended = () =>
    world.logger.lines.findLast(({ message }) => message.startsWith('drills ended'))?.fields;
  await world.run();
  expect(ended()).toMatchObject({
    oldestUnprovenSeconds: 0,
    restoreP50Ms: expect.any(Number),
    restoreP95Ms: expect.any(Number),
  });

  await world.run(
    { runId: 'later', what: { kind: 'due' } },
    { ...later(), site: { ...world.deps().site, hsm: mute() } },
  );
  expect(ended()).toMatchObject({ blocked: 1, oldestUnprovenSeconds: expect.any(Number) });
  expect(Number(ended()?.oldestUnprovenSeconds)).toBeGreaterThan((30 * DAY_MS) / 1000);
});

/** The drill HSM without the right to restore. */
function mute() {
  return hsmBut(world.hsm, {
    restoreKey: async () => {
      throw new WardenError('hsm-forbidden', { message: 'The right to restore is missing.' });
    },
  });
}
