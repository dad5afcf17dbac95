/** Documents guarded by ETags on a Blob container. */
import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { isRestError } from '@azure/core-rest-pipeline';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { isWardenError, WardenError } from '../../engine/errors.ts';
import type { Clock, OpenDocument, StateAddress, StateDocument, StateStore } from '../../engine/ports.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { stateBlobName } from './layout.ts';
import { type TextUpload, uploadText } from './upload-text.ts';

/** What a conditional write can be answered. Somebody's write also discards the blocks that another has staged. */
const CONFLICTS = {
  ConditionNotMet: 'state-conflict',
  BlobAlreadyExists: 'state-conflict',
  BlobNotFound: 'state-conflict',
  InvalidBlockList: 'state-conflict',
} as const;

/** A {@link StateStore} whose ETags are those of the blobs. */
export class BlobStateStore implements StateStore {
  readonly #container: ContainerClient;
  readonly #clock: Clock;

  constructor(options: { readonly container: ContainerClient; readonly clock: Clock }) {
    this.#container = options.container;
    this.#clock = options.clock;
  }

  async read(address: StateAddress, signal?: AbortSignal): Promise<StateDocument | undefined> {
    const found = await this.#download(address, signal);
    if (found === undefined) return undefined;
    try {
      return { text: (await buffer(found.body)).toString(), etag: found.etag };
    } catch (error) {
      throw this.#failure(error, 'read', address, signal);
    }
  }

  async open(address: StateAddress, signal?: AbortSignal): Promise<OpenDocument | undefined> {
    const found = await this.#download(address, signal);
    return found === undefined
      ? undefined
      : { text: this.#textOf(found.body, address, signal), etag: found.etag };
  }

  async write(
    address: StateAddress,
    text: string,
    guard: { readonly etag: string } | 'absent',
    signal?: AbortSignal,
  ): Promise<string> {
    const content = Buffer.from(text);
    return this.#guarded(address, guard, signal, async (client, upload) => {
      return (await client.upload(content, content.length, upload)).etag;
    });
  }

  async writeFrom(
    address: StateAddress,
    text: AsyncIterable<string>,
    guard: { readonly etag: string } | 'absent',
    signal?: AbortSignal,
  ): Promise<string> {
    return this.#guarded(address, guard, signal, (client, upload) => uploadText(client, text, upload));
  }

  async #guarded(
    address: StateAddress,
    guard: { readonly etag: string } | 'absent',
    signal: AbortSignal | undefined,
    send: (client: BlockBlobClient, upload: TextUpload) => Promise<string | undefined>,
  ): Promise<string> {
    const blob = stateBlobName(address);
    const write = randomUUID();
    try {
      const etag = await send(this.#container.getBlockBlobClient(blob), {
        conditions: guard === 'absent' ? { ifNoneMatch: '*' } : { ifMatch: guard.etag },
        blobHTTPHeaders: { blobContentType: 'application/json' },
        metadata: { write },
        ...(signal === undefined ? {} : { abortSignal: signal }),
      });
      return requireEtag(etag, blob);
    } catch (error) {
      const failure = this.#failure(error, 'write', address, signal, CONFLICTS);
      if (failure.code !== 'state-conflict') throw failure;
      const own = await this.#etagOfWrite(address, write, signal);
      if (own === undefined) throw failure;
      return own;
    }
  }

  /** The ETag of our own write whose answer was lost, so that the client repeated it and met itself; undefined otherwise. */
  async #etagOfWrite(
    address: StateAddress,
    write: string,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const blob = stateBlobName(address);
    try {
      const options = signal === undefined ? {} : { abortSignal: signal };
      const found = await this.#container.getBlobClient(blob).getProperties(options);
      return found.metadata?.write === write ? requireEtag(found.etag, blob) : undefined;
    } catch (error) {
      if (isRestError(error) && error.statusCode === 404) return undefined;
      throw this.#failure(error, 'read', address, signal);
    }
  }

  async #download(address: StateAddress, signal?: AbortSignal) {
    const blob = stateBlobName(address);
    try {
      const options = signal === undefined ? {} : { abortSignal: signal };
      const { readableStreamBody, etag } = await this.#container
        .getBlobClient(blob)
        .download(0, undefined, options);
      if (readableStreamBody === undefined) throw new Error('an answer without a body');
      return { body: readableStreamBody, etag: requireEtag(etag, blob) };
    } catch (error) {
      const failure = this.#failure(error, 'read', address, signal, { BlobNotFound: 'blob-missing' });
      if (isWardenError(failure, 'blob-missing')) return undefined;
      throw failure;
    }
  }

  async *#textOf(
    body: NodeJS.ReadableStream,
    address: StateAddress,
    signal?: AbortSignal,
  ): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    try {
      for await (const bytes of body)
        yield typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true });
      yield decoder.decode();
    } catch (error) {
      throw this.#failure(error, 'read', address, signal);
    }
  }

  #failure(
    error: unknown,
    verb: 'read' | 'write',
    address: StateAddress,
    signal: AbortSignal | undefined,
    meanings: Readonly<Record<string, 'state-conflict' | 'blob-missing'>> = {},
  ): WardenError {
    const call = { what: `${verb} ${stateBlobName(address)}`, hsm: address.hsm, signal, meanings };
    return translateStorageError(error, call, this.#clock.now());
  }
}

function requireEtag(etag: string | undefined, blob: string): string {
  if (etag !== undefined) return etag;
  throw new WardenError('storage-unavailable', { message: `The storage account gave no ETag for ${blob}.` });
}
