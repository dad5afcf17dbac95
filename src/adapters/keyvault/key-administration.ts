/**
 * What an operator does to keys with their own credential, through the Azure SDK's KeyClient: also what the product itself
 * must never be able to do (create, import, delete, purge). Only the command line may import this; a rule checks it.
 */
import type {
  CreateKeyOptions,
  JsonWebKey,
  KeyClient,
  UpdateKeyPropertiesOptions,
} from '@azure/keyvault-keys';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { CallContext } from './call-context.ts';
import { createKeyClient, type HsmClientOptions } from './client.ts';
import { type About, type HsmCallOptions, HsmCalls } from './hsm-calls.ts';
import { listItems, type Pages } from './list-items.ts';
import { momentsOf, requireMoments } from './new-key.ts';
import { namesIn, readWireKey, type WireKey, type WireList } from './wire-key.ts';

/** How often it is checked whether a deletion has ended, and for how long. */
const DELETION_POLL_MS = 500;
const DELETION_LIMIT_MS = 60_000;

/** How to reach one Managed HSM as an operator. */
export interface KeyAdministrationOptions extends HsmClientOptions, HsmCallOptions {
  /** Time for a deletion to be seen, in milliseconds. */
  readonly deletionLimitMs?: number;
}

/** Attributes of a new key. */
export type NewKey = Pick<
  CreateKeyOptions,
  'keyOps' | 'tags' | 'enabled' | 'expiresOn' | 'notBefore' | 'exportable' | 'releasePolicy'
> & {
  readonly keySize?: number;
  readonly curve?: string;
};

/** What is changed of a version; what is left out stays. */
export type KeyChange = Pick<
  UpdateKeyPropertiesOptions,
  'keyOps' | 'tags' | 'enabled' | 'expiresOn' | 'notBefore' | 'releasePolicy'
>;

/**
 * The keys of one HSM, as the service writes them. Every method fails with the codes of the port KeyService, or with the reason of
 * the signal. Reads are repeated when they fail with what may pass; changes only when they were surely not made.
 */
export class KeyAdministration {
  readonly hsm: string;
  readonly #client: KeyClient;
  readonly #calls: HsmCalls;
  readonly #options: KeyAdministrationOptions;

  constructor(options: KeyAdministrationOptions) {
    this.hsm = options.hsm;
    this.#options = options;
    this.#client = createKeyClient(options);
    this.#calls = new HsmCalls(options);
  }

  /** Makes a key, or a new version of it. */
  create(name: string, keyType: string, key: NewKey): Promise<WireKey> {
    return this.#make('create', name, key, () => this.#client.createKey(name, keyType, key));
  }

  /** Imports a key, or a new version of it. */
  import(
    name: string,
    material: JsonWebKey,
    key: Omit<NewKey, 'keySize' | 'curve' | 'keyOps'>,
  ): Promise<WireKey> {
    const options = { ...key, hardwareProtected: true };
    return this.#make('import', name, key, () => this.#client.importKey(name, material, options));
  }

  /** One version, or the newest. */
  show(name: string, version?: string): Promise<WireKey> {
    const options = version === undefined ? {} : { version };
    return this.#readKey({ what: 'read', key: name }, () => this.#client.getKey(name, options));
  }

  /** A soft-deleted key. */
  showDeleted(name: string): Promise<WireKey> {
    const about = { what: 'read the soft-deleted', key: name };
    return this.#readKey(about, () => this.#client.getDeletedKey(name));
  }

  /** The active keys; at most `most`. */
  list(most?: number): Promise<WireList> {
    return this.#list({ what: 'list the keys' }, () => this.#client.listPropertiesOfKeys(), most);
  }

  /** The versions of a key; at most `most`. Empty when there is no such active key. */
  listVersions(name: string, most?: number): Promise<WireList> {
    const about = { what: 'list the versions of', key: name };
    return this.#list(about, () => this.#client.listPropertiesOfKeyVersions(name), most);
  }

  /** The soft-deleted keys; at most `most`. */
  listDeleted(most?: number): Promise<WireList> {
    return this.#list({ what: 'list the soft-deleted keys' }, () => this.#client.listDeletedKeys(), most);
  }

  /** Soft-deletes a key with all its versions, and waits until it is seen among the soft-deleted. */
  async delete(name: string): Promise<WireKey> {
    const about = { what: 'delete', key: name };
    const see = async () => (await unlessNotFound(() => this.showDeleted(name))) ?? undefined;
    const key = await this.#calls.change<WireKey | undefined>({
      attempt: () =>
        this.#calls.once(about, async (context) => {
          const poller = await this.#client.beginDeleteKey(name, { intervalInMs: DELETION_POLL_MS });
          return poller.isDone() ? this.#keyOf(context) : undefined;
        }),
      check: async () => wrapped(await see()),
      repeatable: true,
    });
    return key ?? this.#awaitDeletion(name, see);
  }

  /** Purges a soft-deleted key: nothing but a backup brings it back. */
  purge(name: string): Promise<void> {
    return this.#calls.change<void>({
      attempt: () =>
        this.#calls.once({ what: 'purge', key: name }, async () => {
          await this.#client.purgeDeletedKey(name);
        }),
      check: async () =>
        (await unlessNotFound(() => this.showDeleted(name))) === undefined ? { done: undefined } : undefined,
      repeatable: true,
    });
  }

  /** Changes a version, or the newest. A change of the same again comes to the same. */
  async update(name: string, version: string | undefined, change: KeyChange): Promise<WireKey> {
    const about = { what: 'change', key: name, moments: momentsOf(change) };
    const changed = await this.#calls.change({
      attempt: () =>
        this.#calls.once(about, async (context) => {
          await this.#client.updateKeyProperties(name, version ?? '', change);
          return this.#keyOf(context);
        }),
      check: async () => undefined,
      repeatable: true,
    });
    return requireMoments(changed, change, this.hsm);
  }

  /** Makes a new version by the key's own rotation policy. */
  rotate(name: string): Promise<WireKey> {
    return this.#make('rotate', name, {}, () => this.#client.rotateKey(name));
  }

  /** A new version, once: what the key was before shows afterwards whether it was made. */
  async #make(
    what: string,
    name: string,
    key: Pick<NewKey, 'expiresOn' | 'notBefore'>,
    send: () => Promise<unknown>,
  ): Promise<WireKey> {
    const newest = () => unlessNotFound(() => this.show(name));
    const before = versionOf(await newest());
    const about = { what, key: name, conflictIsName: true, moments: momentsOf(key) };
    const made = await this.#calls.change({
      attempt: () =>
        this.#calls.once(about, async (context) => {
          await send();
          return this.#keyOf(context);
        }),
      check: async () => {
        const found = await newest();
        return versionOf(found) === before ? undefined : wrapped(found);
      },
      repeatable: false,
    });
    return requireMoments(made, key, this.hsm);
  }

  async #awaitDeletion(name: string, see: () => Promise<WireKey | undefined>): Promise<WireKey> {
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

  #list(about: About, all: () => Pages, most?: number): Promise<WireList> {
    return listItems(this.#calls, about, this.hsm, all, most);
  }

  #readKey(about: About, send: () => Promise<unknown>): Promise<WireKey> {
    return this.#calls.read(about, async (context) => {
      await send();
      return this.#keyOf(context);
    });
  }

  #keyOf({ answer }: CallContext): WireKey {
    return readWireKey(answer, this.hsm);
  }
}

function versionOf(key: WireKey | undefined): string | undefined {
  return key === undefined ? undefined : namesIn(key.key.kid).version;
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
