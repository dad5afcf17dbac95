/** The documents of state in a Blob container: written whole or not at all, and only by who knows the ETag. */

import { randomUUID } from 'node:crypto';
import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { definedOnly } from '../../core/defined-only.ts';
import type {
  DocumentAddress,
  DocumentStore,
  ListedRecovery,
  OpenDocument,
  StoredDocument,
  WriteGuard,
} from '../../core/documents/document-store.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { Clock, Page } from '../../core/ports.ts';
import { bodyOf, discard, gather } from '../http/answer-body.ts';
import { inTime } from '../http/call-limits.ts';
import { requireStorage } from '../http/storage-access.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import {
  documentBlobName,
  parseRecoveryBlobName,
  parseRunBlobName,
  RECOVERY_PREFIX,
  runPrefix,
} from './layout.ts';
import { listNames } from './list-names.ts';
import { type TextUpload, uploadText } from './upload-text.ts';

/** What a conditional write can be answered. Somebody's write also discards the blocks that another has staged. */
const CONFLICTS = {
  ConditionNotMet: 'state-conflict',
  BlobAlreadyExists: 'state-conflict',
  BlobNotFound: 'state-conflict',
  InvalidBlockList: 'state-conflict',
} as const;

const NOT_THERE = { BlobNotFound: 'blob-missing' } as const;

/** What the documents are in, and what is not as usual. */
export interface BlobDocumentStoreOptions {
  readonly container: ContainerClient;
  readonly clock: Clock;
  /** How long an answer, or the next piece of one, may take, in milliseconds, where the usual is not wanted. */
  readonly limitMs?: number;
}

/** A {@link DocumentStore} whose ETags are those of the blobs. */
export class BlobDocumentStore implements DocumentStore {
  readonly #container: ContainerClient;
  readonly #clock: Clock;
  readonly #limitMs: number | undefined;

  constructor(options: BlobDocumentStoreOptions) {
    this.#container = options.container;
    this.#clock = options.clock;
    this.#limitMs = options.limitMs;
  }

