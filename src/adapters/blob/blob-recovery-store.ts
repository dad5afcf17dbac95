/** The recovery's documents on a Blob container, guarded by the blobs' ETags. */
import type { ContainerClient } from '@azure/storage-blob';
import type { Clock, Page, WriteGuard } from '../../core/ports.ts';
import type { RecoveryAddress, RecoveryStore, StoredDocument } from '../../features/recovery/model/ports.ts';
import { inTime } from '../http/in-time.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { GuardedBlobs } from './guarded-blobs.ts';
import { parseRecoveryBlobName, RECOVERY_PREFIX, recoveryBlobName } from './layout.ts';

/** A {@link RecoveryStore} in a container of its own or beside other state. */
export class BlobRecoveryStore implements RecoveryStore {
  readonly #container: ContainerClient;
  readonly #clock: Clock;
  readonly #blobs: GuardedBlobs;

  constructor(options: { readonly container: ContainerClient; readonly clock: Clock }) {
    this.#container = options.container;
    this.#clock = options.clock;
    this.#blobs = new GuardedBlobs(options);
  }

  read(address: RecoveryAddress, signal?: AbortSignal): Promise<StoredDocument | undefined> {
    return this.#blobs.read({ blob: recoveryBlobName(address) }, signal);
  }

  write(address: RecoveryAddress, content: string, guard: WriteGuard, signal?: AbortSignal): Promise<string> {
    return this.#blobs.write({ blob: recoveryBlobName(address) }, content, guard, signal);
  }

  async list(next?: string, signal?: AbortSignal): Promise<Page<string>> {
    try {
      const page = await inTime(signal, async (abortSignal) =>
        this.#container
          .listBlobsFlat({ prefix: RECOVERY_PREFIX, abortSignal })
          .byPage(next === undefined ? {} : { continuationToken: next })
          .next(),
      );
      if (page.done === true) return { items: [] };
      const { segment, continuationToken } = page.value;
      const items = segment.blobItems
        .map(({ name }) => parseRecoveryBlobName(name))
        .filter((id) => id !== undefined);
      return continuationToken === undefined || continuationToken === ''
        ? { items }
        : { items, next: continuationToken };
    } catch (error) {
      throw translateStorageError(error, { what: 'list the recoveries', signal }, this.#clock.now());
    }
  }
}
