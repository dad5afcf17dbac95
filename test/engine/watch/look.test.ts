import { describe, expect, it } from 'vitest';
import { MemoryHsm } from '../../../src/adapters/memory/memory-hsm.ts';
import { MemoryKeyService } from '../../../src/adapters/memory/memory-key-service.ts';
import { WardenError } from '../../../src/engine/errors.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, WatchWorld } from '../../support/watch-world.ts';

/** A world with one backed-up key, already looked at. */
async function settledWorld(options = {}): Promise<WatchWorld> {
  const world = new WatchWorld(options);
  world.hsm.createKey('orders');
  await world.clock.advance(MINUTE_MS);
  await world.backUp('orders');
  await world.look();
  return world;
}

describe('a look at deleted keys', () => {
  it('says nothing but its heartbeat while nothing happens', async () => {
    const world = await settledWorld();
    await world.look();

    expect(world.told).toEqual([]);
    expect(world.publisher.accepted.map(({ type }) => type)).toEqual([
      'HsmWarden.Heartbeat',
      'HsmWarden.Heartbeat',
    ]);
  });

  it('tells a deletion once, with its dates, its time left and what would bring the key back', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.look();
    await world.look();

    expect(world.told).toEqual(['KeyDeleted orders']);
    expect(world.events('HsmWarden.KeyDeleted')[0]).toMatchObject({
      subject: 'hsms/contoso/keys/orders',
      data: {
        deletedAt: '2026-11-24T12:01:00.000Z',
        scheduledPurgeAt: '2027-02-22T12:01:00.000Z',
        secondsLeft: 90 * 86_400,
        recoverable: 'recover',
        afterPurge: 'restore',
        coverage: 'complete',
        versionsCovered: 1,
        versionsKnown: 1,
        severity: 'info',
      },
    });
  });

  it('calls coverage partial when the key was rotated after its last backup', async () => {
    const world = await settledWorld();
    await world.clock.advance(MINUTE_MS);
    world.hsm.createKey('orders');
    world.hsm.deleteKey('orders');
    await world.look();

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({
      coverage: 'partial',
      versionsCovered: 1,
      versionsKnown: 2,
      severity: 'warning',
      afterPurge: 'restore',
    });
  });

  it('says that a key without a backup will be lost', async () => {
    const world = new WatchWorld();
    world.hsm.createKey('secret');
    world.hsm.deleteKey('secret');
    await world.look();

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data).toMatchObject({
      coverage: 'none',
      severity: 'high',
      afterPurge: 'lost',
    });
  });

  it('names who deleted the key when the audit log told', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    const caller = { upn: 'mallory@contoso.com', address: '203.0.113.7' };
    await world.look({ deletes: [{ key: 'orders', at: world.clock.now(), caller }] });

    expect(world.events('HsmWarden.KeyDeleted')[0]?.data.deletedBy).toEqual(caller);
  });

  it.each([
    ['just before', 30 * DAY_MS + 1, []],
    ['at', 30 * DAY_MS, ['PurgePending orders']],
    ['after', 30 * DAY_MS - 1, ['PurgePending orders']],
  ])('%s the 30-day threshold', async (_name, left, expected) => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.look();
    await world.clock.advance(90 * DAY_MS - left);

    expect(await world.during(() => world.look())).toEqual(expect.arrayContaining(expected));
    expect(world.events('HsmWarden.PurgePending')).toHaveLength(expected.length);
  });

  it('tells every threshold once over ninety days, then the purge with the backup that restores it', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    for (let hours = 0; hours <= 90 * 24; hours += 2) {
      await world.look();
      await world.clock.advance(2 * HOUR_MS);
    }
    await world.look();

    const days = world.events('HsmWarden.PurgePending').map(({ data }) => data.thresholdSeconds / 86_400);
    expect(days).toEqual([30, 14, 7, 3, 1, 0.25]);
    const [purged] = world.events('HsmWarden.KeyPurged');
    expect(purged?.data).toMatchObject({
      recoverable: 'restore',
      foundBy: 'look',
      coverage: 'complete',
      severity: 'warning',
    });
    expect(world.backups.blobs).toContain(`pinned/${purged?.data.backup?.blob}`);
    expect((await world.memory()).pins).toEqual([]);
  });

  it('tells no threshold that is as long as the whole retention', async () => {
    const world = await settledWorld({ retentionDays: 7 });
    world.hsm.deleteKey('orders');
    await world.look();

    expect(world.told).toEqual(['KeyDeleted orders']);
  });

  it('tells a recovery', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.look();
    await world.deps.keys.recoverKey('orders');
    await world.look();
    await world.look();

    expect(world.told).toEqual(['KeyDeleted orders', 'KeyRecovered orders']);
  });

  it('tells a second deletion of a recovered key as one of its own', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.look();
    await world.deps.keys.recoverKey('orders');
    await world.clock.advance(HOUR_MS);
    world.hsm.deleteKey('orders');
    await world.look();

    expect(world.told).toEqual(['KeyDeleted orders', 'KeyRecovered orders', 'KeyDeleted orders']);
  });
});

