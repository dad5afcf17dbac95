import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hsmPropertiesReader } from '../../../src/adapters/arm/hsm-properties.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { sha256Hex } from '../../../src/core/sha256.ts';
import { ADMINISTRATOR_ID } from '../../../src/emulator/options.ts';
import { readDrillState } from '../../../src/features/drill/model/drill-state.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { saveBackups } from '../../../src/features/recovery-points/save-backups.ts';
import { DrillWorld } from '../../support/drill-world.ts';
import { tokenCredential } from '../../support/emulator-world.ts';

let world: DrillWorld;

describe('a run of drills', () => {
  beforeEach(async () => {
    world = await DrillWorld.start();
  });
  afterEach(() => world.close());

  test('proves keys of every kind by using them, and leaves the drill HSM empty', async () => {
    const { client } = world;
    await client.createRsaKey('rsa-signs', { keySize: 2048, keyOps: ['sign', 'verify'] });
    await client.createRsaKey('rsa-decrypts', { keySize: 3072, keyOps: ['encrypt', 'decrypt'] });
    await client.createRsaKey('rsa-unwraps', { keySize: 2048, keyOps: ['wrapKey', 'unwrapKey'] });
    for (const curve of ['P-256', 'P-256K', 'P-384', 'P-521'] as const)
      await client.createEcKey(`ec-${curve}`, { curve });
    await client.createOctKey('symmetric', { keySize: 256 });
    await client.createRsaKey('rsa-signs', { keySize: 2048, keyOps: ['sign', 'verify'] });
    await world.backUp();
    await world.enroll('symmetric');

    const run = await world.run();

    expect(run).toMatchObject({ planned: 8, proven: 8, metadataOnly: 0, failed: 0, blocked: 0, residue: 0 });
    expect(world.inDrillHsm).toEqual([]);
    expect((await world.result('rsa-signs'))?.used.map(({ how }) => how)).toEqual([
      'signed (PS256)',
      'signed (PS256)',
    ]);
    expect((await world.result('rsa-unwraps'))?.used.map(({ how }) => how)).toEqual([
      'unwrapped (RSA-OAEP-256)',
    ]);
    expect(await world.result('ec-P-256K')).toMatchObject({ verdict: 'proven', kind: 'EC-secp256k1' });
    expect((await readDrillState(world.state, 'drill')).journal).toEqual([]);
    expect(world.sink.accepted.map(({ type }) => type)).toEqual(['HsmWarden.DrillEnded']);
  });

  test('says by name why a key could not be used', async () => {
    const { client } = world;
    const past = new Date(Date.now() - 86_400_000);
    const future = new Date(Date.now() + 86_400_000);
    await client.createEcKey('disabled', { enabled: false });
    await client.createEcKey('expired', { expiresOn: past });
    await client.createEcKey('to-come', { notBefore: future });
    await client.createRsaKey('expired-but-decrypts', { keySize: 2048, expiresOn: past });
    await client.createRsaKey('verifies-only', { keySize: 2048, keyOps: ['verify'] });
    await client.createOctKey('not-enrolled', { keySize: 256 });
    await client.createEcKey('left-alone', { tags: { 'hsm-warden-drill': 'never' } });
    await world.backUp();

    const run = await world.run();

    expect(run).toMatchObject({ proven: 1, metadataOnly: 6, failed: 0, blocked: 0, unusable: 3 });
    const limits = await Promise.all(
      ['disabled', 'expired', 'to-come', 'verifies-only', 'not-enrolled', 'left-alone'].map(
        async (key) => (await world.result(key))?.unused[0]?.limit,
      ),
    );
    expect(limits).toEqual(['disabled', 'expired', 'not-yet-valid', 'operations', 'not-enrolled', 'never']);
    expect(await world.result('expired-but-decrypts')).toMatchObject({ verdict: 'proven' });
  });

  test('a symmetric key of the same size that is not the one that was enrolled fails', async () => {
    await world.client.createOctKey('right', { keySize: 256 });
    await world.client.createOctKey('wrong', { keySize: 256 });
    await world.backUp();
    await world.enroll('right', 'wrong');
    expect(await world.run()).toMatchObject({ failed: 1 });
    expect(await world.result('right')).toMatchObject({ verdict: 'failed' });
  });

  describe('a recovery point that does not bring its key back fails, is reported, and a fresh backup is asked for', () => {
    beforeEach(async () => {
      await world.client.createEcKey('orders');
      await world.client.createEcKey('other');
      await world.backUp();
    });

    const faults: Readonly<Record<string, () => Promise<void>>> = {
      'its bytes are damaged': () => replant((bytes) => bytes.fill(0x41, 200, 210), 'as it was'),
      'its bytes are damaged, and its hash was made again': () =>
        replant((bytes) => bytes.fill(0x41, 200, 210), 'of these'),
      'it is the backup of another key': async () => {
        const other = await bytesOf('other');
        await replant(() => other, 'of these');
      },
      'its recorded public key was swapped': () => replant((bytes) => bytes, 'of these', 'swapped'),
    };

    test.each(Object.keys(faults))('%s', async (name) => {
      await faults[name]?.();
      expect(await world.run()).toMatchObject({ proven: 1, failed: 1, blocked: 0, residue: 0 });
      expect(await world.result('orders')).toMatchObject({ verdict: 'failed' });
      expect(world.inDrillHsm).toEqual([]);
      expect(world.asked).toEqual(['contoso/orders']);
      const event = world.sink.accepted.find(({ type }) => type === 'HsmWarden.DrillFailed');
      expect(event?.data).toMatchObject({ hsm: 'contoso', key: 'orders', severity: 'critical' });
    });
  });

  test('a drill HSM of another security domain blocks, and does not fail', async () => {
    await world.close();
    world = await DrillWorld.start({ shared: false });
    await world.client.createEcKey('orders');
    await world.backUp();
    expect(await world.run()).toMatchObject({ failed: 0, blocked: 1, residue: 0 });
    expect((await world.result('orders'))?.reasons.join(' ')).toContain('another security domain');
  });

  test('a key that somebody else put into the drill HSM stops everything, and stays', async () => {
    await world.client.createEcKey('orders');
    await world.backUp();
    const theirs = world.deps().site.hsm;
    await theirs.keys.restoreKey(await bytesOf('orders'));
    const run = await world.run();
    expect(run.refused?.join(' ')).toContain('that no drill has made: orders');
    expect(world.inDrillHsm).toEqual(['orders']);
    expect(world.sink.accepted.map(({ type }) => type)).toEqual(['HsmWarden.DrillRefused']);
  });

  test('the guards read what Azure Resource Manager says', async () => {
    await world.client.createEcKey('orders');
    await world.backUp();
    const token = await world.drill.issueToken({
      objectId: ADMINISTRATOR_ID,
      audience: 'https://management.azure.com',
    });
    const reader = () =>
      hsmPropertiesReader(world.drill.resource.id, {
        url: world.drill.url,
        credential: tokenCredential(token),
        clock: systemClock,
        caPem: world.drill.caPem,
        retries: 0,
      });
    world.changes = { readProperties: reader() };
    expect(await world.run({ runId: 'run-a' })).toMatchObject({ proven: 1 });
    world.drill.resource.change({ regions: [{ name: 'northeurope' }] });
    expect((await world.run({ runId: 'run-b' })).refused?.join(' ')).toContain('extended regions');
    world.drill.resource.change({ regions: [], readers: ['somebody-else'] });
    expect((await world.run({ runId: 'run-c' })).refused?.join(' ')).toContain('cannot be read');
  });
});

