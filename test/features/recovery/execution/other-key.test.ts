/** A restore that brings back another key than the approved one: named at once, as loudly as can be, and never more than once. */

import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../../src/core/errors.ts';
import type { KeyDetail } from '../../../../src/core/model/key.ts';
import type { KeyService } from '../../../../src/core/ports.ts';
import { sha256Hex } from '../../../../src/core/sha256.ts';
import { CLAIM_MS } from '../../../../src/features/recovery/execution/execute.ts';
import { KillSwitch } from '../../../support/kill-switch.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

/** Two purged keys, orders and payroll; the newest blob of orders holds the bytes of payroll's backup. */
async function planted() {
  const world = await RecoveryWorld.withBackup();
  const payroll = world.hsm.createKey('payroll');
  const { bytes } = await world.backups.fetch(await world.backUp('payroll'));
  const [orders] = await world.all('orders');
  for (const key of ['orders', 'payroll']) {
    world.hsm.deleteKey(key);
    world.hsm.purgeKey(key);
  }
  const capturedAt = world.clock.now();
  const record = { ...orders.record, capturedAt, sha256: sha256Hex(bytes), bytes: bytes.length };
  await world.backups.put(record, bytes);
  return { world, payroll: payroll.versions.map(({ version, thumbprint }) => ({ version, thumbprint })) };
}

/** The HSMs of `world`, whose answers to a restore `change` makes others of. */
function answering(world: RecoveryWorld, change: (answer: KeyDetail) => KeyDetail) {
  return (name: string): KeyService =>
    new Proxy(world.keysOf(name), {
      get(keys, member) {
        if (member === 'restoreKey') return async (bytes: Uint8Array) => change(await keys.restoreKey(bytes));
        const found: unknown = Reflect.get(keys, member, keys);
        return typeof found === 'function' ? found.bind(keys) : found;
      },
    });
}

describe('a backup that holds another key than its record says', () => {
  it('restored, is named with its versions in the record, the audit log and a critical event', async () => {
    const { world, payroll } = await planted();
    const { id } = await world.approved();
    const backedUp = world.backups.blobs.length;

    expect(await world.deliver(id)).toBe('ended');

    const { state, outcome } = world.stored(id);
    expect(state).toBe('restored-other-key');
    expect(outcome).toMatchObject({
      result: 'restored-other-key',
      code: 'restored-other-key',
      step: 'restore',
      returned: { hsm: 'contoso', key: 'payroll', versions: payroll },
      message: expect.stringContaining(`the key payroll (version ${payroll[0]?.version}) came back`),
      advice: expect.stringContaining('delete it'),
    });
    expect(outcome).not.toHaveProperty('verified');
    const last = JSON.parse(world.auditStore.lines.at(-1) ?? '');
    expect(last).toMatchObject({ event: 'recovery-restored-other-key', code: 'restored-other-key' });
    expect(last.detail).toContain('the key payroll');
    expect(world.topic.accepted.at(-1)).toMatchObject({
      type: 'HsmWarden.RecoveryRestoredOtherKey',
      data: { recoveryId: id, severity: 'critical', detail: expect.stringContaining('delete it') },
    });
    expect(world.backups.blobs).toHaveLength(backedUp);
  });

  it('is restored once: no later delivery does it again', async () => {
    const { world } = await planted();
    const { id } = await world.approved();

    await world.deliver(id);
    world.hsm.deleteKey('payroll');
    world.hsm.purgeKey('payroll');
    await world.clock.advance(CLAIM_MS);

    expect(await world.deliver(id)).toBe('nothing-to-do');
    expect(world.hsm.calls.filter((call) => call === 'restoreKey')).toHaveLength(1);
  });

  it('is reported although the worker died right after the restore', async () => {
    const { world } = await planted();
    const { id } = await world.approved();
    const dying = new KillSwitch(1, true, 'restoreKey').wrapAll(world.deps(), world.topic);
    await expect(world.deliver(id, dying)).rejects.toThrow('killed');
    await world.clock.advance(CLAIM_MS);

    await world.deliver(id);

    expect(world.stored(id)).toMatchObject({
      state: 'restored-other-key',
      outcome: { message: expect.stringContaining('another key may have come back') },
    });
    expect(world.hsm.active.has('orders')).toBe(false);
  });

  it('is reported although the answer of the HSM was lost', async () => {
    const { world } = await planted();
    const { id } = await world.approved();
    const lost = new WardenError('hsm-unreachable', { message: 'the connection broke' });
    await world.deliver(id, {
      ...world.deps(),
      keysOf: answering(world, () => {
        throw lost;
      }),
    });

    expect(world.stored(id).state).toBe('restored-other-key');
  });

  it('fails when that other key is there already: nothing came back', async () => {
    const { world } = await planted();
    const { id } = await world.approved();
    world.hsm.createKey('payroll');

    await world.deliver(id);

    expect(world.stored(id)).toMatchObject({
      state: 'failed',
      outcome: {
        code: 'key-name-conflict',
        message: expect.stringContaining('though it has no key orders'),
      },
    });
  });
});

describe('a key of the approved name with other versions', () => {
  it('that this request restored is another key: named, not backed up', async () => {
    const world = await RecoveryWorld.withBackup();
    const [real] = await world.all('orders');
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    await world.clock.advance(600_000);
    const impostor = world.hsm.createKey('orders');
    const { bytes } = await world.backups.fetch(await world.backUp('orders'));
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    const record = {
      ...real.record,
      capturedAt: world.clock.now(),
      sha256: sha256Hex(bytes),
      bytes: bytes.length,
    };
    const { blob } = await world.backups.put(record, bytes);
    const { id } = await world.approved({ backup: blob });
    const backedUp = world.backups.blobs.length;

    await world.deliver(id);

    const [version] = impostor.versions.map(({ version, thumbprint }) => ({ version, thumbprint }));
    expect(world.stored(id)).toMatchObject({
      state: 'restored-other-key',
      outcome: { step: 'verify', returned: { key: 'orders', versions: [version] } },
    });
    expect(world.backups.blobs).toHaveLength(backedUp);
  });

  it.each([
    ['the name in another letter case', (name: string) => name.toUpperCase(), 'succeeded'],
    ['another name', (name: string) => `${name}-2`, 'restored-other-key'],
  ] as const)('%s in the answer of the HSM', async (_, change, state) => {
    const world = await RecoveryWorld.withPurgedKey();
    const { id } = await world.approved();
    const keysOf = answering(world, (answer) => ({ ...answer, name: change(answer.name) }));

    await world.deliver(id, { ...world.deps(), keysOf });

    expect(world.stored(id).state).toBe(state);
  });
});
