/** One page of the blobs under a prefix, by what their names say. */
import type { ContainerClient } from '@azure/storage-blob';
import type { Clock, Page } from '../../core/ports.ts';
import { inTime } from '../http/call-limits.ts';
import { requireStorage } from '../http/storage-access.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';

/** What is listed, and what becomes of a name. */
export interface Listing<T> {
  readonly what: string;
  readonly prefix: string;
  readonly parse: (name: string, etag: string) => T | undefined;
  readonly next: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Where is listed, and how long a page may take, in milliseconds, where the usual is not wanted. */
export interface ListedIn {
  readonly container: ContainerClient;
  readonly clock: Clock;
  readonly limitMs: number | undefined;
}

/** The next page; blobs of other names are left out. Fails with storage codes. */
export async function listNames<T>(
  { container, clock, limitMs }: ListedIn,
  { what, prefix, parse, next, signal }: Listing<T>,
): Promise<Page<T>> {
  try {
    const page = await inTime(
      signal,
      async (abortSignal) =>
        container
          .listBlobsFlat({ prefix, abortSignal })
          .byPage(next === undefined ? {} : { continuationToken: next })
          .next(),
      limitMs,
    );
    if (page.done === true) return { items: [] };
    requireStorage(page.value, prefix);
    const { segment, continuationToken } = page.value;
    const items = segment.blobItems
      .map(({ name, properties }) => parse(name, quoted(properties.etag)))
      .filter((item) => item !== undefined);
    return continuationToken === undefined || continuationToken === ''
      ? { items }
      : { items, next: continuationToken };
  } catch (error) {
    throw translateStorageError(error, { what, signal }, clock.now());
  }
}

/** A list gives ETags bare, every other answer quoted: https://learn.microsoft.com/rest/api/storageservices/list-blobs#response-body */
function quoted(etag: string): string {
  return `"${etag.replaceAll('"', '')}"`;
}
