/** A backup of another key, planted under the name of a lost one: never chosen automatically, never called verified. */
import { describe, expect, it } from 'vitest';
import type { BackupRecord } from '../../../../src/core/model/backup-record.ts';
import { KillSwitch } from '../../../support/kill-switch.ts';
import { RecoveryWorld } from '../../../support/recovery-world.ts';

/** The key orders is lost; the newest backup under its name is a real one of somebody else's key of that name. */
async function planted(
  change: (record: BackupRecord, real: BackupRecord) => BackupRecord = (record) => record,
) {
  const world = await RecoveryWorld.withPurgedKey();
  const [real] = await world.all('orders');
  // On the second HSM, which shares the security domain, anybody may have made a key of the name.
  world.second.createKey('orders');
  const bytes = await world.keysOf('contoso-dr').backupKey('orders');
  const { version, thumbprint } = await world.keysOf('contoso-dr').getKey('orders');
  const record = {
    ...real.record,
    capturedAt: world.clock.now(),
    sha256: world.sha256(bytes),
    bytes: bytes.length,
    versions: [{ version, ...(thumbprint === undefined ? {} : { thumbprint }) }],
  };
  const { blob } = await world.backups.put(change(record, real.record), bytes);
  await world.clock.advance(60_000);
  return { world, blob, real, version };
}

describe('a planted backup', () => {
  it('is passed over for the real one, and approvers are informed before they approve', async () => {
    const { world, blob, real } = await planted();

    const record = await world.approved();
    await world.deliver(record.id);

    expect(record.operation.backup?.blob).toBe(real.blob);
    expect(record.preflight.join(' ')).toContain(`The backup ${blob} was not chosen`);
    expect(world.stored(record.id)).toMatchObject({ state: 'succeeded', outcome: { verified: 2 } });
  });

  it('is restored only when it is named, with a warning, and nothing of it counts as verified', async () => {
    const { world, blob, version } = await planted();

    const record = await world.approved({ backup: blob });
    await world.deliver(record.id);

    expect(record.preflight.join(' ')).toContain('it may be of another key');
    const { outcome } = world.stored(record.id);
    expect(outcome).toMatchObject({ result: 'succeeded', versions: 1, verified: 0 });
    expect(outcome?.warnings.join(' ')).toContain(version);
  });

  it('is refused when no other is there and nobody named it', async () => {
    const { world, real } = await planted();
    world.backups.damage(real.blob, Buffer.from('rotten'));

    await expect(world.ask()).rejects.toMatchObject({ code: 'backup-contradicted' });
  });

  it('that claims a known version for another public key is refused, also when it is named', async () => {
    const { world, blob } = await planted((record, { versions }) => ({
      ...record,
      versions: [...record.versions, ...versions].map((fact) => ({ ...fact, thumbprint: 'A'.repeat(43) })),
    }));

    await expect(world.ask({ backup: blob })).rejects.toMatchObject({ code: 'backup-contradicted' });
  });

  it('that lacks a version which the catalogue proves is refused, also when it is named', async () => {
    const { world, blob } = await planted((record, { versions }) => ({
      ...record,
      versions: [...versions.slice(0, 1), ...record.versions],
    }));

    await expect(world.ask({ backup: blob })).rejects.toMatchObject({ code: 'backup-contradicted' });
  });

  it('with the facts of the real one brings back another key, and that is what is said', async () => {
    const { world, blob } = await planted((record, { versions }) => ({ ...record, versions }));

    const record = await world.approved({ backup: blob });
    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({
      state: 'restored-other-key',
      outcome: { returned: { key: 'orders', hsm: 'contoso' } },
    });
  });

  it('takes nothing from the proof of a recovered key', async () => {
    const { world } = await planted();
    const keys = world.keysOf('contoso');
    const [real] = await world.all('orders');
    await keys.restoreKey((await world.backups.fetch({ blob: real.blob })).bytes);
    world.hsm.deleteKey('orders');

    const record = await world.approved();
    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({ state: 'succeeded', outcome: { verified: 2 } });
  });
});

describe('what approvers saw of the versions is what counts', () => {
  it('not the facts beside the backup, when they were changed since', async () => {
    const world = await RecoveryWorld.withBackup('RSA-HSM', { versioning: false });
    const [{ blob, record: facts }] = await world.all('orders');
    world.hsm.deleteKey('orders');
    world.hsm.purgeKey('orders');
    const record = await world.approved();
    const { bytes } = await world.backups.fetch({ blob });
    world.backups.overwrite(blob, bytes, { versions: facts.versions.slice(0, 1) });

    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({ state: 'failed', outcome: { code: 'backup-damaged' } });
    expect(world.hsm.active.has('orders')).toBe(false);
  });

  it('not what the catalogue has learnt since, when a worker died after the restore', async () => {
    const { world, blob } = await planted();
    const record = await world.approved({ backup: blob });
    const dying = new KillSwitch(1, true, 'restoreKey').wrapAll(world.deps(), world.topic);
    await expect(world.deliver(record.id, dying)).rejects.toThrow('killed');
    await world.backUp('orders');
    await world.clock.advance(600_000);

    await world.deliver(record.id);

    expect(world.stored(record.id)).toMatchObject({ state: 'succeeded', outcome: { verified: 0 } });
  });

  it('as part of the digest', async () => {
    const world = await RecoveryWorld.withPurgedKey();
    const record = await world.approved();
    world.forge(record.id, (text) => text.replaceAll('"confirmed":true', '"confirmed":false'));

    expect(await world.deliver(record.id)).toBe('nothing-to-do');
    expect(world.hsm.active.has('orders')).toBe(false);
  });
});
