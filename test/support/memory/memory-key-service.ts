/** The KeyService port on an in-memory HSM. */
import { definedOnly } from '../../../src/core/defined-only.ts';
import { WardenError } from '../../../src/core/errors.ts';
import type { KeyDetail, ListedDeletedKey, ListedKey, ListedVersion } from '../../../src/core/model/key.ts';
import type { KeyService, Page } from '../../../src/core/ports.ts';
import { throwIfAborted } from './abort.ts';
import { packBackup, unpackBackup } from './memory-backup-blob.ts';
import type { HsmOperation, MemoryHsm, MemoryKey, MemoryVersion } from './memory-hsm.ts';
import { newestVersion } from './memory-hsm.ts';

/** A page of keys has at most 25 items, one of deleted keys at most 10, as the service answers. */
const KEY_PAGE = 25;
const DELETED_PAGE = 10;

/** A {@link KeyService} whose world is a {@link MemoryHsm}. */
export class MemoryKeyService implements KeyService {
  readonly hsm: string;
  readonly #world: MemoryHsm;

  constructor(world: MemoryHsm) {
    this.hsm = world.name;
    this.#world = world;
  }

  async listKeys(next?: string, signal?: AbortSignal): Promise<Page<ListedKey>> {
    await this.#enter('listKeys', next ?? '', signal);
    return pageOf(this.#world.active, KEY_PAGE, next, toListed);
  }

  async listDeletedKeys(next?: string, signal?: AbortSignal): Promise<Page<ListedDeletedKey>> {
    await this.#enter('listDeletedKeys', next ?? '', signal);
    return pageOf(this.#world.deleted, DELETED_PAGE, next, (key) => this.#toListedDeleted(key));
  }

  async listVersions(name: string, signal?: AbortSignal): Promise<readonly ListedVersion[]> {
    await this.#enter('listVersions', name, signal);
    const versions = this.#world.active.get(name)?.versions ?? [];
    return versions.map(({ version, attributes }) => ({ version, attributes }));
  }

  async getKey(name: string, version?: string, signal?: AbortSignal): Promise<KeyDetail> {
    await this.#enter('getKey', name, signal);
    const key = this.#world.find(this.#world.active, 'keys', name);
    const found =
      version === undefined ? newestVersion(key) : key.versions.find((v) => v.version === version);
    if (found !== undefined) return toDetail(key, found);
    throw new WardenError('key-not-found', {
      message: `Key ${name} has no version ${version}.`,
      hsm: this.hsm,
      key: name,
    });
  }

  async getDeletedKey(name: string, signal?: AbortSignal): Promise<KeyDetail & ListedDeletedKey> {
    await this.#enter('getDeletedKey', name, signal);
    const key = this.#world.find(this.#world.deleted, 'deletedkeys', name);
    return { ...toDetail(key, newestVersion(key)), ...this.#toListedDeleted(key) };
  }

  async backupKey(name: string, signal?: AbortSignal): Promise<Uint8Array> {
    await this.#enter('backupKey', name, signal);
    return packBackup(this.#world.find(this.#world.active, 'keys', name), this.#world.securityDomain);
  }

  async restoreKey(backup: Uint8Array, signal?: AbortSignal): Promise<KeyDetail> {
    await this.#enter('restoreKey', '', signal);
    const key = unpackBackup(backup, this.#world.securityDomain);
    if (key === undefined) {
      throw new WardenError('backup-foreign', {
        message: 'The backup is damaged or belongs to another security domain.',
        advice: 'Restore it into an HSM that shares the security domain it was made in.',
        hsm: this.hsm,
      });
    }
    if (this.#world.active.has(key.name) || this.#world.deleted.has(key.name)) {
      throw new WardenError('key-name-conflict', {
        message: `A key or a soft-deleted key named ${key.name} exists.`,
        hsm: this.hsm,
        key: key.name,
      });
    }
    this.#world.active.set(key.name, key);
    return toDetail(key, newestVersion(key));
  }

  async recoverKey(name: string, signal?: AbortSignal): Promise<KeyDetail> {
    await this.#enter('recoverKey', name, signal);
    const key = this.#world.find(this.#world.deleted, 'deletedkeys', name);
    delete key.deletedAt;
    this.#world.deleted.delete(name);
    this.#world.active.set(key.name, key);
    return toDetail(key, newestVersion(key));
  }

  async #enter(operation: HsmOperation, subject: string, signal: AbortSignal | undefined): Promise<void> {
    throwIfAborted(signal);
    this.#world.calls.push(subject === '' ? operation : `${operation} ${subject}`);
    await this.#world.faults.meet(operation, subject);
    this.#world.expire();
  }

  #toListedDeleted(key: MemoryKey): ListedDeletedKey {
    return {
      ...toListed(key),
      deletedAt: key.deletedAt ?? 0,
      scheduledPurgeAt: this.#world.scheduledPurgeAt(key),
    };
  }
}

/** A page in order of creation. `next` names the last item of the page before: each page starts behind it, whatever has changed meanwhile. */
function pageOf<T>(
  keys: ReadonlyMap<string, MemoryKey>,
  size: number,
  next: string | undefined,
  convert: (key: MemoryKey) => T,
): Page<T> {
  const behind = [...keys.values()].filter((key) => next === undefined || placeOf(key) > next);
  const page = behind.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)).slice(0, size);
  const last = page.at(-1);
  const items = page.map(convert);
  return last === undefined || behind.length <= size ? { items } : { items, next: placeOf(last) };
}

/** Sorts by creation; names break the ties of keys made within one second, so that pages are stable. */
function placeOf(key: MemoryKey): string {
  const createdAt = key.versions[0]?.attributes.createdAt ?? 0;
  return `${String(createdAt).padStart(15, '0')} ${key.name}`;
}

function toListed(key: MemoryKey): ListedKey {
  return {
    name: key.name,
    attributes: { ...newestVersion(key).attributes },
    tags: { ...key.tags },
    managed: key.managed,
  };
}

function toDetail(key: MemoryKey, { version, attributes, thumbprint, publicKey }: MemoryVersion): KeyDetail {
  return {
    name: key.name,
    version,
    attributes: { ...attributes },
    keyType: key.keyType,
    keyOps: key.keyType === 'EC-HSM' ? ['sign', 'verify'] : ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'],
    tags: { ...key.tags },
    ...definedOnly({ thumbprint, publicKey }),
  };
}
