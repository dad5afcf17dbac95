/** The recovery's documents on a Blob container, guarded by the blobs' ETags. */
import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { isWardenError, WardenError } from '../../engine/errors.ts';
import type { Clock, Page, WriteGuard } from '../../engine/ports.ts';
import type { RecoveryAddress, RecoveryStore, StoredDocument } from '../../engine/recovery/ports.ts';
import { inTime } from '../http/in-time.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { parseRecoveryBlobName, RECOVERY_PREFIX, recoveryBlobName } from './layout.ts';

/** A {@link RecoveryStore} in a container of its own or beside other state. */
export class BlobRecoveryStore implements RecoveryStore {
  readonly #container: ContainerClient;
  readonly #clock: Clock;

  constructor(options: { readonly container: ContainerClient; readonly clock: Clock }) {
    this.#container = options.container;
    this.#clock = options.clock;
  }

  async read(address: RecoveryAddress, signal?: AbortSignal): Promise<StoredDocument | undefined> {
    const blob = recoveryBlobName(address);
    try {
      return await inTime(signal, async (abortSignal) => {
        const answer = await this.#container.getBlobClient(blob).download(0, undefined, { abortSignal });
        const content = answer.readableStreamBody === undefined ? '' : await text(answer.readableStreamBody);
        return { text: content, etag: requireEtag(answer.etag, blob) };
      });
    } catch (error) {
      const call = { what: `read ${blob}`, signal, meanings: { BlobNotFound: 'blob-missing' } as const };
      const translated = translateStorageError(error, call, this.#clock.now());
      if (isWardenError(translated, 'blob-missing')) return undefined;
      throw translated;
    }
  }

  async write(
    address: RecoveryAddress,
    content: string,
    guard: WriteGuard,
    signal?: AbortSignal,
  ): Promise<string> {
    const blob = recoveryBlobName(address);
    try {
      const client = this.#container.getBlockBlobClient(blob);
      const answer = await inTime(signal, (abortSignal) =>
        client.upload(content, Buffer.byteLength(content), {
          conditions: guard === 'absent' ? { ifNoneMatch: '*' } : { ifMatch: guard.etag },
          blobHTTPHeaders: { blobContentType: 'application/json' },
          abortSignal,
        }),
      );
      return requireEtag(answer.etag, blob);
    } catch (error) {
      const meanings = { ConditionNotMet: 'state-conflict', BlobAlreadyExists: 'state-conflict' } as const;
      throw translateStorageError(error, { what: `write ${blob}`, signal, meanings }, this.#clock.now());
    }
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

function requireEtag(etag: string | undefined, blob: string): string {
  if (etag !== undefined) return etag;
  throw new WardenError('storage-unavailable', { message: `The storage account gave no ETag for ${blob}.` });
}
