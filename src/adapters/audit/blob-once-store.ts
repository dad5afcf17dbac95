/** Write-once texts as blobs beside the audit log. In an account that keeps versions the oldest one counts, whatever became of it. */
import { text } from 'node:stream/consumers';
import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import { isWardenError } from '../../core/errors.ts';
import type { OnceStore } from '../../core/once-store.ts';
import type { Clock } from '../../core/ports.ts';
import { bodyOf } from '../http/answer-body.ts';
import { inTime } from '../http/call-limits.ts';
import { requireStorage } from '../http/storage-access.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';

const MEANINGS = {
  BlobAlreadyExists: 'blob-exists',
  ConditionNotMet: 'blob-exists',
  BlobImmutableDueToPolicy: 'blob-exists',
} as const;

/** No text of the product is longer: of one that somebody else planted the beginning is read, and no memory is filled. */
const LONGEST = 1024 * 1024;

/** A {@link OnceStore} on a Blob container. */
export class BlobOnceStore implements OnceStore {
  readonly #container: ContainerClient;
  readonly #clock: Clock;

  constructor(options: { readonly container: ContainerClient; readonly clock: Clock }) {
    this.#container = options.container;
    this.#clock = options.clock;
  }

  async read(name: string, signal?: AbortSignal): Promise<string | undefined> {
    const versions = (await this.#versions(name, signal)).filter((blob) => blob.name === name);
    const first = versions.toSorted((a, b) => ((a.versionId ?? '') < (b.versionId ?? '') ? -1 : 1))[0];
    if (first === undefined) return undefined;
    const longest = (first.properties.contentLength ?? 0) > LONGEST ? LONGEST : undefined;
    return this.#translated(`read ${name}`, signal, async (abortSignal) => {
      const client = this.#container.getBlobClient(name);
      const version = first.versionId === undefined ? client : client.withVersion(first.versionId);
      const answer = await version.download(0, longest, { abortSignal });
      const body = bodyOf(answer, name);
      return body === undefined ? '' : text(body);
    });
  }

  async write(name: string, content: string, signal?: AbortSignal): Promise<boolean> {
    // A removed blob leaves its version, and a name that is free again.
    const before = await this.read(name, signal);
    if (before !== undefined) return before === content;
    try {
      await this.#translated(`write ${name}`, signal, (abortSignal) =>
        this.#container.getBlockBlobClient(name).upload(content, Buffer.byteLength(content), {
          conditions: { ifNoneMatch: '*' },
          blobHTTPHeaders: { blobContentType: 'application/json' },
          abortSignal,
        }),
      );
      return true;
    } catch (error) {
      if (!isWardenError(error, 'blob-exists')) throw error;
      return (await this.read(name, signal)) === content;
    }
  }

  async list(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    return [...new Set((await this.#versions(prefix, signal)).map(({ name }) => name))].sort();
  }

  /** All versions of all blobs whose names begin with `prefix`, also of those that have been removed. */
  #versions(prefix: string, signal: AbortSignal | undefined): Promise<BlobItem[]> {
    return this.#translated(`list ${prefix}`, signal, async (abortSignal) => {
      const found: BlobItem[] = [];
      const pages = this.#container.listBlobsFlat({ prefix, includeVersions: true, abortSignal }).byPage();
      for await (const page of pages) {
        requireStorage(page, prefix);
        found.push(...page.segment.blobItems);
      }
      return found;
    });
  }

  async #translated<T>(
    what: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await inTime(signal, work);
    } catch (error) {
      throw translateStorageError(error, { what, signal, meanings: MEANINGS }, this.#clock.now());
    }
  }
}
