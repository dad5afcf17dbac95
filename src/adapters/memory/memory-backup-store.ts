/** The store of key backups in memory: write once, never overwrite. */
import { isDeepStrictEqual } from 'node:util';
import { WardenError } from '../../engine/errors.ts';
import { BackupRecord } from '../../engine/model/backup-record.ts';
import type { BackupPins, BackupStore, Clock, StoredBackup } from '../../engine/ports.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';

interface Entry {
  readonly stored: StoredBackup;
  bytes: Uint8Array;
}

/** A {@link BackupStore} that lives as long as its object. */
export class MemoryBackupStore implements BackupStore, BackupPins {
  readonly faults = new Faults<'put' | 'read' | 'list' | 'pin'>();
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #pageSize: number;

  /** `pageSize` is the number of records a page of {@link list} holds. */
  constructor(clock: Clock, pageSize = 100) {
    this.#clock = clock;
    this.#pageSize = pageSize;
  }

  /** Names of all blobs, sorted. */
  get blobs(): readonly string[] {
    return [...this.#entries.keys()].sort();
  }

  async put(record: BackupRecord, backup: Uint8Array, signal?: AbortSignal): Promise<StoredBackup> {
    throwIfAborted(signal);
    await this.faults.meet('put', record.key);
    const blob = blobName(record);
    const existing = this.#entries.get(blob);
    if (existing !== undefined) {
      if (isDeepStrictEqual(existing.stored.record, record)) return existing.stored;
      throw new WardenError('blob-exists', {
        message: `A backup named ${blob} exists already.`,
        hsm: record.hsm,
        key: record.key,
      });
    }
    const stored = { blob, storedAt: this.#clock.now(), record: BackupRecord.parse(structuredClone(record)) };
    this.#entries.set(blob, { stored, bytes: Uint8Array.from(backup) });
    return stored;
  }

  async read(blob: string, signal?: AbortSignal): Promise<Uint8Array> {
    throwIfAborted(signal);
    await this.faults.meet('read', blob);
    return Uint8Array.from(this.#entry(blob).bytes);
  }

  async *list(hsm: string, key?: string, signal?: AbortSignal): AsyncGenerator<readonly StoredBackup[]> {
    const prefix = key === undefined ? `${hsm}/` : `${hsm}/${key}/`;
    const names = this.blobs.filter((name) => name.startsWith(prefix) || name.startsWith(`pinned/${prefix}`));
    for (let start = 0; start < names.length; start += this.#pageSize) {
      throwIfAborted(signal);
      await this.faults.meet('list', hsm);
      yield names.slice(start, start + this.#pageSize).map((name) => this.#entry(name).stored);
    }
  }

  async pin(blob: string, signal?: AbortSignal): Promise<string> {
    throwIfAborted(signal);
    await this.faults.meet('pin', blob);
    const copy = `pinned/${blob}`;
    const { stored, bytes } = this.#entry(blob);
    if (!this.#entries.has(copy)) this.#entries.set(copy, { stored: { ...stored, blob: copy }, bytes });
    return copy;
  }

  /** Replaces the bytes of a blob, as a rotten disk would; no product code can do this. */
  damage(blob: string, bytes: Uint8Array): void {
    this.#entry(blob).bytes = bytes;
  }

  #entry(blob: string): Entry {
    const entry = this.#entries.get(blob);
    if (entry === undefined)
      throw new WardenError('blob-missing', { message: `There is no backup named ${blob}.` });
    return entry;
  }
}

/** Same order as in Blob storage: by key, then by time (13 digits reach beyond the year 2280). */
function blobName(record: BackupRecord): string {
  const newest = record.versions.at(-1)?.version ?? '';
  return `${record.hsm}/${record.key}/${String(record.capturedAt).padStart(13, '0')}-${newest}.keybackup`;
}
