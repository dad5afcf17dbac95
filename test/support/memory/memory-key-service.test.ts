/** The in-memory HSM keeps the contract that the real one keeps, and does what tests ask of it besides. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { describeKeyService } from '../../contract/key-service.ts';
import { failureOf } from '../errors.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryHsm } from './memory-hsm.ts';
import { MemoryKeyService } from './memory-key-service.ts';

const DAY_MS = 86_400_000;

describeKeyService('MemoryKeyService', async () => {
  const clock = new ManualClock();
  const hsm = new MemoryHsm({ clock, retentionDays: 7 });
  const sibling = new MemoryHsm({ clock, name: 'sibling' });
  const stranger = new MemoryHsm({ clock, name: 'stranger', securityDomain: 'domain-2' });
  return {
    service: new MemoryKeyService(hsm),
    sibling: new MemoryKeyService(sibling),
    stranger: new MemoryKeyService(stranger),
    createKey: async (name, key) => void hsm.createKey(name, key),
    deleteKey: async (name) => hsm.deleteKey(name),
    purgeKey: async (name) => hsm.purgeKey(name),
  };
});

describe('MemoryHsm', () => {
  it.each([
    ['one millisecond before', 7 * DAY_MS - 1, 1],
    ['at', 7 * DAY_MS, 0],
    ['after', 7 * DAY_MS + 1, 0],
  ])('holds a soft-deleted key until the retention ends: %s its end', async (_when, ms, left) => {
    const clock = new ManualClock();
    const hsm = new MemoryHsm({ clock, retentionDays: 7 });
    hsm.createKey('orders');
    hsm.deleteKey('orders');

    await clock.advance(ms);

    expect((await new MemoryKeyService(hsm).listDeletedKeys()).items).toHaveLength(left);
  });

  it('fails the call a test names, as often as it says, and logs every call', async () => {
    const hsm = new MemoryHsm({ clock: new ManualClock() });
    const service = new MemoryKeyService(hsm);
    hsm.createKey('a');
    hsm.createKey('b');
    hsm.faults.fail('backupKey', new WardenError('hsm-throttled', { message: 'slow down' }), {
      subject: 'b',
      after: 1,
    });

    await service.backupKey('a');
    await service.backupKey('b');
    const error = await failureOf(service.backupKey('b'));
    await service.backupKey('b');

    expect(error.code).toBe('hsm-throttled');
    expect(hsm.calls).toEqual(['backupKey a', 'backupKey b', 'backupKey b', 'backupKey b']);
  });

  it('moves a key as it was updated, and only then', async () => {
    const clock = new ManualClock();
    const hsm = new MemoryHsm({ clock });
    hsm.createKey('orders');
    const before = (await new MemoryKeyService(hsm).listKeys()).items[0]?.attributes;
    await clock.advance(1500);
    hsm.updateKey('orders', { enabled: false });

    const after = (await new MemoryKeyService(hsm).listKeys()).items[0]?.attributes;

    expect(after).toEqual({ ...before, enabled: false, updatedAt: clock.now() - 500 });
  });
});