  async read(address: DocumentAddress, signal?: AbortSignal): Promise<StoredDocument | undefined> {
    const found = await this.#download(address, signal);
    if (found === undefined) return undefined;
    try {
      const content = await inTime(signal, (ending) => gather(found.body, ending), this.#limitMs);
      return { text: content.toString(), etag: found.etag };
    } catch (error) {
      throw this.#failure(error, 'read', address, signal);
    }
  }

  async open(address: DocumentAddress, signal?: AbortSignal): Promise<OpenDocument | undefined> {
    const found = await this.#download(address, signal);
    return found === undefined
      ? undefined
      : { text: closing(this.#textOf(found.body, address, signal), found.body), etag: found.etag };
  }

  async write(
    address: DocumentAddress,
    text: string,
    guard: WriteGuard,
    signal?: AbortSignal,
  ): Promise<string> {
    const content = Buffer.from(text);
    return this.#guarded(address, guard, signal, async (client, upload) => {
      const send = (abortSignal: AbortSignal) =>
        client.upload(content, content.length, { ...upload, abortSignal });
      return (await inTime(signal, send, this.#limitMs)).etag;
    });
  }

  async writeFrom(
    address: DocumentAddress,
    text: AsyncIterable<string>,
    guard: WriteGuard,
    signal?: AbortSignal,
  ): Promise<string> {
    return this.#guarded(address, guard, signal, (client, upload) => uploadText(client, text, upload));
  }

  list(_kind: 'recovery', next?: string, signal?: AbortSignal): Promise<Page<ListedRecovery>> {
    const parse = (name: string, etag: string) => {
      const id = parseRecoveryBlobName(name);
      return id === undefined ? undefined : { id, etag };
    };
    return listNames(this.#listedIn(), {
      what: 'list the recoveries',
      prefix: RECOVERY_PREFIX,
      parse,
      next,
      signal,
    });
  }

  listRuns(hsm: string, next?: string, signal?: AbortSignal): Promise<Page<string>> {
    const prefix = runPrefix(hsm);
    const parse = (name: string) => parseRunBlobName(name, hsm);
    return listNames(this.#listedIn(), {
      what: `list the runs over HSM ${hsm}`,
      prefix,
      parse,
      next,
      signal,
    });
  }

  #listedIn() {
    return { container: this.#container, clock: this.#clock, limitMs: this.#limitMs };
  }

  async #guarded(
    address: DocumentAddress,
    guard: WriteGuard,
    signal: AbortSignal | undefined,
    send: (client: BlockBlobClient, upload: TextUpload) => Promise<string | undefined>,
  ): Promise<string> {
    const blob = documentBlobName(address);
    const write = randomUUID();
    try {
      const etag = await send(this.#container.getBlockBlobClient(blob), {
        conditions: guard === 'absent' ? { ifNoneMatch: '*' } : { ifMatch: guard.etag },
        blobHTTPHeaders: { blobContentType: 'application/json' },
        metadata: { write },
        ...definedOnly({ abortSignal: signal }),
      });
      return requireEtag(etag, blob);
    } catch (error) {
      const failure = this.#failure(error, 'write', address, signal, CONFLICTS);
      // Whatever it is called: a repeat of a write that was done can be refused with any of the service's words.
      const own = signal?.aborted ? undefined : await this.#etagOfWrite(address, write, failure, signal);
      if (own === undefined) throw failure;
      return own;
    }
  }

  /**
   * The ETag of our own write that was done although it failed with `failure`: its answer was lost, and the client repeated it
   * and met itself, or gave up. Undefined when it was not done. When that cannot be known it fails with what may pass.
   */
  async #etagOfWrite(
    address: DocumentAddress,
    write: string,
    failure: WardenError,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const blob = documentBlobName(address);
    try {
      const client = this.#container.getBlobClient(blob);
      const ask = (abortSignal: AbortSignal) => client.getProperties({ abortSignal });
      const found = await inTime(signal, ask, this.#limitMs);
      requireStorage(found, blob);
      return found.metadata?.write === write ? requireEtag(found.etag, blob) : undefined;
    } catch (error) {
      const unseen = this.#failure(error, 'read', address, signal, NOT_THERE);
      if (isWardenError(unseen, 'blob-missing')) return undefined;
      // A conflict that cannot be distinguished from our own write is no conflict yet: what stood in the way may pass.
      throw failure.code === 'state-conflict' ? unseen : failure;
    }
  }

  async #download(address: DocumentAddress, signal?: AbortSignal) {
    const blob = documentBlobName(address);
    try {
      const client = this.#container.getBlobClient(blob);
      const ask = (abortSignal: AbortSignal) => client.download(0, undefined, { abortSignal });
      const answer = await inTime(signal, ask, this.#limitMs);
      const body = bodyOf(answer, blob);
      if (body === undefined) throw new Error('an answer without a body');
      return { body, etag: requireEtag(answer.etag, blob) };
    } catch (error) {
      const failure = this.#failure(error, 'read', address, signal, NOT_THERE);
      if (isWardenError(failure, 'blob-missing')) return undefined;
      throw failure;
    }
  }

  async *#textOf(
    body: NodeJS.ReadableStream,
    address: DocumentAddress,
    signal?: AbortSignal,
  ): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    const pieces = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await inTime(signal, () => pieces.next(), this.#limitMs);
        if (done === true) break;
        yield typeof value === 'string' ? value : decoder.decode(value, { stream: true });
      }
      yield decoder.decode();
    } catch (error) {
      throw this.#failure(error, 'read', address, signal);
    } finally {
      // Closes the connection of a text that is not read to its end: an iterator that waits for a piece cannot be given back.
      discard(body);
    }
  }

  #failure(
    error: unknown,
    verb: 'read' | 'write',
    address: DocumentAddress,
    signal: AbortSignal | undefined,
    meanings: Readonly<Record<string, 'state-conflict' | 'blob-missing'>> = {},
  ): WardenError {
    const what = `${verb} ${documentBlobName(address)}`;
    const call = { what, signal, meanings, ...('hsm' in address ? { hsm: address.hsm } : {}) };
    return translateStorageError(error, call, this.#clock.now());
  }
}

/** A text that is given back before its first piece was read never began, and would keep its connection. */
function closing(pieces: AsyncGenerator<string>, body: NodeJS.ReadableStream): AsyncGenerator<string> {
  const end = pieces.return.bind(pieces);
  pieces.return = (value) => {
    discard(body);
    return end(value);
  };
  return pieces;
}

function requireEtag(etag: string | undefined, blob: string): string {
  if (etag !== undefined) return etag;
  throw new WardenError('storage-unavailable', { message: `The storage account gave no ETag for ${blob}.` });
}
