/** Tries what the audit log does, beside it: appends a line in its container and reads it back. */
import { text } from 'node:stream/consumers';
import type { ContainerClient } from '@azure/storage-blob';
import { WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { bodyOf } from '../http/answer-body.ts';
import { inTime } from '../http/call-limits.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';
import { startCheckBlobName } from './audit-names.ts';

/**
 * A check for {@link https://learn.microsoft.com/azure/storage/blobs/immutable-container-level-worm-policies}: without
 * `allowProtectedAppendWrites` an append blob under a policy can be made and never grow. The blobs are one a day, since
 * such a blob takes 50 000 appends and nobody can remove it.
 */
export class BlobAppendCheck {
  readonly #container: ContainerClient;
  readonly #clock: Clock;

  constructor(options: { readonly container: ContainerClient; readonly clock: Clock }) {
    this.#container = options.container;
    this.#clock = options.clock;
  }

  /** Resolves when the line was stored and read back. Fails with `storage-refused` where appends are refused, and the storage codes. */
  async run(): Promise<void> {
    const now = this.#clock.now();
    const client = this.#container.getAppendBlobClient(startCheckBlobName(now));
    const line = `${JSON.stringify({ format: 1, at: now })}\n`;
    const length = Buffer.byteLength(line);
    await this.#translated('make the blob that tries appends to the audit log', (abortSignal) =>
      client.createIfNotExists({ abortSignal, blobHTTPHeaders: { blobContentType: 'application/jsonl' } }),
    );
    const { blobAppendOffset } = await this.#translated(
      'append to the container of the audit log',
      (abortSignal) => client.appendBlock(line, length, { abortSignal }),
    );
    const found = await this.#translated(
      'read back what was appended to the audit log',
      async (abortSignal) => {
        const answer = await client.download(Number(blobAppendOffset), length, { abortSignal });
        const body = bodyOf(answer, client.name);
        return body === undefined ? '' : text(body);
      },
    );
    if (found === line) return;
    throw new WardenError('storage-refused', {
      message: 'What was appended to the container of the audit log is not what is read back.',
    });
  }

  async #translated<T>(what: string, work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await inTime(undefined, work);
    } catch (error) {
      throw translateStorageError(error, { what }, this.#clock.now());
    }
  }
}
