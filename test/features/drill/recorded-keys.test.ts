/** The public keys that a recovery point keeps: a drill goes by them, and not by what comes back. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import type { PublicKeys } from '../../../src/core/model/public-key.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { hsmBut } from '../../support/drill-faults.ts';
import { DrillWorld } from '../../support/drill-world.ts';
import { keyServiceOn } from '../../support/emulator-world.ts';

let world: DrillWorld;

beforeEach(async () => {
  world = await DrillWorld.start();
  for (const key of ['orders', 'orders', 'other']) await world.client.createEcKey(key);
  await world.backUp();
});
afterEach(() => world.close());

test('a recovery point keeps the public key of each version', async () => {
  const service = keyServiceOn(world.source);
  const versions = await service.listVersions('orders');
  const details = await Promise.all(versions.map(({ version }) => service.getKey('orders', version)));

  expect(Object.fromEntries(await world.backups.publicKeysOf(await blobOf('orders')))).toEqual(
    Object.fromEntries(details.map(({ version, publicKey }) => [version, publicKey])),
  );
});

test('a recorded public key that is not the one of the record fails, and nothing is restored', async () => {
  const others = [...(await world.backups.publicKeysOf(await blobOf('other'))).values()];
  await keep((keys) => new Map([...keys].map(([version, key]) => [version, others[0] ?? key])));

  expect(await run()).toMatchObject({ proven: 0, failed: 1, residue: 0 });
  expect(await world.result('orders')).toMatchObject({
    verdict: 'failed',
    steps: { fetch: expect.anything() },
  });
  expect((await world.result('orders'))?.reasons.join(' ')).toContain('public key kept beside');
  expect((await world.result('orders'))?.steps.restore).toBeUndefined();
});

test('public keys that are reported as damaged fail, and nothing is restored', async () => {
  const deps = world.deps(world.hsm);
  const backups: typeof deps.backups = {
    ...deps.backups,
    fetch: (place, signal) => world.backups.fetch(place, signal),
    publicKeysOf: async (blob) => {
      throw new WardenError('backup-damaged', { message: `The document beside ${blob} is of another key.` });
    },
  };

  const counts = await world.run(
    { what: { kind: 'key', hsm: 'contoso', key: 'orders' } },
    { ...deps, backups },
  );
  expect(counts).toMatchObject({ proven: 0, failed: 1, residue: 0 });
  expect((await world.result('orders'))?.reasons.join(' ')).toContain('is of another key');
  expect((await world.result('orders'))?.steps.restore).toBeUndefined();
});

test('a signature by another key than the recorded one fails, whatever the HSM says of the key', async () => {
  const real = world.hsm;
  const source = world.client.getCryptographyClient('other');
  const lying = hsmBut(
    real,
    {},
    {
      sign: async (_key, algorithm, digest) => {
        const { result } = await source.sign(algorithm, Buffer.from(digest, 'base64url'));
        return Buffer.from(result).toString('base64url');
      },
    },
  );

  expect(await run(lying)).toMatchObject({ proven: 0, failed: 1, residue: 0 });
  expect((await world.result('orders'))?.reasons[0]).toContain('is not good by the recorded public key');
});

test('a recovery point of before they were kept is proven by the thumbprints of its record', async () => {
  await keep(() => new Map());

  expect(await run()).toMatchObject({ proven: 1, failed: 0 });
});

test('a key that is backed up again keeps all its public keys, and reads known ones from its last backup', async () => {
  const before = await world.backups.publicKeysOf(await blobOf('orders'));
  await world.client.createEcKey('orders');
  await world.backUp();

  const after = await world.backups.publicKeysOf(await blobOf('orders'));
  expect(after.size).toBe(3);
  for (const [version, key] of before) expect(after.get(version)).toEqual(key);
});

function run(hsm = world.hsm) {
  return world.run({ what: { kind: 'key', hsm: 'contoso', key: 'orders' } }, world.deps(hsm));
}

async function blobOf(key: string): Promise<string> {
  return (await readCatalogue(world.state, 'contoso')).keys[key]?.blob ?? '';
}

async function keep(change: (keys: PublicKeys) => PublicKeys): Promise<void> {
  const blob = await blobOf('orders');
  world.backups.publicKeys.set(blob, change(await world.backups.publicKeysOf(blob)));
}