describe('a look at vanished keys', () => {
  it('tells an early purge, and that nothing can bring back a key without a backup', async () => {
    const world = new WatchWorld({ purgeProtection: false });
    world.hsm.createKey('secret');
    world.hsm.deleteKey('secret');
    await world.look();
    world.hsm.purgeKey('secret');
    await world.look();

    expect(world.told).toEqual(['KeyDeleted secret', 'PurgeProtectionOff', 'KeyPurged secret']);
    expect(world.events('HsmWarden.KeyPurged')[0]?.data).toMatchObject({
      recoverable: 'lost',
      severity: 'critical',
    });
  });

  it('finds a key that was made, backed up, deleted and purged between two looks through the catalogue', async () => {
    const world = await settledWorld();
    world.hsm.createKey('brief');
    await world.backUp('brief');
    world.hsm.deleteKey('brief');
    world.hsm.purgeKey('brief');
    await world.look();
    await world.look();

    expect(world.told).toEqual(['KeyPurged brief']);
    expect(world.events('HsmWarden.KeyPurged')[0]?.data).toMatchObject({
      foundBy: 'catalogue',
      recoverable: 'restore',
    });
  });

  it('finds a key that was made, deleted and purged between two looks through the audit log', async () => {
    const world = await settledWorld();
    world.hsm.createKey('brief');
    world.hsm.deleteKey('brief');
    world.hsm.purgeKey('brief');
    const purges = [{ key: 'brief', at: world.clock.now(), caller: { upn: 'mallory@contoso.com' } }];
    await world.look({ purges });
    await world.look({ purges });

    expect(world.told).toEqual(['KeyPurged brief']);
    expect(world.events('HsmWarden.KeyPurged')[0]?.data).toMatchObject({
      foundBy: 'audit-log',
      recoverable: 'lost',
      purgedBy: { upn: 'mallory@contoso.com' },
    });
  });

  it('does not tell a purge again when its audit record comes ten minutes later', async () => {
    const world = await settledWorld({ purgeProtection: false });
    world.hsm.deleteKey('orders');
    await world.look();
    const at = world.clock.now();
    world.hsm.purgeKey('orders');
    await world.look();
    await world.clock.advance(10 * MINUTE_MS);
    const told = await world.during(() => world.look({ purges: [{ key: 'orders', at, caller: {} }] }));

    expect(told).toEqual([]);
  });

  it('tells the purge of a key whose name is in use again, and does not count the old backup for the new key', async () => {
    const world = await settledWorld({ purgeProtection: false });
    await world.clock.advance(MINUTE_MS);
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    world.hsm.createKey('orders');
    await world.look();
    expect(world.told).toEqual(['PurgeProtectionOff', 'KeyPurged orders']);

    await world.clock.advance(2 * HOUR_MS);
    expect(await world.during(() => world.look())).toEqual(['KeyUnprotected orders']);
  });

  it('takes a restored key for what it is: the backups are its own', async () => {
    const world = await settledWorld({ purgeProtection: false });
    world.hsm.deleteKey('orders');
    await world.look();
    world.hsm.purgeKey('orders');
    await world.look();
    const [blob = ''] = world.backups.blobs;
    await world.deps.keys.restoreKey(await world.backups.read(blob));
    await world.clock.advance(2 * HOUR_MS);

    expect(await world.during(() => world.look())).toEqual([]);
  });

  it('says nothing of a key that moves between the two lists while they are read', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.look();
    world.hsm.faults.plant({
      operation: 'listDeletedKeys',
      act: async () => void (await world.deps.keys.recoverKey('orders')),
    });

    expect(await world.during(() => world.look())).toEqual(['KeyRecovered orders']);
  });

  it('says nothing of a key that moves between the direct reads', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.look();
    const key = world.hsm.deleted.get('orders');
    world.hsm.faults.plant({
      operation: 'listDeletedKeys',
      act: () => void world.hsm.deleted.delete('orders'),
    });
    world.hsm.faults.plant({
      operation: 'getKey',
      act: () => {
        if (key !== undefined) world.hsm.deleted.set('orders', key);
      },
    });

    expect(await world.during(() => world.look())).toEqual([]);
  });

  it.each(['hsm-throttled', 'hsm-unavailable', 'hsm-answer-unexpected'] as const)(
    'concludes nothing from %s on a direct read, and looks again',
    async (code) => {
      const world = await settledWorld({ purgeProtection: false });
      world.hsm.deleteKey('orders');
      await world.look();
      world.hsm.purgeKey('orders');
      world.hsm.faults.fail('getDeletedKey', new WardenError(code, { message: 'planted' }), { times: 2 });

      expect(await world.during(() => world.look())).toEqual([]);
      expect(await world.during(() => world.look())).toEqual(['KeyPurged orders']);
    },
  );

  it('keeps the pin for the next look when the store does not answer', async () => {
    const world = await settledWorld({ purgeProtection: false });
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    world.backups.faults.fail('pin', new WardenError('storage-unavailable', { message: 'planted' }));
    await world.look();
    expect(world.backups.blobs).toHaveLength(1);
    await world.look();

    expect(world.backups.blobs.filter((blob) => blob.startsWith('pinned/'))).toHaveLength(1);
  });
});

