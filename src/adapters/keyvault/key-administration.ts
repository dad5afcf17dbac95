/**
 * What an operator does to keys with their own credential, through the Azure SDK's KeyClient: also what the product itself
 * must never be able to do (create, import, delete, purge). Only the command line may import this; a rule checks it.
 */

import type {
  CreateKeyOptions,
  DeletedKey,
  JsonWebKey,
  KeyClient,
  KeyProperties,
  KeyVaultKey,
} from '@azure/keyvault-keys';
import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { type OnRetry, type RetryPolicy, withRetries } from '../../core/retry.ts';
import { CALL_LIMITS_MS, withinLimits } from '../http/call-limits.ts';
import { statusWord } from '../http/fault.ts';
import { type HsmCall, translateHsmError } from '../http/translate-hsm-error.ts';
import { noteWait } from '../http/waits.ts';
import { type CallContext, inCallContext } from './call-context.ts';
import { type Change, changeOnce } from './change-once.ts';
import { createKeyClient, type HsmClientOptions } from './client.ts';
import { momentsOf, requireMoments } from './new-key.ts';

/** A person waits: a minute of trouble is enough, unless the HSM itself asks for more. */
const ATTEMPTS: RetryPolicy = { attempts: 4, firstDelayMs: 1_000, maxDelayMs: 8_000 };
/** The largest page the service gives. */
const PAGE_SIZE = 25;
/** How often it is checked whether a deletion has ended, and for how long. */
const DELETION_POLL_MS = 500;
const DELETION_LIMIT_MS = 60_000;

/** How to reach one Managed HSM as an operator. */
export interface KeyAdministrationOptions extends HsmClientOptions {
  readonly hsm: string;
  readonly clock: Clock;
  /** Ends every call and every wait at once. */
  readonly signal: AbortSignal;
  readonly attempts?: RetryPolicy;
  /** Time for one call, and for a deletion to be seen, in milliseconds. */
  readonly limitMs?: number;
  readonly deletionLimitMs?: number;
}

/** Attributes of a new key. */
export type NewKey = Pick<CreateKeyOptions, 'keyOps' | 'tags' | 'enabled' | 'expiresOn' | 'notBefore'> & {
  readonly keySize?: number;
  readonly curve?: string;
};

/** A list of the SDK, from which pages can be asked for. */
interface Pages<T> {
  byPage(settings: { maxPageSize: number; continuationToken?: string }): AsyncIterator<T[]>;
}

/** What a call is about. */
type About = Omit<HsmCall, 'hsm' | 'signal'> & Pick<CallContext, 'moments'>;

/**
 * The keys of one HSM, as the SDK shows them. Every method fails with the codes of the port KeyService, or with the reason of
 * the signal. Reads are repeated when they fail with what may pass; changes only when they were surely not made.
 */
export class KeyAdministration {
  readonly hsm: string;
  readonly #client: KeyClient;
  readonly #options: KeyAdministrationOptions;

  constructor(options: KeyAdministrationOptions) {
    this.hsm = options.hsm;
    this.#options = options;
    this.#client = createKeyClient(options);
  }

  /** Makes a key, or a new version of it. */
  create(name: string, keyType: string, key: NewKey): Promise<KeyVaultKey> {
    return this.#make('create', name, key, () => this.#client.createKey(name, keyType, key));
  }

  /** Imports a key, or a new version of it. */
  import(
    name: string,
    material: JsonWebKey,
    key: Omit<NewKey, 'keySize' | 'curve' | 'keyOps'>,
  ): Promise<KeyVaultKey> {
    const options = { ...key, hardwareProtected: true };
    return this.#make('import', name, key, () => this.#client.importKey(name, material, options));
  }

  /** One version, or the newest. */
  show(name: string, version?: string): Promise<KeyVaultKey> {
    const options = version === undefined ? {} : { version };
    return this.#read({ what: 'read', key: name }, () => this.#client.getKey(name, options));
  }

  /** A soft-deleted key. */
  showDeleted(name: string): Promise<DeletedKey> {
    const about = { what: 'read the soft-deleted', key: name };
    return this.#read(about, () => this.#client.getDeletedKey(name));
  }

  /** The active keys; at most `most`. */
  list(most?: number): Promise<KeyProperties[]> {
    return this.#list({ what: 'list the keys' }, () => this.#client.listPropertiesOfKeys(), most);
  }

  /** The versions of a key; at most `most`. Empty when there is no such active key. */
  listVersions(name: string, most?: number): Promise<KeyProperties[]> {
    const about = { what: 'list the versions of', key: name };
    return this.#list(about, () => this.#client.listPropertiesOfKeyVersions(name), most);
  }

  /** The soft-deleted keys; at most `most`. */
  listDeleted(most?: number): Promise<DeletedKey[]> {
    return this.#list({ what: 'list the soft-deleted keys' }, () => this.#client.listDeletedKeys(), most);
  }

