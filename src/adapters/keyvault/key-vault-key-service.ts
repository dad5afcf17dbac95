/** The KeyService port on a Managed HSM, through the Azure SDK's KeyClient. */

import type { KeyClient } from '@azure/keyvault-keys';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import type { KeyDetail, ListedDeletedKey, ListedKey, ListedVersion } from '../../core/model/key.ts';
import type { Clock, KeyService, ListPage } from '../../core/ports.ts';
import { CALL_LIMITS_MS, withinLimits } from '../http/call-limits.ts';
import { type HsmCall, translateHsmError } from '../http/translate-hsm-error.ts';
import { type CallContext, inCallContext } from './call-context.ts';
import { createKeyClient, type HsmClientOptions } from './client.ts';
import { readDeletedKey, readKeyDetail, readListedVersion } from './read-key.ts';
import { type ReadItems, readListedDeletedKeys, readListedKeys } from './read-list.ts';

/** The largest page the service gives. */
const PAGE_SIZE = 25;
/** A Managed HSM recovers a key before it answers, so the SDK's poller looks once; this is for a slower service. */
const RECOVERY_POLL_MS = 500;

/** How to reach one Managed HSM. */
export interface KeyVaultKeyServiceOptions extends HsmClientOptions {
  /** The HSM's name in the settings. */
  readonly hsm: string;
  readonly clock: Clock;
  /** Time for one call with all its requests and its token, in milliseconds. */
  readonly limitMs?: number;
}

/** A {@link KeyService} whose every request is sent once: repeating and pacing belong to the caller. */
export class KeyVaultKeyService implements KeyService {
  readonly hsm: string;
  readonly #client: KeyClient;
  readonly #clock: Clock;
  readonly #limitMs: number;

  constructor(options: KeyVaultKeyServiceOptions) {
    this.hsm = options.hsm;
    this.#clock = options.clock;
    this.#limitMs = options.limitMs ?? CALL_LIMITS_MS.hsmCall;
    this.#client = createKeyClient(options);
  }

  listKeys(next?: string, signal?: AbortSignal): Promise<ListPage<ListedKey>> {
    return this.#call({ what: 'list the keys', signal, ownItems: true }, async (context) => {
      await this.#client.listPropertiesOfKeys().byPage(pageSettings(next)).next();
      return toPage(context, readListedKeys, this.hsm);
    });
  }

  listDeletedKeys(next?: string, signal?: AbortSignal): Promise<ListPage<ListedDeletedKey>> {
    return this.#call({ what: 'list the soft-deleted keys', signal, ownItems: true }, async (context) => {
      await this.#client.listDeletedKeys().byPage(pageSettings(next)).next();
      return toPage(context, readListedDeletedKeys, this.hsm);
    });
  }

  listVersions(name: string, signal?: AbortSignal): Promise<readonly ListedVersion[]> {
    return this.#call({ what: 'list the versions of', key: name, signal }, async () => {
      const versions: ListedVersion[] = [];
      for await (const page of this.#client.listPropertiesOfKeyVersions(name).byPage(pageSettings())) {
        versions.push(...page.map(readListedVersion));
      }
      return versions;
    });
  }

  getKey(name: string, version?: string, signal?: AbortSignal): Promise<KeyDetail> {
    return this.#call({ what: 'read', key: name, signal }, async () =>
      readKeyDetail(await this.#client.getKey(name, version === undefined ? {} : { version })),
    );
  }

  getDeletedKey(name: string, signal?: AbortSignal): Promise<KeyDetail & ListedDeletedKey> {
    return this.#call({ what: 'read the soft-deleted', key: name, signal }, async () => {
      const key = await this.#client.getDeletedKey(name);
      return readDeletedKey(key);
    });
  }

  backupKey(name: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#call(
      { what: 'back up', key: name, signal },
      async () => (await this.#client.backupKey(name)) ?? noAnswer(this.hsm, name),
    );
  }

  restoreKey(backup: Uint8Array, signal?: AbortSignal): Promise<KeyDetail> {
    return this.#call({ what: 'restore a key', signal, conflictIsName: true }, async () =>
      readKeyDetail(await this.#client.restoreKeyBackup(backup)),
    );
  }

  /**
   * The SDK's poller succeeds on an active key without recovering anything; here that is `key-not-found`. A recovery whose
   * answer is lost was done when the key is active, which it was not before.
   */
  recoverKey(name: string, signal?: AbortSignal): Promise<KeyDetail> {
    return this.#call({ what: 'recover', key: name, signal }, async (context) => {
      try {
        const poller = await this.#client.beginRecoverDeletedKey(name, { intervalInMs: RECOVERY_POLL_MS });
        const key = await poller.pollUntilDone();
        return context.recovery === 'accepted' ? readKeyDetail(key) : deletedKeyNotFound(this.hsm, name);
      } catch (error) {
        if (context.recovery === undefined || signal?.aborted) throw error;
        return (await this.#recovered(name)) ?? fail(error);
      }
    });
  }

  /** The key, if it is active; undefined when it is not, or cannot be read. */
  async #recovered(name: string): Promise<KeyDetail | undefined> {
    try {
      return readKeyDetail(await this.#client.getKey(name));
    } catch {
      // What the recovery failed with says more than this.
      return undefined;
    }
  }

  async #call<T>(
    { ownItems = false, ...call }: Omit<HsmCall, 'hsm'> & Pick<CallContext, 'ownItems'>,
    action: (context: CallContext) => Promise<T>,
  ): Promise<T> {
    const limited = { of: this.hsm, signal: call.signal, limitMs: this.#limitMs };
    try {
      return await withinLimits(limited, (signal) => {
        const context: CallContext = { signal, ownItems };
        return inCallContext(context, () => action(context));
      });
    } catch (error) {
      throw translateHsmError(error, { ...call, hsm: this.hsm }, this.#clock.now());
    }
  }
}

function fail(error: unknown): never {
  throw error;
}

function pageSettings(next?: string): { maxPageSize: number; continuationToken?: string } {
  return next === undefined
    ? { maxPageSize: PAGE_SIZE }
    : { maxPageSize: PAGE_SIZE, continuationToken: next };
}

function toPage<T>(
  { items = [], nextLink }: CallContext,
  read: (raw: readonly unknown[], hsm: string) => ReadItems<T>,
  hsm: string,
): ListPage<T> {
  const { odd, ...page } = read(items, hsm);
  return {
    ...page,
    ...(odd.length === 0 ? {} : { odd }),
    ...definedOnly({ next: nextLink }),
  };
}

/** There is no soft-deleted key of that name. */
function deletedKeyNotFound(hsm: string, key: string): never {
  throw new WardenError('key-not-found', {
    message: `Could not recover key ${key} on HSM ${hsm}: it is not soft-deleted.`,
    advice: 'Nothing to do: the key is active.',
    hsm,
    key,
  });
}

/** The HSM answered a backup without a backup. */
function noAnswer(hsm: string, key: string): never {
  throw new WardenError('hsm-answer-unexpected', {
    message: `HSM ${hsm} answered the backup of key ${key} without a backup.`,
    hsm,
    key,
  });
}
