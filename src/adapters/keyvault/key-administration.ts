/**
 * What an operator does to keys with their own credential, through the Azure SDK's KeyClient: also what the product itself
 * must never be able to do (create, import, delete, purge). Only the command line may import this; a rule checks it.
 */
import type { TokenCredential } from '@azure/core-auth';
import {
  type CreateKeyOptions,
  type DeletedKey,
  type JsonWebKey,
  KeyClient,
  type KeyProperties,
  type KeyVaultKey,
} from '@azure/keyvault-keys';
import type { Clock } from '../../core/ports.ts';
import { tlsPipelineOptions } from '../http/tls.ts';
import { type HsmCall, translateHsmError } from '../http/translate-hsm-error.ts';

/** How to reach one Managed HSM as an operator. */
export interface KeyAdministrationOptions {
  readonly hsm: string;
  readonly url: string;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem?: string;
  /** For a local emulator only. */
  readonly disableChallengeResourceVerification: boolean;
}

/** Attributes of a new key. */
export type NewKey = Pick<CreateKeyOptions, 'keyOps' | 'tags' | 'enabled' | 'expiresOn' | 'notBefore'> & {
  readonly keySize?: number;
  readonly curve?: string;
};

/** The keys of one HSM, as the SDK shows them. Every method fails with the codes of the port KeyService. */
export class KeyAdministration {
  readonly hsm: string;
  readonly #client: KeyClient;
  readonly #clock: Clock;

  constructor(options: KeyAdministrationOptions) {
    this.hsm = options.hsm;
    this.#clock = options.clock;
    this.#client = new KeyClient(options.url, options.credential, {
      ...tlsPipelineOptions(options.caPem),
      disableChallengeResourceVerification: options.disableChallengeResourceVerification,
    });
  }

  /** Makes a key, or a new version of it. */
  create(name: string, keyType: string, key: NewKey): Promise<KeyVaultKey> {
    return this.#call({ what: 'create', key: name }, () => this.#client.createKey(name, keyType, key));
  }

  /** Imports a key, or a new version of it. */
  import(
    name: string,
    material: JsonWebKey,
    key: Omit<NewKey, 'keySize' | 'curve' | 'keyOps'>,
  ): Promise<KeyVaultKey> {
    const options = { ...key, hardwareProtected: true };
    return this.#call({ what: 'import', key: name }, () => this.#client.importKey(name, material, options));
  }

  /** One version, or the newest. */
  show(name: string, version?: string): Promise<KeyVaultKey> {
    const options = version === undefined ? {} : { version };
    return this.#call({ what: 'read', key: name }, () => this.#client.getKey(name, options));
  }

  /** A soft-deleted key. */
  showDeleted(name: string): Promise<DeletedKey> {
    return this.#call({ what: 'read the soft-deleted', key: name }, () => this.#client.getDeletedKey(name));
  }

  /** The active keys; at most `most`. */
  list(most?: number): Promise<KeyProperties[]> {
    return this.#call({ what: 'list the keys' }, () => take(this.#client.listPropertiesOfKeys(), most));
  }

  /** The versions of a key; at most `most`. Empty when there is no such active key. */
  listVersions(name: string, most?: number): Promise<KeyProperties[]> {
    return this.#call({ what: 'list the versions of', key: name }, () =>
      take(this.#client.listPropertiesOfKeyVersions(name), most),
    );
  }

  /** The soft-deleted keys; at most `most`. */
  listDeleted(most?: number): Promise<DeletedKey[]> {
    return this.#call({ what: 'list the soft-deleted keys' }, () =>
      take(this.#client.listDeletedKeys(), most),
    );
  }

  /** Soft-deletes a key with all its versions. */
  delete(name: string): Promise<DeletedKey> {
    return this.#call({ what: 'delete', key: name }, async () =>
      (await this.#client.beginDeleteKey(name)).pollUntilDone(),
    );
  }

  /** Purges a soft-deleted key: nothing but a backup brings it back. */
  purge(name: string): Promise<void> {
    return this.#call({ what: 'purge', key: name }, async () => {
      await this.#client.purgeDeletedKey(name);
    });
  }

  async #call<T>(call: Omit<HsmCall, 'hsm'>, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw translateHsmError(error, { ...call, hsm: this.hsm }, this.#clock.now());
    }
  }
}

async function take<T>(items: AsyncIterable<T>, most = Number.POSITIVE_INFINITY): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    if (taken.length >= most) break;
    taken.push(item);
  }
  return taken;
}