describe('a topic that does not accept', () => {
  it('loses nothing and keeps the order: deleted, recovered and deleted again while it was down', async () => {
    const world = await settledWorld();
    world.publisher.faults.fail('publish', new WardenError('topic-unreachable', { message: 'down' }), {
      times: 6,
    });
    world.hsm.deleteKey('orders');
    await world.look();
    await world.deps.keys.recoverKey('orders');
    await world.look();
    await world.clock.advance(HOUR_MS);
    world.hsm.deleteKey('orders');
    await world.look();
    expect(world.told).toEqual([]);
    await world.look();

    expect(world.told).toEqual(['KeyDeleted orders', 'KeyRecovered orders', 'KeyDeleted orders']);
    expect((await world.memory()).outbox).toEqual([]);
  });

  it('publishes again with the same id after a death between acceptance and remembering it', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    world.state.faults.fail('write', new Error('killed'), { subject: 'watch/contoso', after: 1 });
    await expect(world.look()).rejects.toThrow('killed');
    await world.look();

    const ids = world.publisher.accepted.filter(({ type }) => type === 'HsmWarden.KeyDeleted');
    expect(ids).toHaveLength(2);
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
  });

  it('sets a refused event aside, for a person to see, and goes on with the others', async () => {
    const world = await settledWorld();
    world.hsm.createKey('second');
    await world.backUp('second');
    world.hsm.deleteKey('orders');
    world.hsm.deleteKey('second');
    const refusal = new WardenError('topic-refused', { message: 'planted' });
    world.publisher.faults.fail('publish', refusal, { times: 2 });
    await world.look();

    expect(world.told).toHaveLength(1);
    const memory = await world.memory();
    expect(memory.outbox).toEqual([]);
    expect(memory.refused).toHaveLength(1);
    expect(world.logger.lines.filter(({ message }) => message.includes('refused'))).toHaveLength(1);
  });
});

describe('an HSM that does not answer', () => {
  it.each(['hsm-unreachable', 'hsm-token-unavailable'] as const)(
    '(%s) is told once, after it has been silent for the set time, with a heartbeat that says so',
    async (code) => {
      const world = await settledWorld();
      const error = new WardenError(code, { message: 'no route' });
      world.hsm.faults.fail('listKeys', error, { times: 6 });
      const first = await world.look();
      expect(first.ok).toBe(false);
      await world.clock.advance(10 * MINUTE_MS);
      await world.look();
      await world.look();

      expect(world.told).toEqual(['HsmUnreachable']);
      const beats = world.publisher.accepted.filter(({ type }) => type === 'HsmWarden.Heartbeat');
      expect(beats.map(({ data }) => 'ok' in data && data.ok)).toEqual([true, false, false, false]);
    },
  );

  it('is told anew when it falls silent again', async () => {
    const world = await settledWorld();
    world.policy = { ...world.policy, unreachableAfterMs: 0 };
    const error = new WardenError('hsm-unreachable', { message: 'no route' });
    for (let round = 1; round <= 2; round += 1) {
      world.hsm.faults.fail('listKeys', error, { times: 2 });
      await world.look();
      await world.clock.advance(HOUR_MS);
      await world.look();
    }

    expect(world.told).toEqual(['HsmUnreachable', 'HsmUnreachable']);
    expect(new Set(world.events('HsmWarden.HsmUnreachable').map(({ id }) => id)).size).toBe(2);
  });
});