  /** Soft-deletes a key with all its versions, and waits until it is seen among the soft-deleted. */
  async delete(name: string): Promise<DeletedKey> {
    const about = { what: 'delete', key: name };
    const see = async () => (await unlessNotFound(() => this.showDeleted(name))) ?? undefined;
    const key = await this.#change<DeletedKey | undefined>({
      attempt: () =>
        this.#once(about, async () => {
          const poller = await this.#client.beginDeleteKey(name, { intervalInMs: DELETION_POLL_MS });
          return poller.isDone() ? poller.getResult() : undefined;
        }),
      look: async () => wrapped(await see()),
      repeatable: true,
    });
    return key ?? this.#awaitDeletion(name, see);
  }

  /** Purges a soft-deleted key: nothing but a backup brings it back. */
  purge(name: string): Promise<void> {
    return this.#change<void>({
      attempt: () =>
        this.#once({ what: 'purge', key: name }, async () => {
          await this.#client.purgeDeletedKey(name);
        }),
      look: async () =>
        (await unlessNotFound(() => this.showDeleted(name))) === undefined ? { done: undefined } : undefined,
      repeatable: true,
    });
  }

  /** A new version, once: what the key was before shows afterwards whether it was made. */
  async #make(
    what: string,
    name: string,
    key: Pick<NewKey, 'expiresOn' | 'notBefore'>,
    send: () => Promise<KeyVaultKey>,
  ): Promise<KeyVaultKey> {
    const newest = () => unlessNotFound(() => this.show(name));
    const before = (await newest())?.properties.version;
    const made = await this.#change({
      attempt: () => this.#once({ what, key: name, conflictIsName: true, moments: momentsOf(key) }, send),
      look: async () => {
        const found = await newest();
        return found?.properties.version === before ? undefined : wrapped(found);
      },
      repeatable: false,
    });
    return requireMoments(made, key, this.hsm);
  }

  async #awaitDeletion(name: string, see: () => Promise<DeletedKey | undefined>): Promise<DeletedKey> {
    const { clock, signal, deletionLimitMs = DELETION_LIMIT_MS } = this.#options;
    const until = clock.now() + deletionLimitMs;
    while (clock.now() < until) {
      await clock.sleep(DELETION_POLL_MS, signal);
      const key = await see();
      if (key !== undefined) return key;
    }
    throw new WardenError('hsm-answer-unexpected', {
      message: `HSM ${this.hsm} accepted the deletion of key ${name}, but did not show it among the soft-deleted keys within ${deletionLimitMs / 1000} s.`,
      advice: `Look again: hsm-warden key list-deleted --hsm-name ${this.hsm}`,
      hsm: this.hsm,
      key: name,
    });
  }

  /** Page by page, each with its own limit and its own tries: a list of thousands of keys need not begin again. */
  async #list<T>(about: About, all: () => Pages<T>, most = Number.POSITIVE_INFINITY): Promise<T[]> {
    const taken: T[] = [];
    let next: string | undefined;
    do {
      const page = await this.#read(about, async (context) => {
        const from = next === undefined ? {} : { continuationToken: next };
        const { done, value } = await all()
          .byPage({ maxPageSize: PAGE_SIZE, ...from })
          .next();
        return { items: done === true ? [] : value, next: context.nextLink };
      });
      taken.push(...page.items);
      next = page.next;
    } while (next !== undefined && taken.length < most);
    return taken.slice(0, most);
  }

  #read<T>(about: About, action: (context: CallContext) => Promise<T>): Promise<T> {
    const { clock, signal, attempts = ATTEMPTS } = this.#options;
    return withRetries(() => this.#once(about, action), clock, attempts, signal, this.#onRetry);
  }

  #change<T>(change: Change<T>): Promise<T> {
    const { clock, signal, attempts: policy = ATTEMPTS } = this.#options;
    return changeOnce(change, { clock, policy, signal, onRetry: this.#onRetry });
  }

  readonly #onRetry: OnRetry = (error, _attempt, waitMs) => noteWait(this.hsm, statusWord(error), waitMs);

  async #once<T>({ moments, ...call }: About, action: (context: CallContext) => Promise<T>): Promise<T> {
    const { clock, signal, limitMs = CALL_LIMITS_MS.hsmCall } = this.#options;
    try {
      return await withinLimits({ of: this.hsm, signal, limitMs }, (abortSignal) => {
        const context = { signal: abortSignal, ...definedOnly({ moments }) };
        return inCallContext(context, () => action(context));
      });
    } catch (error) {
      throw translateHsmError(error, { ...call, signal, hsm: this.hsm }, clock.now());
    }
  }
}

function wrapped<T>(value: T | undefined): { readonly done: T } | undefined {
  return value === undefined ? undefined : { done: value };
}

async function unlessNotFound<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isWardenError(error, 'key-not-found')) return undefined;
    throw error;
  }
}
