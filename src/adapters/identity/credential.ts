/** Who the app is towards the HSMs and the storage account. */
import { readFile } from 'node:fs/promises';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { decodeJwt } from 'jose';
import { WardenError } from '../../core/errors.ts';
import { LimitedCredential } from './limited-credential.ts';

/** The credential of a user-assigned managed identity, or of the only one there is. */
export function managedIdentity(clientId?: string): TokenCredential {
  return new LimitedCredential(
    clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId }),
  );
}

/** Whatever identity the surroundings offer: a signed-in developer, a workload, a managed identity. `authorityHost`: of a sovereign cloud. */
export function surroundingIdentity(authorityHost?: string): TokenCredential {
  return new LimitedCredential(
    new DefaultAzureCredential(authorityHost === undefined ? {} : { authorityHost }),
  );
}

/** The bearer token in a file, as a local emulator writes it; read again each time, for a restarted emulator writes another. */
export class TokenFileCredential implements TokenCredential {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Fails with `settings-invalid` when the file holds no token. */
  async getToken(): Promise<AccessToken> {
    try {
      const token = (await readFile(this.#path, 'utf8')).trim();
      return { token, expiresOnTimestamp: (decodeJwt(token).exp ?? 0) * 1000 };
    } catch (cause) {
      throw new WardenError('settings-invalid', {
        message: `The file ${this.#path} of WARDEN_TOKEN_FILE holds no token.`,
        advice: 'Write the token that the emulator printed into it.',
        cause,
      });
    }
  }
}
