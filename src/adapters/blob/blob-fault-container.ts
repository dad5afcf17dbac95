/** The container of the drills that must fail: backups are stored and read as all others are, and removed when they were drilled. */
import type { ContainerClient } from '@azure/storage-blob';
import { eachPage } from '../../core/each-page.ts';
import { isWardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { FaultContainer } from '../../features/drill/ports.ts';
import { inTime } from '../http/call-limits.ts';
import { requireStorage } from '../http/storage-access.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { BlobBackupStore, type BlobBackupStoreOptions } from './blob-backup-store.ts';

/** A {@link FaultContainer}. The store itself has no means to delete: this has one for its own container, and is made for no other. */
export class BlobFaultContainer implements FaultContainer {
  readonly backups: BlobBackupStore;
  readonly #container: ContainerClient;
  readonly #clock: Clock;

  constructor(options: BlobBackupStoreOptions) {
    this.backups = new BlobBackupStore(options);
    this.#container = options.container;
    this.#clock = options.clock;
  }

  async clear(signal?: AbortSignal): Promise<void> {
    for (const name of await this.#names(signal)) await this.#delete(name, signal);
  }

  async #names(signal: AbortSignal | undefined): Promise<readonly string[]> {
    const list = {
      code: 'storage-unavailable',
      what: 'the container of the drills that must fail',
    } as const;
    const pages = eachPage(list, async (next) => {
      const from = next === undefined ? {} : { continuationToken: next };
      const page = await this.#call(
        'list the container of the drills that must fail',
        signal,
        async (abortSignal) => this.#container.listBlobsFlat({ abortSignal }).byPage(from).next(),
      );
      if (page.done === true) return { items: [] };
      requireStorage(page.value, this.#container.containerName);
      return { items: page.value.segment.blobItems, next: page.value.continuationToken };
    });
    const names: string[] = [];
    for await (const { items } of pages) names.push(...items.map(({ name }) => name));
    return names;
  }

  async #delete(name: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#call(`remove ${name}`, signal, (abortSignal) =>
        this.#container.getBlobClient(name).delete({ abortSignal, deleteSnapshots: 'include' }),
      );
    } catch (error) {
      // Removed by a try whose answer was lost.
      if (!isWardenError(error, 'blob-missing')) throw error;
    }
  }

  async #call<T>(
    what: string,
    signal: AbortSignal | undefined,
    action: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await inTime(signal, action);
    } catch (error) {
      const call = { what, signal, meanings: { BlobNotFound: 'blob-missing' } } as const;
      throw translateStorageError(error, call, this.#clock.now());
    }
  }
}
