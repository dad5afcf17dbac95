/** The vault of the local sealing keys: each app may seal with its own key and do nothing else there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyClient } from '@azure/keyvault-keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyVaultSealer } from '../../src/adapters/keyvault/key-vault-sealer.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { PinnedKeys } from '../../src/core/seal/pinned-keys.ts';
import { verifySeal } from '../../src/core/seal/verify-seal.ts';
import type { Emulator } from '../../src/emulator/start-emulator.ts';
import { IDENTITIES } from '../../src/local/world/app-roles.ts';
import { sealSettings, startSealingVault } from '../../src/local/world/sealing-vault.ts';
import { faultSealsOf } from '../../src/platform/open-seals.ts';
import { tokenCredential } from '../support/emulator-world.ts';
import { failureOf } from '../support/errors.ts';

const FACTS = { facts: { key: 'alpha' } };
const PURPOSE = { backup: 'recovery-point', recovery: 'decision' } as const;
type App = keyof typeof PURPOSE;

let folder: string;
let vault: Emulator;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warden-vault-'));
  vault = await startSealingVault(folder, folder);
});
afterAll(async () => {
  await vault.close();
  await rm(folder, { recursive: true, force: true });
});

const settings = () => sealSettings(vault, 'local');
const pinned = () => PinnedKeys.parse(JSON.parse(settings().publicKeys));

async function clientOf(app: App) {
  const { objectId } = IDENTITIES[app];
  return {
    credential: tokenCredential(await vault.issueToken({ objectId, lifetimeSeconds: 60 })),
    disableChallengeResourceVerification: true,
  };
}

async function sealerOf(app: App, keyOf: App = app) {
  const client = await clientOf(app);
  const keyUrl = settings().keyUrl[keyOf];
  return new KeyVaultSealer({
    ...client,
    caPem: vault.caPem,
    keyUrl,
    clock: systemClock,
    pinned: async () => pinned(),
  });
}

describe('the vault of the local sealing keys', () => {
  it.each<App>(['backup', 'recovery'])('lets the %s app seal with its key', async (app) => {
    const seal = await (await sealerOf(app)).seal(PURPOSE[app], FACTS);

    expect(verifySeal(pinned(), PURPOSE[app], FACTS, seal).good).toBe(true);
  });

  it.each<[App, App]>([
    ['backup', 'recovery'],
    ['recovery', 'backup'],
  ])('does not let the %s app seal with the key of the %s app', async (app, keyOf) => {
    const error = await failureOf((await sealerOf(app, keyOf)).seal(PURPOSE[keyOf], FACTS));

    expect([error.code, error.reason]).toEqual(['seal-unavailable', '403']);
  });

  it('lets the drill app seal with the key of the drills that must fail, which nothing pins and no other app may use', async () => {
    const { faultKeyUrl, publicKeys } = settings();
    const sealer = async (app: keyof typeof IDENTITIES) => {
      const { objectId } = IDENTITIES[app];
      const credential = tokenCredential(await vault.issueToken({ objectId, lifetimeSeconds: 60 }));
      const config = { drill: { hsms: [], days: 30, schedule: '', pace: 10, faultKeyUrl } };
      return faultSealsOf(config, credential, vault.caPem, systemClock);
    };
    const seals = await sealer('drill');
    const seal = await seals?.sealer.seal('recovery-point', FACTS);
    if (seals === undefined || seal === undefined) throw new Error('expected a seal');

    expect(verifySeal(await seals.pinned(), 'recovery-point', FACTS, seal).good).toBe(true);
    expect(verifySeal(pinned(), 'recovery-point', FACTS, seal)).toMatchObject({ good: false });
    // Even where somebody pins it, what it seals is of no deployment.
    const [own] = (await seals.pinned()).keys;
    if (own === undefined) throw new Error('expected a key');
    const deceived = { ...pinned(), keys: [...pinned().keys, own] };
    expect(verifySeal(deceived, 'recovery-point', FACTS, seal)).toMatchObject({ good: false, forged: true });
    expect(publicKeys).not.toContain(own.x);
    for (const app of ['backup', 'recovery'] as const) {
      const error = await failureOf(
        (await sealer(app))?.sealer.seal('recovery-point', FACTS) ?? Promise.resolve(),
      );
      expect([error.code, error.reason]).toEqual(['seal-unavailable', '403']);
    }
  });

  it('lets no app make, change, delete or take out a key', async () => {
    const client = new KeyClient(vault.url, (await clientOf('backup')).credential, {
      disableChallengeResourceVerification: true,
      tlsOptions: { ca: vault.caPem },
    });

    const attempts = [
      client.createKey('other', 'EC-HSM'),
      client.updateKeyProperties('warden-seal-backup', { enabled: false }),
      client.beginDeleteKey('warden-seal-backup'),
      client.backupKey('warden-seal-backup'),
    ];
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.map((one) => (one.status === 'rejected' ? one.reason.statusCode : 'done'))).toEqual([
      403, 403, 403, 403,
    ]);
  });

  it('keeps its keys from one start to the next', async () => {
    const before = settings().publicKeys;
    await vault.close();
    vault = await startSealingVault(folder, folder);

    expect(settings().publicKeys).toBe(before);
  });
});