async function bytesOf(key: string): Promise<Uint8Array> {
  const { keys } = await readCatalogue(world.state, 'contoso');
  return (await world.backups.fetch({ blob: keys[key]?.blob ?? '' })).bytes;
}

/** Stores another backup of the key `orders`, as somebody who can write everything does where nothing is sealed. */
async function replant(
  change: (bytes: Uint8Array) => Uint8Array,
  hash: 'as it was' | 'of these',
  publicKey?: 'swapped',
): Promise<void> {
  const { keys } = await readCatalogue(world.state, 'contoso');
  const known = keys.orders;
  if (known === undefined) throw new Error('expected a backup of orders');
  const bytes = change(Uint8Array.from(await bytesOf('orders')));
  const capturedAt = known.record.capturedAt + 60_000;
  const record = {
    ...known.record,
    capturedAt,
    bytes: bytes.length,
    sha256: hash === 'of these' ? sha256Hex(bytes) : known.record.sha256,
    versions: known.record.versions.map((one) =>
      publicKey === undefined ? one : { ...one, thumbprint: sha256Hex('x').slice(0, 43) },
    ),
  };
  const stored = await world.backups.put(record, bytes);
  await saveBackups(world.state, 'contoso', [{ ...stored, storedAt: capturedAt }]);
}
