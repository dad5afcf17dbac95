/** The sealer on a vault over TLS: the contract, and what only a network can do to it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyVaultSealer } from '../../../src/adapters/keyvault/key-vault-sealer.ts';
import { pinnedKeysReader } from '../../../src/adapters/keyvault/read-pinned-keys.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { PinnedKeys } from '../../../src/core/seal/pinned-keys.ts';
import { verifySeal } from '../../../src/core/seal/verify-seal.ts';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { describeSealer } from '../../contract/sealer.ts';
import { keyClientOn, tokenCredential } from '../../support/emulator-world.ts';
import { failureOf } from '../../support/errors.ts';

const FACTS = { facts: { key: 'alpha' } };

async function makeKey(vault: Emulator, keyType = 'EC-HSM', curve = 'P-256'): Promise<string> {
  const key = await keyClientOn(vault).createKey('warden-seal', keyType, { curve });
  return `${vault.url}/keys/warden-seal/${key.properties.version}`;
}

function clientOf(vault: Emulator, token = vault.token) {
  return {
    credential: tokenCredential(token),
    caPem: vault.caPem,
    disableChallengeResourceVerification: true,
  };
}

function pinnedBy(vault: Emulator, url: string, app: 'backup' | 'recovery' = 'backup') {
  return pinnedKeysReader({ deployment: 'test', keys: [{ app, url }] }, clientOf(vault));
}

describeSealer('KeyVaultSealer', async () => {
  const vault = await startEmulator({ name: 'vault' });
  const keyUrl = await makeKey(vault);
  const pinned = pinnedBy(vault, keyUrl);
  const options = { ...clientOf(vault), keyUrl, clock: systemClock };
  return {
    sealer: new KeyVaultSealer({ ...options, pinned }),
    misplaced: new KeyVaultSealer({ ...options, pinned: pinnedBy(vault, keyUrl, 'recovery') }),
    pinned: await pinned(),
    async breakKey() {
      await keyClientOn(vault).updateKeyProperties('warden-seal', { enabled: false });
    },
    close: () => vault.close(),
  };
});

describe('a sealing key in a vault', () => {
  let vault: Emulator;
  let keyUrl: string;
  let pins: PinnedKeys;
  beforeAll(async () => {
    vault = await startEmulator({ name: 'vault' });
    keyUrl = await makeKey(vault);
    pins = await pinnedBy(vault, keyUrl)();
  });
  afterAll(() => vault.close());

  function sealer(options: { limitMs?: number; token?: string; keyUrl?: string } = {}) {
    const { token, ...rest } = options;
    return new KeyVaultSealer({
      ...clientOf(vault, token),
      keyUrl,
      clock: systemClock,
      pinned: async () => pins,
      ...rest,
    });
  }

  it('is asked once for its public key, then once for each seal', async () => {
    const one = sealer();
    await one.seal('recovery-point', FACTS);
    vault.arrivals.clear();

    const seal = await one.seal('recovery-point', FACTS);

    expect(verifySeal(pins, 'recovery-point', FACTS, seal).good).toBe(true);
    expect(Object.keys(vault.arrivals.counts().operations)).toEqual(['sign']);
    expect(vault.arrivals.counts().operations.sign?.total).toBe(1);
  });

  it('that does not answer is given up on after the limit', async () => {
    vault.faults.add({ operation: 'sign', fault: { type: 'slow', delayMs: 600_000 }, count: 1 });

    const error = await failureOf(sealer({ limitMs: 300 }).seal('recovery-point', FACTS));
    expect([error.code, error.reason]).toEqual(['seal-unavailable', 'no answer']);
  });

  it('that the identity may not use is unavailable, and the message says what to check', async () => {
    const token = await vault.issueToken({
      objectId: '00000000-0000-4000-8000-000000000001',
      lifetimeSeconds: 60,
    });

    const error = await failureOf(sealer({ token }).seal('recovery-point', FACTS));
    expect([error.code, error.reason]).toEqual(['seal-unavailable', '403']);
    expect(error.advice).toContain('that the identity may sign with this key and read it');
  });

  it('whose public key cannot be read is not pinned by a guess', async () => {
    const missing = keyUrl.replace(/.{32}$/, '0'.repeat(32));

    const error = await failureOf(pinnedBy(vault, missing)());
    expect([error.code, error.reason]).toEqual(['seal-unavailable', '404']);
  });

  it('must be an EC key on P-256', async () => {
    const rsa = await keyClientOn(vault).createKey('rsa', 'RSA-HSM');

    const error = await failureOf(pinnedBy(vault, `${vault.url}/keys/rsa/${rsa.properties.version}`)());
    expect([error.code, error.message]).toEqual([
      'seal-unavailable',
      'The sealing key rsa is of type RSA-HSM ; expected EC on P-256.',
    ]);
  });
});
