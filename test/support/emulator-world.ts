/** Emulated Managed HSMs over TLS, as the KeyService contract wants them. */
import type { TokenCredential } from '@azure/core-auth';
import { KeyClient } from '@azure/keyvault-keys';
import { KeyVaultKeyService } from '../../src/adapters/keyvault/key-vault-key-service.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import type { KeyServiceWorld } from '../contract/key-service.ts';

/** A credential that always answers with `token`. */
export function tokenCredential(token: string): TokenCredential {
  return { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
}

/** The adapter on a running emulator. */
export function keyServiceOn(
  emulator: Emulator,
  credential = tokenCredential(emulator.token),
): KeyVaultKeyService {
  return new KeyVaultKeyService({
    hsm: emulator.name,
    url: emulator.url,
    credential,
    clock: systemClock,
    caPem: emulator.caPem,
    disableChallengeResourceVerification: true,
  });
}

/** The SDK's own client, for what a test does behind the adapter's back. */
export function keyClientOn(emulator: Emulator): KeyClient {
  return new KeyClient(emulator.url, tokenCredential(emulator.token), {
    disableChallengeResourceVerification: true,
    tlsOptions: { ca: emulator.caPem },
  });
}

/** Three HSMs, two of one security domain. */
export async function createKeyVaultWorld(): Promise<KeyServiceWorld> {
  const emulators = await Promise.all([
    start({ name: 'contoso', securityDomain: 'shared' }),
    start({ name: 'sibling', securityDomain: 'shared' }),
    start({ name: 'stranger', securityDomain: 'other' }),
  ]);
  const [contoso, sibling, stranger] = emulators;
  const client = keyClientOn(contoso);
  return {
    service: keyServiceOn(contoso),
    sibling: keyServiceOn(sibling),
    stranger: keyServiceOn(stranger),
    async createKey(name, { keyType = 'RSA-HSM', enabled = true, tags } = {}) {
      await client.createKey(name, keyType, { enabled, ...(tags === undefined ? {} : { tags }) });
    },
    async deleteKey(name) {
      await client.beginDeleteKey(name);
    },
    async purgeKey(name) {
      await client.purgeDeletedKey(name);
    },
    async close() {
      await Promise.all(emulators.map((emulator) => emulator.close()));
    },
  };
}

function start(options: Parameters<typeof startEmulator>[0]): Promise<Emulator> {
  return startEmulator({ limits: 'off', retentionDays: 7, ...options });
}
