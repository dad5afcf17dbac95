/** The immutable store of key backups on a Blob container. */
import { isDeepStrictEqual } from 'node:util';
import type { BlobGetPropertiesResponse, BlobItem, ContainerClient } from '@azure/storage-blob';
import { eachPage } from '../../core/each-page.ts';
import { isWardenError } from '../../core/errors.ts';
import { backupBlobName, backupNameOf } from '../../core/model/backup-blob-name.ts';
import type { BackupRecord } from '../../core/model/backup-record.ts';
import { isSameName } from '../../core/model/key-name.ts';
import type { PublicKeys } from '../../core/model/public-key.ts';
import type {
  BackupPins,
  BackupPlace,
  BackupStore,
  Clock,
  FetchedBackup,
  Logger,
  StoredBackup,
} from '../../core/ports.ts';
import { bytesOf } from '../http/answer-body.ts';
import { inTime } from '../http/call-limits.ts';
import { requireStorage } from '../http/storage-access.ts';
import { type StorageCall, translateStorageError } from '../http/translate-storage-error.ts';
import { machineNow } from '../system/system-clock.ts';
import { BACKUP_CONTENT_TYPE, backupPrefixes, keyOfFolder } from './layout.ts';
import { fromMetadata, toMetadata } from './metadata.ts';
import { copyToPinned } from './pin-backup.ts';
import { PublicKeyBlobs, type StorageCaller } from './public-key-blobs.ts';
import { ServiceTime } from './service-time.ts';
import { mismatch, notABackup, taken, toStored } from './stored-blob.ts';

/** With metadata an item takes between 1 and 8 KB: a page stays far below what a small worker holds. */
const PAGE_SIZE = 1000;
/** As many as the service gives: https://learn.microsoft.com/rest/api/storageservices/list-blobs */
const FOLDERS_PER_PAGE = 5000;

/** What a {@link BlobBackupStore} works with. */
export interface BlobBackupStoreOptions {
  readonly container: ContainerClient;
  readonly clock: Clock;
  /** Hears of blobs that are not readable as backups; a list goes on without them. */
  readonly logger: Logger;
  /** The machine's own time, which `clock` may be moved ahead of, epoch milliseconds; that of the machine where none is given. */
  readonly machineNow?: () => number;
  /** Blobs, or folders, in a page of a list, where the usual is not wanted. */
  readonly pageSize?: number;
}

/** A {@link BackupStore} that writes under a condition no existing blob meets, and has no means to delete. */
export class BlobBackupStore implements BackupStore, BackupPins {
  readonly #container: ContainerClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #serviceTime: ServiceTime;
  readonly #publicKeys: PublicKeyBlobs;
  readonly #pageSizes: { readonly blobs: number; readonly folders: number };
  readonly #caller: StorageCaller = (call, action) => this.#call(call, action);

  constructor(options: BlobBackupStoreOptions) {
    this.#container = options.container;
    this.#clock = options.clock;
    this.#logger = options.logger;
    const { pageSize } = options;
    this.#pageSizes = { blobs: pageSize ?? PAGE_SIZE, folders: pageSize ?? FOLDERS_PER_PAGE };
    this.#serviceTime = new ServiceTime(options.machineNow ?? machineNow);
    this.#publicKeys = new PublicKeyBlobs(options.container, this.#caller);
  }

