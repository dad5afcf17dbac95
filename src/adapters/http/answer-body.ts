/** The body of a download from the storage account, which may break at any moment, also while nobody reads it. */
import { Readable } from 'node:stream';
import { requireStorage } from './storage-access.ts';

/** What of a download is looked at here. */
export interface Download {
  readonly version?: string | undefined;
  readonly readableStreamBody?: NodeJS.ReadableStream | undefined;
}

/**
 * The body of an answer; undefined where it has none. A stream whose connection breaks while nobody listens to it would end
 * the process: here somebody does. Whoever reads it gets the fault all the same. Fails with `storage-unavailable` when
 * the answer is not one of the storage account.
 */
export function bodyOf(answer: Download, place: string): NodeJS.ReadableStream | undefined {
  const body = answer.readableStreamBody;
  // The reader gets the fault from the stream itself, whenever it begins to read.
  body?.on('error', () => undefined);
  try {
    requireStorage(answer, place);
  } catch (error) {
    if (body !== undefined) discard(body);
    throw error;
  }
  return body;
}

/** Closes a body that nobody reads any more: it would hold its connection. */
export function discard(body: NodeJS.ReadableStream): void {
  if (body instanceof Readable) body.destroy();
}

/** All that an answer carries; empty where it has no body. As {@link bodyOf}, or with the fault of the connection. */
export async function bytesOf(answer: Download, place: string): Promise<Uint8Array> {
  const body = bodyOf(answer, place);
  return body === undefined ? new Uint8Array() : gather(body);
}

/**
 * All bytes of a stream, which is closed when `ending` is aborted. A third of the cost of `node:stream/consumers`, which goes by way
 * of a Blob: a sweep reads every backup back.
 */
export async function gather(stream: NodeJS.ReadableStream, ending?: AbortSignal): Promise<Buffer> {
  const close = () => discard(stream);
  ending?.addEventListener('abort', close, { once: true });
  try {
    const parts: Uint8Array[] = [];
    for await (const part of stream) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
    return Buffer.concat(parts);
  } finally {
    ending?.removeEventListener('abort', close);
  }
}
