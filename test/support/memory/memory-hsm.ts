/** A tiny Managed HSM in memory: just enough of a world for tests of the engine to delete, rotate and lose keys in. */
import { createHash } from 'node:crypto';
import { WardenError } from '../../../src/core/errors.ts';
import type { KeyAttributes } from '../../../src/core/model/key.ts';
import { NameMap } from '../../../src/core/model/key-name.ts';
import { type PublicKey, thumbprintOf } from '../../../src/core/model/public-key.ts';
import type { Clock } from '../../../src/core/ports.ts';
import { Faults } from './faults.ts';

/** The calls of a KeyService, as faults and the call log name them. */
export type HsmOperation =
  | 'listKeys'
  | 'listDeletedKeys'
  | 'listVersions'
  | 'getKey'
  | 'getDeletedKey'
  | 'backupKey'
  | 'restoreKey'
  | 'recoverKey';

/** A version of a key in memory. */
export interface MemoryVersion {
  readonly version: string;
  readonly thumbprint?: string;
  readonly publicKey?: PublicKey;
  attributes: KeyAttributes;
}

/** A key in memory: its versions oldest first. */
export interface MemoryKey {
  readonly name: string;
  readonly keyType: string;
  readonly managed: boolean;
  readonly versions: MemoryVersion[];
  tags: Readonly<Record<string, string>>;
  deletedAt?: number;
}

/** How a key is made; all times are epoch milliseconds. */
export interface NewKey {
  readonly keyType?: 'RSA-HSM' | 'EC-HSM' | 'oct-HSM';
  readonly enabled?: boolean;
  readonly managed?: boolean;
  readonly notBefore?: number;
  readonly expiresAt?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** How an HSM is made. */
export interface MemoryHsmOptions {
  readonly name?: string;
  readonly clock: Clock;
  /** HSMs of one security domain restore each other's backups. */
  readonly securityDomain?: string;
  /** 7 to 90. */
  readonly retentionDays?: number;
  readonly purgeProtection?: boolean;
}

const DAY_MS = 86_400_000;

/** The world behind a {@link MemoryKeyService}. Tests change it; the product sees it through the port only. */
export class MemoryHsm {
  readonly name: string;
  readonly securityDomain: string;
  readonly faults = new Faults<HsmOperation>();
  /** Every call of the port so far, e.g. `backupKey orders`. */
  readonly calls: string[] = [];
  readonly active = new NameMap<MemoryKey>();
  readonly deleted = new NameMap<MemoryKey>();
  readonly #clock: Clock;
  readonly #recovery: Pick<KeyAttributes, 'recoveryLevel' | 'recoverableDays'>;
  #made = 0;

  constructor(options: MemoryHsmOptions) {
    const days = options.retentionDays ?? 90;
    this.name = options.name ?? 'contoso';
    this.securityDomain = options.securityDomain ?? 'domain-1';
    this.#clock = options.clock;
    this.#recovery = {
      recoverableDays: days,
      recoveryLevel: `${days < 90 ? 'Customized' : ''}Recoverable${options.purgeProtection ? '' : '+Purgeable'}`,
    };
  }

  /** Creates a key, or a new version of it when the name exists. */
  createKey(name: string, options: NewKey = {}): MemoryKey {
    const existing = this.active.get(name);
    const key: MemoryKey = existing ?? {
      name,
      keyType: options.keyType ?? 'RSA-HSM',
      managed: options.managed ?? false,
      versions: [],
      tags: options.tags ?? {},
    };
    this.#made += 1;
    const seed = `${this.name}/${name}/${this.#made}`;
    key.versions.push({
      version: createHash('sha256').update(seed).digest('hex').slice(0, 32),
      ...(key.keyType === 'oct-HSM' ? {} : publicPart(seed)),
      attributes: {
        enabled: options.enabled ?? true,
        createdAt: this.#second(),
        updatedAt: this.#second(),
        exportable: false,
        ...this.#recovery,
        ...(options.notBefore === undefined ? {} : { notBefore: options.notBefore }),
        ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
      },
    });
    this.active.set(key.name, key);
    return key;
  }

  /** Changes attributes or tags of the newest version; moves `updatedAt` to now. */
  updateKey(
    name: string,
    change: { readonly enabled?: boolean; readonly tags?: Readonly<Record<string, string>> },
  ): void {
    const key = this.find(this.active, 'keys', name);
    const newest = newestVersion(key);
    newest.attributes = {
      ...newest.attributes,
      enabled: change.enabled ?? newest.attributes.enabled,
      updatedAt: this.#second(),
    };
    key.tags = change.tags ?? key.tags;
  }

  /** Soft-deletes a key. */
  deleteKey(name: string): void {
    const key = this.find(this.active, 'keys', name);
    key.deletedAt = this.#second();
    this.active.delete(name);
    this.deleted.set(key.name, key);
  }

  /** Purges a soft-deleted key, as an operator, or as the service does at the end of the retention. */
  purgeKey(name: string): void {
    this.find(this.deleted, 'deletedkeys', name);
    this.deleted.delete(name);
  }

  /** Purges what the retention has run out for; every call of the port does so first. */
  expire(): void {
    for (const [name, key] of this.deleted) {
      if (this.scheduledPurgeAt(key) <= this.#clock.now()) this.deleted.delete(name);
    }
  }

  /** When the service will purge a soft-deleted key, epoch milliseconds. */
  scheduledPurgeAt(key: MemoryKey): number {
    return (key.deletedAt ?? 0) + (this.#recovery.recoverableDays ?? 0) * DAY_MS;
  }

  /** The key `name` in `where`, or `key-not-found`. */
  find(where: ReadonlyMap<string, MemoryKey>, path: 'keys' | 'deletedkeys', name: string): MemoryKey {
    const key = where.get(name);
    if (key !== undefined) return key;
    throw new WardenError('key-not-found', {
      message: `Key not found: ${path}/${name}.`,
      hsm: this.name,
      key: name,
    });
  }

  /** The service counts whole seconds. */
  #second(): number {
    return Math.floor(this.#clock.now() / 1000) * 1000;
  }
}

/** The newest version of a key, which always has one. */
export function newestVersion(key: MemoryKey): MemoryVersion {
  const newest = key.versions.at(-1);
  if (newest === undefined) throw new Error(`expected key ${key.name} to have a version`);
  return newest;
}

function publicPart(seed: string): { readonly thumbprint: string; readonly publicKey: PublicKey } {
  const x = createHash('sha256').update(`key ${seed}`).digest('base64url');
  const publicKey: PublicKey = { kty: 'OKP', crv: 'Ed25519', x };
  return { thumbprint: thumbprintOf(publicKey), publicKey };
}