  /**
   * After any failure it is checked whether it was done: a blob that holds this very record is our own, written by a try whose
   * answer was lost on the way. Its bytes are for the caller to read back and compare, as after any write.
   */
  async put(
    record: BackupRecord,
    backup: Uint8Array,
    signal?: AbortSignal,
    keys: PublicKeys = new Map(),
  ): Promise<StoredBackup> {
    const blob = backupBlobName(backupNameOf(record));
    const { hsm, key } = record;
    await this.#serviceTime.requireRightClock(() => this.#head(blob, signal));
    if (keys.size > 0) await this.#publicKeys.keep(blob, record, keys, signal);
    const meanings = { BlobAlreadyExists: 'blob-exists' } as const;
    const call = { what: `store ${blob}`, hsm, key, signal, meanings };
    try {
      return await this.#call(call, (abortSignal) => this.#upload(blob, record, backup, abortSignal));
    } catch (error) {
      if (signal?.aborted) throw error;
      // Whatever the failure is called: a repeat is refused as an overwrite, by a policy, or as a right that is missing.
      const found = await this.#stored(blob, signal);
      if (found === undefined) throw error;
      const own = this.#ownOf(found, blob, record);
      if (own !== undefined) return own;
      throw isWardenError(error, 'blob-exists') ? error : taken(record, blob, error);
    }
  }

  publicKeysOf(blob: string, signal?: AbortSignal): Promise<PublicKeys> {
    return this.#publicKeys.read(blob, signal);
  }

