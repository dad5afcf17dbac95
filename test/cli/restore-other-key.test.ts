/** Break glass compares what the HSM says it has restored with what was to come back. */

import { expect, it } from 'vitest';
import { restoreOne } from '../../src/cli/backup/restore-key.ts';
import { sha256Hex } from '../../src/core/sha256.ts';
import { RecoveryWorld } from '../support/recovery-world.ts';
import { FreePacer } from '../support/sweep-world.ts';

it('a bulk restore names the key that came back from a backup of another, and counts nothing as restored', async () => {
  const world = await RecoveryWorld.withBackup();
  const payroll = world.hsm.createKey('payroll').versions[0]?.version;
  const { bytes } = await world.backups.fetch(await world.backUp('payroll'));
  const [real] = await world.all('orders');
  world.hsm.active.clear();
  const record = {
    ...real.record,
    capturedAt: world.clock.now(),
    sha256: sha256Hex(bytes),
    bytes: bytes.length,
  };
  const planted = await world.backups.put(record, bytes);
  const deps = {
    keys: world.keysOf('contoso'),
    backups: world.backups,
    pacer: new FreePacer(),
    clock: world.clock,
    evidenceOf: () => 'not sealed' as const,
  };

  const done = await restoreOne(deps, 'orders', 'absent', [planted, real], AbortSignal.timeout(60_000));

  expect(done).toMatchObject({
    outcome: 'failed',
    problem: { code: 'restored-other-key', message: expect.stringContaining(`payroll (version ${payroll})`) },
  });
});

it('a bulk restore passes over a backup that contradicts an older one', async () => {
  const world = await RecoveryWorld.withBackup();
  const [real] = await world.all('orders');
  const { bytes } = await world.backups.fetch(real);
  world.hsm.active.clear();
  const versions = real.record.versions.slice(0, 1);
  const younger = await world.backups.put({ ...real.record, capturedAt: world.clock.now(), versions }, bytes);
  const deps = {
    keys: world.keysOf('contoso'),
    backups: world.backups,
    pacer: new FreePacer(),
    clock: world.clock,
    evidenceOf: () => 'not sealed' as const,
  };

  const done = await restoreOne(deps, 'orders', 'absent', [younger, real], AbortSignal.timeout(60_000));

  expect(done).toMatchObject({
    outcome: 'restored',
    blob: real.blob,
    verified: 2,
    notes: [expect.stringContaining('it lacks version')],
  });
});
