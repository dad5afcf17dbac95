/** The public keys of a backup, as a document beside it: they have no room in its metadata. Described in docs/backup-format.md. */
import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { BackupRecord } from '../../core/model/backup-record.ts';
import { PublicKey, type PublicKeys } from '../../core/model/public-key.ts';
import { bytesOf } from '../http/answer-body.ts';
import type { StorageCall } from '../http/translate-storage-error.ts';
import { isBackupOf, publicKeysBlobName } from './layout.ts';

const CONTENT_TYPE = 'application/json';

const Document = z.strictObject({
  format: z.literal(1),
  hsm: z.string(),
  key: z.string(),
  /** By version. */
  publicKeys: z.record(z.string().regex(/^[0-9a-f]{32}$/), PublicKey),
});

/** Makes one call to the storage account, with the failures of the port. */
export type StorageCaller = <T>(call: StorageCall, action: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Written once, like the backups, and never deleted. Every method may fail with the storage codes of the port. */
export class PublicKeyBlobs {
  readonly #container: ContainerClient;
  readonly #call: StorageCaller;

  constructor(container: ContainerClient, call: StorageCaller) {
    this.#container = container;
    this.#call = call;
  }

  /** Keeps the public keys of the backup `blob`; those that are kept already stay. */
  async keep(
    blob: string,
    { hsm, key }: Pick<BackupRecord, 'hsm' | 'key'>,
    keys: PublicKeys,
    signal?: AbortSignal,
  ): Promise<void> {
    const document = { format: 1, hsm, key, publicKeys: Object.fromEntries(keys) };
    await this.#write(publicKeysBlobName(blob), JSON.stringify(document), { hsm, key, signal });
  }

  /**
   * The public keys of the backup `blob`; none where none were kept. Fails with `backup-damaged` when they cannot be read, or say that
   * they are those of another key or of a key on another HSM.
   */
  async read(blob: string, signal?: AbortSignal): Promise<PublicKeys> {
    const stored = await this.#read(publicKeysBlobName(blob), signal);
    if (stored === undefined) return new Map();
    const { hsm, key, publicKeys } = documentOf(stored, blob);
    if (isBackupOf(blob, { hsm, key })) return new Map(Object.entries(publicKeys));
    throw damaged(
      `The document beside the backup ${blob} says that its public keys are of key ${key} on HSM ${hsm}.`,
    );
  }

  /** Copies those of `blob`, where there are some, to the place of those of `copy`. */
  async copy(blob: string, copy: string, signal?: AbortSignal): Promise<void> {
    const stored = await this.#read(publicKeysBlobName(blob), signal);
    if (stored !== undefined) await this.#write(publicKeysBlobName(copy), stored, { signal });
  }

  async #write(name: string, content: string, call: Omit<StorageCall, 'what' | 'meanings'>): Promise<void> {
    const meanings = { BlobAlreadyExists: 'blob-exists' } as const;
    try {
      await this.#call({ ...call, what: `store ${name}`, meanings }, (abortSignal) =>
        this.#container.getBlockBlobClient(name).upload(content, Buffer.byteLength(content), {
          conditions: { ifNoneMatch: '*' },
          blobHTTPHeaders: { blobContentType: CONTENT_TYPE },
          abortSignal,
        }),
      );
    } catch (error) {
      if (isWardenError(error, 'blob-exists')) return;
      // Whatever the refusal is called: what is there was written by a try whose answer was lost.
      if (call.signal?.aborted || (await this.#read(name, call.signal)) === undefined) throw error;
    }
  }

  async #read(name: string, signal?: AbortSignal): Promise<string | undefined> {
    const meanings = { BlobNotFound: 'blob-missing' } as const;
    try {
      return await this.#call({ what: `read ${name}`, signal, meanings }, async (abortSignal) => {
        const answer = await this.#container.getBlobClient(name).download(0, undefined, { abortSignal });
        return Buffer.from(await bytesOf(answer, name)).toString('utf8');
      });
    } catch (error) {
      if (isWardenError(error, 'blob-missing')) return undefined;
      throw error;
    }
  }
}

function documentOf(stored: string, blob: string): z.infer<typeof Document> {
  try {
    return Document.parse(JSON.parse(stored));
  } catch (cause) {
    throw damaged(`The public keys beside the backup ${blob} cannot be read.`, cause);
  }
}

function damaged(message: string, cause?: unknown): WardenError {
  return new WardenError('backup-damaged', {
    message,
    advice:
      'The backup itself is not affected: the thumbprints in its record say which public keys are right. See in the log of the storage who wrote the document.',
    cause,
  });
}