  read(blob: string, signal?: AbortSignal): Promise<Uint8Array> {
    const call = { what: `read ${blob}`, signal, meanings: { BlobNotFound: 'blob-missing' } } as const;
    return this.#call(call, async (abortSignal) => {
      const answer = await this.#container.getBlobClient(blob).download(0, undefined, { abortSignal });
      return bytesOf(answer, blob);
    });
  }

  async fetch({ blob, versionId }: BackupPlace, signal?: AbortSignal): Promise<FetchedBackup> {
    const call = { what: `fetch ${blob}`, signal, meanings: { BlobNotFound: 'blob-missing' } } as const;
    const { answer, bytes } = await this.#call(call, async (abortSignal) => {
      const current = this.#container.getBlobClient(blob);
      const client = versionId === undefined ? current : current.withVersion(versionId);
      const answer = await client.download(0, undefined, { abortSignal });
      return { answer, bytes: await bytesOf(answer, blob) };
    });
    const found = fromMetadata(answer.metadata ?? {});
    if ('problem' in found) throw notABackup(blob, found.problem);
    const fault = mismatch(blob, answer.contentLength, found.record);
    if (fault !== undefined) throw notABackup(blob, fault);
    const storedAt = answer.createdOn ?? answer.lastModified ?? new Date(this.#clock.now());
    return { stored: toStored(blob, found.record, storedAt, answer.versionId ?? versionId), bytes };
  }

  async *list(hsm: string, key?: string, signal?: AbortSignal): AsyncGenerator<readonly StoredBackup[]> {
    // Pinned copies too: once the lifecycle rule has taken the originals, they are all there is to restore from.
    for (const part of backupPrefixes(hsm)) {
      const prefixes = key === undefined ? [part] : await this.#foldersOf(part, key, hsm, signal);
      for (const prefix of prefixes) yield* this.#listUnder(prefix, hsm, signal);
    }
  }

  /**
   * The folders of a key within `part`. Blob names distinguish letter cases and names of keys do not, so the folders are
   * listed and compared: a page holds 5000 of them, as many as an HSM has keys.
   */
  async #foldersOf(
    part: string,
    key: string,
    hsm: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const call = { what: `list the keys with backups of HSM ${hsm}`, hsm, key, signal };
    const list = { code: 'storage-unavailable', what: `the keys with backups of HSM ${hsm}`, hsm } as const;
    const pages = eachPage(list, async (next) => {
      const page = await this.#call(call, async (abortSignal) =>
        this.#container
          .listBlobsByHierarchy('/', { prefix: part, abortSignal })
          .byPage(pageAfter(next, this.#pageSizes.folders))
          .next(),
      );
      if (page.done === true) return { items: [] };
      requireStorage(page.value, part);
      return { items: page.value.segment.blobPrefixes ?? [], next: page.value.continuationToken };
    });
    const folders: string[] = [];
    for await (const { items } of pages) {
      const names = items.map(({ name }) => name);
      folders.push(...names.filter((name) => isSameName(keyOfFolder(part, name), key)));
    }
    return folders;
  }

  async *#listUnder(
    prefix: string,
    hsm: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly StoredBackup[]> {
    const call = { what: `list the backups of HSM ${hsm}`, hsm, signal };
    const list = { code: 'storage-unavailable', what: `the backups of HSM ${hsm}`, hsm } as const;
    const pages = eachPage(list, async (next) => {
      const page = await this.#call(call, async (abortSignal) =>
        this.#container
          .listBlobsFlat({ prefix, includeMetadata: true, abortSignal })
          .byPage(pageAfter(next, this.#pageSizes.blobs))
          .next(),
      );
      if (page.done === true) return { items: [] };
      requireStorage(page.value, prefix);
      return { items: page.value.segment.blobItems, next: page.value.continuationToken };
    });
    for await (const { items } of pages) yield items.flatMap((item) => this.#readItem(item));
  }

  async pin(blob: string, signal?: AbortSignal): Promise<string> {
    const isThere = async (name: string) => (await this.#stored(name, signal)) !== undefined;
    const deps = { container: this.#container, call: this.#caller, isThere };
    const copy = await copyToPinned(deps, blob, signal);
    if (copy !== blob) await this.#publicKeys.copy(blob, copy, signal);
    return copy;
  }

  async #upload(
    blob: string,
    record: BackupRecord,
    backup: Uint8Array,
    abortSignal: AbortSignal,
  ): Promise<StoredBackup> {
    const answer = await this.#container
      .getBlockBlobClient(blob)
      .upload(Buffer.from(backup), backup.byteLength, {
        conditions: { ifNoneMatch: '*' },
        metadata: toMetadata(record),
        blobHTTPHeaders: { blobContentType: BACKUP_CONTENT_TYPE },
        abortSignal,
      });
    return toStored(blob, record, answer.lastModified ?? new Date(this.#clock.now()), answer.versionId);
  }

  /** What is stored under a name; undefined when nothing is, or when that cannot be seen. */
  async #stored(
    blob: string,
    signal: AbortSignal | undefined,
  ): Promise<BlobGetPropertiesResponse | undefined> {
    try {
      const answer = await this.#call({ what: `see ${blob}`, signal }, () => this.#head(blob, signal));
      requireStorage(answer, blob);
      return answer;
    } catch {
      // What the write failed with says more.
      return undefined;
    }
  }

  #head(blob: string, signal: AbortSignal | undefined): Promise<BlobGetPropertiesResponse> {
    return inTime(signal, (abortSignal) =>
      this.#container.getBlobClient(blob).getProperties({ abortSignal }),
    );
  }

  /** The blob as stored, if it holds `record`. */
  #ownOf(answer: BlobGetPropertiesResponse, blob: string, record: BackupRecord): StoredBackup | undefined {
    const found = fromMetadata(answer.metadata ?? {});
    if ('problem' in found || !isDeepStrictEqual(found.record, record)) return undefined;
    const storedAt = answer.createdOn ?? answer.lastModified ?? new Date(this.#clock.now());
    return toStored(blob, record, storedAt, answer.versionId);
  }

  #readItem(item: BlobItem): StoredBackup[] {
    const found = fromMetadata(item.metadata ?? {});
    const problem =
      'problem' in found ? found.problem : mismatch(item.name, item.properties.contentLength, found.record);
    if ('problem' in found || problem !== undefined) {
      this.#logger.warn('a blob in the backup container is not readable as a backup', {
        blob: item.name,
        problem,
      });
      return [];
    }
    const { createdOn, lastModified } = item.properties;
    return [toStored(item.name, found.record, createdOn ?? lastModified, undefined)];
  }

  async #call<T>(call: StorageCall, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await inTime(call.signal, action);
    } catch (error) {
      throw translateStorageError(error, call, this.#clock.now());
    }
  }
}

/** One page is asked for at a time, so that each has a limit of its own, which ends its request. */
function pageAfter(next: string | undefined, maxPageSize: number) {
  return next === undefined ? { maxPageSize } : { maxPageSize, continuationToken: next };
}
