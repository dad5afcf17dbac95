import { afterEach, beforeEach, expect, test } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { bytesOf, damage, hsmBut, plant } from '../../support/drill-faults.ts';
import { DrillWorld } from '../../support/drill-world.ts';

let world: DrillWorld;

beforeEach(async () => {
  world = await DrillWorld.withTwoKeys();
});
afterEach(() => world.close());

const ORDERS = 'hsms/contoso/keys/orders';
const DUE = { kind: 'due' as const };
const failedKeys = () =>
  world.sink.accepted.flatMap(({ type, subject }) => (type === 'HsmWarden.DrillFailed' ? [subject] : []));

test('a failure is reported, and the run ends, though no fresh backup can be asked for; the next run asks', async () => {
  await damage(world, 'orders');
  const askBackup = async () => {
    throw new WardenError('storage-forbidden', { message: 'The queue may not be used.' });
  };

  expect(await world.run({}, { ...world.deps(), askBackup })).toMatchObject({ failed: 1 });

  expect(failedKeys()).toEqual([ORDERS]);
  expect(world.logger.lines.map(({ message }) => message)).toContain('no fresh backup could be asked for');
  await world.run({ runId: 'run-2', what: DUE }, undefined, { nightly: false });
  expect(world.asked).toEqual(['contoso/orders']);
});

test('a run has ended though its lease cannot be given back', async () => {
  world.leases.faults.fail('release', new WardenError('storage-unavailable', { message: 'No answer.' }));

  expect(await world.run()).toMatchObject({ failed: 0 });
  expect(world.logger.lines).toContainEqual(
    expect.objectContaining({ message: 'the lease could not be given back and lapses by itself' }),
  );
});

test('a run says what stopped it, also when its lease cannot be given back', async () => {
  const stopped = hsmBut(world.hsm, { listKeys: () => Promise.reject(new Error('killed')) });
  world.leases.faults.fail('release', new WardenError('storage-unavailable', { message: 'No answer.' }));

  await expect(world.run({}, world.deps(stopped))).rejects.toThrow('killed');
});

test('a failure is reported though the process dies before the end of its run', async () => {
  await damage(world, 'orders');
  const real = world.hsm;
  let lists = 0;
  const dying = hsmBut(real, {
    // The list at the beginning is answered; the one at the end, when all keys have their results, is not.
    listKeys: async (...args) => {
      lists += 1;
      if (lists > 1) throw new Error('killed');
      return real.keys.listKeys(...args);
    },
  });
  await expect(world.run({}, world.deps(dying), { nightly: false })).rejects.toThrow('killed');
  expect(failedKeys()).toEqual([]);

  expect(await world.run()).toMatchObject({ failed: 1 });

  expect(failedKeys()).toEqual([ORDERS]);
  expect(world.asked).toEqual(['contoso/orders']);
});

test('a proven key whose newer recovery point fails waits for a fresh backup, and that is drilled within the hour', async () => {
  const hourly = (runId: string) => world.run({ runId, what: DUE }, undefined, { nightly: false });
  await world.run();
  await damage(world, 'orders');
  expect(await world.run({ runId: 'run-2' })).toMatchObject({ failed: 1 });

  expect(await hourly('run-3')).toMatchObject({ planned: 0 });
  await damage(world, 'orders');

  expect(await hourly('run-4')).toMatchObject({ planned: 1, failed: 1 });
});

test('one recovery point that fails again each night is reported once, and one fresh backup is asked for', async () => {
  await damage(world, 'orders');
  await world.run();

  expect(await world.run({ runId: 'run-2', what: DUE }, undefined, { nightly: false })).toMatchObject({
    planned: 0,
  });
  expect(await world.run({ runId: 'run-3', what: DUE })).toMatchObject({ failed: 1 });

  expect(failedKeys()).toEqual([ORDERS]);
  expect(world.asked).toEqual(['contoso/orders']);
});

test('a key that failed is reported once more, as brought back, when a drill proves its fresh backup', async () => {
  const proofs = () =>
    world.sink.accepted.flatMap(({ type, subject }) => (type === 'HsmWarden.DrillProven' ? [subject] : []));
  const good = await bytesOf(world, 'orders');
  await damage(world, 'orders');
  await world.run();
  await world.run({ runId: 'run-2' });
  expect(proofs()).toEqual([]);

  await plant(world, 'orders', good);
  await world.run({ runId: 'run-3' });
  await world.run({ runId: 'run-4' });

  expect(proofs()).toEqual([ORDERS]);
});

test('a symmetric key that is enrolled after its drill is drilled within the hour, once', async () => {
  const hourly = (runId: string) => world.run({ runId, what: DUE }, undefined, { nightly: false });
  await world.client.createOctKey('data', { keySize: 256 });
  await world.backUp();
  expect(await world.run()).toMatchObject({ proven: 2, metadataOnly: 1 });
  expect(await hourly('run-2')).toMatchObject({ planned: 0 });

  await world.enroll('data');

  expect(await hourly('run-3')).toMatchObject({ planned: 1, proven: 1 });
  expect(await hourly('run-4')).toMatchObject({ planned: 0 });
});
