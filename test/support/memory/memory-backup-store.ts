/** The store of key backups in memory: write once, never overwrite. */
import { isDeepStrictEqual } from 'node:util';
import { WardenError } from '../../../src/core/errors.ts';
import { backupBlobName, backupNameOf, pinnedBlobName } from '../../../src/core/model/backup-blob-name.ts';
import { BackupRecord } from '../../../src/core/model/backup-record.ts';
import { isSameName } from '../../../src/core/model/key-name.ts';
import type { PublicKeys } from '../../../src/core/model/public-key.ts';
import type {
  BackupPins,
  BackupPlace,
  BackupStore,
  Clock,
  FetchedBackup,
  StoredBackup,
} from '../../../src/core/ports.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';

/** One version of a blob. */
interface Entry {
  readonly stored: StoredBackup;
  bytes: Uint8Array;
}

/** A {@link BackupStore} that lives as long as its object. */
export class MemoryBackupStore implements BackupStore, BackupPins {
  readonly faults = new Faults<'put' | 'read' | 'list' | 'pin'>();
  /** What is kept beside each blob; a test may change it. */
  readonly publicKeys = new Map<string, PublicKeys>();
  /** The current version of each blob. */
  readonly #entries = new Map<string, Entry>();
  /** Every version there ever was, by its identifier. */
  readonly #versions = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #pageSize: number;
  readonly #versioning: boolean;

  /**
   * `pageSize` is the number of records a page of {@link list} holds; `versioning` whether versions are kept, as the
   * deployed account does and Azurite does not.
   */
  constructor(clock: Clock, pageSize = 100, versioning = true) {
    this.#clock = clock;
    this.#pageSize = pageSize;
    this.#versioning = versioning;
  }

  /** Names of all blobs, sorted. */
  get blobs(): readonly string[] {
    return [...this.#entries.keys()].sort();
  }

  async put(
    record: BackupRecord,
    backup: Uint8Array,
    signal?: AbortSignal,
    keys: PublicKeys = new Map(),
  ): Promise<StoredBackup> {
    throwIfAborted(signal);
    await this.faults.meet('put', record.key);
    const blob = backupBlobName(backupNameOf(record));
    const existing = this.#entries.get(blob);
    if (existing !== undefined) {
      if (isDeepStrictEqual(existing.stored.record, record)) return existing.stored;
      throw new WardenError('blob-exists', {
        message: `A backup named ${blob} exists already.`,
        hsm: record.hsm,
        key: record.key,
      });
    }
    if (keys.size > 0) this.publicKeys.set(blob, new Map(keys));
    return this.#keep(blob, record, backup).stored;
  }

  async publicKeysOf(blob: string, signal?: AbortSignal): Promise<PublicKeys> {
    throwIfAborted(signal);
    return this.publicKeys.get(blob) ?? new Map();
  }

  async read(blob: string, signal?: AbortSignal): Promise<Uint8Array> {
    throwIfAborted(signal);
    await this.faults.meet('read', blob);
    return Uint8Array.from(this.#entry(blob).bytes);
  }

  async fetch({ blob, versionId }: BackupPlace, signal?: AbortSignal): Promise<FetchedBackup> {
    throwIfAborted(signal);
    await this.faults.meet('read', blob);
    const isVersioned = versionId !== undefined && this.#versioning;
    const entry = isVersioned ? this.#versions.get(versionId) : this.#entry(blob);
    if (entry === undefined || entry.stored.blob !== blob) throw missing(blob);
    return { stored: entry.stored, bytes: Uint8Array.from(entry.bytes) };
  }

  async *list(hsm: string, key?: string, signal?: AbortSignal): AsyncGenerator<readonly StoredBackup[]> {
    const isWanted = (name: string) => {
      const [ofHsm, ofKey = ''] = name.replace(/^pinned\//, '').split('/');
      return ofHsm === hsm && (key === undefined || isSameName(ofKey, key));
    };
    const names = this.blobs.filter(isWanted);
    for (let start = 0; start < names.length; start += this.#pageSize) {
      throwIfAborted(signal);
      await this.faults.meet('list', hsm);
      yield names
        .slice(start, start + this.#pageSize)
        .map((name) => withoutVersion(this.#entry(name).stored));
    }
  }

  async pin(blob: string, signal?: AbortSignal): Promise<string> {
    throwIfAborted(signal);
    await this.faults.meet('pin', blob);
    const copy = pinnedBlobName(blob);
    const { stored, bytes } = this.#entry(blob);
    if (!this.#entries.has(copy)) this.#keep(copy, stored.record, bytes, stored.storedAt);
    const keys = this.publicKeys.get(blob);
    if (keys !== undefined) this.publicKeys.set(copy, keys);
    return copy;
  }

  /** Replaces the bytes of a blob, as a rotten disk would; no product code can do this. */
  damage(blob: string, bytes: Uint8Array): void {
    this.#entry(blob).bytes = bytes;
  }

  /** Puts other content under the name of a blob, as somebody with more rights than the product could. */
  overwrite(blob: string, bytes: Uint8Array, change: Partial<BackupRecord> = {}): StoredBackup {
    const { record } = this.#entry(blob).stored;
    return this.#keep(blob, { ...record, ...change }, bytes).stored;
  }

  /** Takes a blob away, as the end of its retention could. */
  forget(blob: string): void {
    this.#entries.delete(blob);
  }

  #keep(blob: string, record: BackupRecord, bytes: Uint8Array, storedAt = this.#clock.now()): Entry {
    const versionId = `version-${this.#versions.size + 1}`;
    const stored = {
      blob,
      storedAt,
      record: BackupRecord.parse(structuredClone(record)),
      ...(this.#versioning ? { versionId } : {}),
    };
    const entry = { stored, bytes: Uint8Array.from(bytes) };
    this.#entries.set(blob, entry);
    this.#versions.set(versionId, entry);
    return entry;
  }

  #entry(blob: string): Entry {
    const entry = this.#entries.get(blob);
    if (entry === undefined) throw missing(blob);
    return entry;
  }
}

/** A list gives blobs, not their versions, as that of Blob storage does. */
function withoutVersion({ versionId: _, ...stored }: StoredBackup): StoredBackup {
  return stored;
}

function missing(blob: string): WardenError {
  return new WardenError('blob-missing', { message: `There is no backup named ${blob}.` });
}
