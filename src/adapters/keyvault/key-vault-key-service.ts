/** The KeyService port on a Managed HSM, through the Azure SDK's KeyClient. */
import type { TokenCredential } from '@azure/core-auth';
import { KeyClient } from '@azure/keyvault-keys';
import type { KeyDetail, ListedDeletedKey, ListedKey, ListedVersion } from '../../core/model/key.ts';
import type { Clock, KeyService, Page } from '../../core/ports.ts';
import { tlsPipelineOptions } from '../http/tls.ts';
import { type HsmCall, translateHsmError } from '../http/translate-hsm-error.ts';
import { type CallContext, callContextPolicy, inCallContext } from './call-context.ts';
import { readKeyDetail, readListedDeletedKey, readListedKey, readListedVersion } from './read-key.ts';
import { deletedKeyNotFound, noAnswer } from './service-errors.ts';

/** The largest page the service gives. */
const PAGE_SIZE = 25;
/** A Managed HSM recovers a key before it answers, so the SDK's poller looks once; this is for a slower service. */
const RECOVERY_POLL_MS = 500;
/** The slowest operation recorded took 2 s at the 99th percentile; a minute is an outage. */
const TIMEOUT_MS = 60_000;

/** How to reach one Managed HSM. */
export interface KeyVaultKeyServiceOptions {
  /** The HSM's name in the settings. */
  readonly hsm: string;
  readonly url: string;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem?: string;
  /** For an HSM whose host is not under `managedhsm.azure.net` or its like: a local emulator only. */
  readonly disableChallengeResourceVerification?: boolean;
  /** Time for one request, in milliseconds. */
  readonly timeoutMs?: number;
}

/** A {@link KeyService} whose every request is sent once: repeating and pacing belong to the caller. */
export class KeyVaultKeyService implements KeyService {
  readonly hsm: string;
  readonly #client: KeyClient;
  readonly #clock: Clock;

  constructor(options: KeyVaultKeyServiceOptions) {
    this.hsm = options.hsm;
    this.#clock = options.clock;
    const policy = callContextPolicy(new URL(options.url).origin, options.timeoutMs ?? TIMEOUT_MS);
    this.#client = new KeyClient(options.url, options.credential, {
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      // So that the HSM's audit log shows which requests are the product's own.
      userAgentOptions: { userAgentPrefix: 'hsm-warden' },
      ...tlsPipelineOptions(options.caPem),
      additionalPolicies: [{ policy, position: 'perCall' }],
      disableChallengeResourceVerification: options.disableChallengeResourceVerification ?? false,
    });
  }

  listKeys(next?: string, signal?: AbortSignal): Promise<Page<ListedKey>> {
    return this.#call({ what: 'list the keys', signal }, async (context) => {
      const pages = this.#client.listPropertiesOfKeys().byPage(pageSettings(next));
      return toPage(await pages.next(), readListedKey, context);
    });
  }

  listDeletedKeys(next?: string, signal?: AbortSignal): Promise<Page<ListedDeletedKey>> {
    return this.#call({ what: 'list the soft-deleted keys', signal }, async (context) => {
      const pages = this.#client.listDeletedKeys().byPage(pageSettings(next));
      return toPage(await pages.next(), readListedDeletedKey, context);
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
      return { ...readKeyDetail(key), ...readListedDeletedKey(key) };
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

  /** The SDK's poller succeeds on an active key without recovering anything; here that is `key-not-found`. */
  recoverKey(name: string, signal?: AbortSignal): Promise<KeyDetail> {
    return this.#call({ what: 'recover', key: name, signal }, async (context) => {
      const poller = await this.#client.beginRecoverDeletedKey(name, { intervalInMs: RECOVERY_POLL_MS });
      const key = await poller.pollUntilDone();
      return context.recovered ? readKeyDetail(key) : deletedKeyNotFound(this.hsm, name);
    });
  }

  async #call<T>(call: Omit<HsmCall, 'hsm'>, action: (context: CallContext) => Promise<T>): Promise<T> {
    const context: CallContext = { signal: call.signal };
    try {
      call.signal?.throwIfAborted();
      return await inCallContext(context, () => action(context));
    } catch (error) {
      throw translateHsmError(error, { ...call, hsm: this.hsm }, this.#clock.now());
    }
  }
}

function pageSettings(next?: string): { maxPageSize: number; continuationToken?: string } {
  return next === undefined
    ? { maxPageSize: PAGE_SIZE }
    : { maxPageSize: PAGE_SIZE, continuationToken: next };
}

function toPage<From, To>(
  page: IteratorResult<From[], unknown>,
  convert: (item: From) => To,
  { nextLink }: CallContext,
): Page<To> {
  const items = page.done ? [] : page.value.map(convert);
  return nextLink === undefined ? { items } : { items, next: nextLink };
}
