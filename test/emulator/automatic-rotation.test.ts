// Time passes, and keys are rotated as their policies want it.
import { afterEach, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import { API, raw } from './support/emulator.ts';

const DAY_MS = 86_400_000;
let emulator: Emulator;

afterEach(() => emulator.close());

async function keyWithPolicy(name: string, trigger: object, body: object = {}): Promise<void> {
  await raw(emulator, 'POST', `/keys/${name}/create?${API}`, { body: { kty: 'EC', ...body } });
  const policy = {
    attributes: { expiryTime: 'P90D' },
    lifetimeActions: [{ action: { type: 'Rotate' }, trigger }],
  };
  const set = await raw(emulator, 'PUT', `/keys/${name}/rotationpolicy?${API}`, { body: policy });
  if (set.status !== 200) throw new Error(set.text);
}

const created = (name: string) => emulator.state.key(name)?.versions.map((version) => version.created) ?? [];

test('a key gets its next version when it is due, not before', async () => {
  emulator = await startEmulator();
  await keyWithPolicy('orders', { timeAfterCreate: 'P30D' }, { tags: { team: 'sales' }, key_ops: ['sign'] });
  const [first = 0] = created('orders');
  await emulator.advanceClock(30 * DAY_MS - 60_000);
  expect(created('orders')).toHaveLength(1);
  await emulator.advanceClock(60_000);
  expect(created('orders')).toEqual([first, first + (30 * DAY_MS) / 1000]);
  expect(emulator.state.key('orders')?.versions[1]).toMatchObject({
    exp: first + (120 * DAY_MS) / 1000,
    keyOps: ['sign'],
    tags: { team: 'sales' },
    enabled: true,
  });
});

test('a clock that is moved by a year owes a key every version in between', async () => {
  emulator = await startEmulator();
  await keyWithPolicy(
    'orders',
    { timeBeforeExpiry: 'P30D' },
    {
      attributes: { exp: Math.floor(Date.now() / 1000) + 40 * 86_400 },
    },
  );
  await keyWithPolicy('other', { timeAfterCreate: 'P300D' });
  await emulator.advanceClock(365 * DAY_MS);
  const [first = 0, ...later] = created('orders');
  const days = later.map((at) => Math.round((at - first) / 86_400));
  expect(days).toEqual([10, 70, 130, 190, 250, 310]);
  expect(created('other')).toHaveLength(2);
});

test('a key at the limit of versions stays as it is, and the others are rotated', async () => {
  const faults: unknown[] = [];
  emulator = await startEmulator({ reportFault: (error) => faults.push(error) });
  await keyWithPolicy('full', { timeAfterCreate: 'P30D' });
  await keyWithPolicy('orders', { timeAfterCreate: 'P30D' });
  await emulator.advanceClock(101 * 30 * DAY_MS);
  expect([created('full').length, created('orders').length]).toEqual([100, 100]);
  expect(faults).toHaveLength(2);
});
