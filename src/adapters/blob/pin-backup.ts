/** The copy of a backup that no lifecycle rule touches. */
import type { ContainerClient } from '@azure/storage-blob';
import { isWardenError } from '../../core/errors.ts';
import { pinnedBlobName } from '../../core/model/backup-blob-name.ts';
import { bytesOf } from '../http/answer-body.ts';
import { BACKUP_CONTENT_TYPE } from './layout.ts';
import type { StorageCaller } from './public-key-blobs.ts';

/** What copying needs. */
interface PinDeps {
  readonly container: ContainerClient;
  readonly call: StorageCaller;
  readonly isThere: (blob: string) => Promise<boolean>;
}

/**
 * Copies a backup with its facts; one that is there already stays. Returns the name of the copy. Read and written rather than copied
 * by the service: a copy within the service needs a right to read by URL. Fails with `blob-missing` or a storage code.
 */
export async function copyToPinned(
  { container, call, isThere }: PinDeps,
  blob: string,
  signal?: AbortSignal,
): Promise<string> {
  const copy = pinnedBlobName(blob);
  const meanings = { BlobNotFound: 'blob-missing', BlobAlreadyExists: 'blob-exists' } as const;
  try {
    await call({ what: `pin ${blob}`, signal, meanings }, async (abortSignal) => {
      const answer = await container.getBlobClient(blob).download(0, undefined, { abortSignal });
      const bytes = await bytesOf(answer, blob);
      await container.getBlockBlobClient(copy).upload(Buffer.from(bytes), bytes.byteLength, {
        conditions: { ifNoneMatch: '*' },
        metadata: answer.metadata ?? {},
        blobHTTPHeaders: { blobContentType: BACKUP_CONTENT_TYPE },
        abortSignal,
      });
    });
  } catch (error) {
    if (isWardenError(error, 'blob-exists')) return copy;
    // A copy is never replaced, so one that is there is left as it is, whatever the refusal is called.
    if (signal?.aborted || !(await isThere(copy))) throw error;
  }
  return copy;
}