describe('two looks at once', () => {
  it('tell everything once: the slower one begins anew', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    world.hsm.faults.plant({ operation: 'listDeletedKeys', act: async () => void (await world.look()) });
    await world.look();
    await world.look();

    expect(world.told).toEqual(['KeyDeleted orders']);
    expect(world.publisher.accepted.filter(({ type }) => type === 'HsmWarden.KeyDeleted')).toHaveLength(1);
  });
});

describe('a refused use of a deleted key', () => {
  const caller = { appId: 'app-1' };
  const use = (key: string, at: number, operation = 'KeyDecrypt') => ({
    key,
    at,
    operation,
    httpStatus: 404,
    caller,
  });

  it('is told with caller and time, once an hour for the same caller and operation', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.look();
    const at = world.clock.now();
    await world.look({ uses: [use('orders', at), use('orders', at + 5)] });
    await world.look({ uses: [use('orders', at)] });
    await world.look({ uses: [use('orders', at + HOUR_MS)] });

    expect(world.events('HsmWarden.KeyUsedWhileDeleted').map(({ data }) => data.usedAt)).toEqual([
      '2026-11-24T12:01:00.000Z',
      '2026-11-24T13:01:00.000Z',
    ]);
    expect(world.events('HsmWarden.KeyUsedWhileDeleted')[0]?.data).toMatchObject({
      caller,
      operation: 'KeyDecrypt',
      severity: 'high',
    });
  });

  it('is no news when the key was used before it was deleted, or is active', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.look({
      uses: [use('orders', world.clock.now() - MINUTE_MS), use('other', world.clock.now())],
    });

    expect(world.told).toEqual(['KeyDeleted orders']);
  });
});

describe('an HSM out of reach', () => {
  it('does not silence the countdown of a key that is known to be deleted', async () => {
    const world = new WatchWorld({ retentionDays: 8 });
    world.hsm.createKey('orders');
    await world.look();
    world.hsm.deleteKey('orders');
    await world.look();
    world.hsm.faults.fail('listKeys', world.fault('hsm-unreachable'), { times: 1_000 });
    await world.clock.advance(2 * DAY_MS);
    await world.look();
    await world.look();

    expect(world.told).toEqual(['KeyDeleted orders', 'PurgePending orders']);
    expect(world.events('HsmWarden.PurgePending')[0]?.data.severity).toBe('high');
  });
});

describe('a key restored here from another HSM', () => {
  /** Looked at every quarter of an hour; the key comes, two hours old, after a look. */
  async function withOldKey(): Promise<WatchWorld> {
    const world = await settledWorld();
    const other = new MemoryHsm({ name: 'fabrikam', purgeProtection: true, clock: world.clock });
    other.createKey('mail-dkim');
    await world.clock.advance(2 * HOUR_MS);
    await world.look();
    const backup = await new MemoryKeyService(other).backupKey('mail-dkim');
    await new MemoryKeyService(world.hsm).restoreKey(backup);
    return world;
  }

  it('is not called unprotected before it could have been backed up here', async () => {
    const world = await withOldKey();
    await world.look();
    await world.backUp('mail-dkim');
    await world.clock.advance(HOUR_MS);
    await world.look();

    expect(world.told).toEqual([]);
  });

  it.each([
    ['just before', HOUR_MS - 1, []],
    ['at', HOUR_MS, ['KeyUnprotected mail-dkim']],
  ])('without a backup, %s an hour after the last look without it', async (_name, age, told) => {
    const world = await withOldKey();
    await world.look();
    await world.clock.advance(age);
    await world.look();

    expect(world.told).toEqual(told);
  });
});
