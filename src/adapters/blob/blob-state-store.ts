/** Documents guarded by ETags on a Blob container. */
import { buffer } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { isWardenError, WardenError } from '../../engine/errors.ts';
import type { Clock, StateAddress, StateDocument, StateStore } from '../../engine/ports.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { stateBlobName } from './layout.ts';

/** A {@link StateStore} whose ETags are those of the blobs. */
export class BlobStateStore implements StateStore {
  readonly #container: ContainerClient;
  readonly #clock: Clock;

  constructor(options: { readonly container: ContainerClient; readonly clock: Clock }) {
    this.#container = options.container;
    this.#clock = options.clock;
  }

  async read(address: StateAddress, signal?: AbortSignal): Promise<StateDocument | undefined> {
    const blob = stateBlobName(address);
    try {
      const options = signal === undefined ? {} : { abortSignal: signal };
      const answer = await this.#container.getBlobClient(blob).download(0, undefined, options);
      // Decoded once: a document may have megabytes, and text put together from pieces is there twice.
      const body = answer.readableStreamBody;
      const content = body === undefined ? '' : (await buffer(body)).toString();
      return { text: content, etag: requireEtag(answer.etag, blob) };
    } catch (error) {
      const meanings = { BlobNotFound: 'blob-missing' } as const;
      const call = { what: `read ${blob}`, hsm: address.hsm, signal, meanings };
      const translated = translateStorageError(error, call, this.#clock.now());
      if (isWardenError(translated, 'blob-missing')) return undefined;
      throw translated;
    }
  }

  async write(
    address: StateAddress,
    content: string,
    guard: { readonly etag: string } | 'absent',
    signal?: AbortSignal,
  ): Promise<string> {
    const blob = stateBlobName(address);
    try {
      const client = this.#container.getBlockBlobClient(blob);
      const answer = await client.upload(content, Buffer.byteLength(content), {
        conditions: guard === 'absent' ? { ifNoneMatch: '*' } : { ifMatch: guard.etag },
        blobHTTPHeaders: { blobContentType: 'application/json' },
        ...(signal === undefined ? {} : { abortSignal: signal }),
      });
      return requireEtag(answer.etag, blob);
    } catch (error) {
      const meanings = { ConditionNotMet: 'state-conflict', BlobAlreadyExists: 'state-conflict' } as const;
      const call = { what: `write ${blob}`, hsm: address.hsm, signal, meanings };
      throw translateStorageError(error, call, this.#clock.now());
    }
  }
}

function requireEtag(etag: string | undefined, blob: string): string {
  if (etag !== undefined) return etag;
  throw new WardenError('storage-unavailable', { message: `The storage account gave no ETag for ${blob}.` });
}
