/** Makes the clients of the Blob containers. */
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { Clock } from '../../core/ports.ts';
import { inTime } from '../http/call-limits.ts';
import { requireLoopback, type StorageAccess, storagePipelineOptions } from '../http/storage-access.ts';
import { translateStorageError } from '../http/translate-storage-error.ts';

/** The client of a storage account's blobs. Fails with `settings-invalid` for a connection string that leaves this machine. */
export function createBlobService(access: StorageAccess): BlobServiceClient {
  const options = storagePipelineOptions(access);
  if (access.kind === 'identity') return new BlobServiceClient(access.blobUrl, access.credential, options);
  requireLoopback(access.connectionString);
  return BlobServiceClient.fromConnectionString(access.connectionString, options);
}

/** Makes the container when there is none: for local use, where nothing has deployed it. Fails with the storage codes. */
export async function ensureContainer(container: ContainerClient, clock: Clock): Promise<void> {
  try {
    await inTime(undefined, (abortSignal) => container.createIfNotExists({ abortSignal }));
  } catch (error) {
    throw translateStorageError(error, { what: `create container ${container.containerName}` }, clock.now());
  }
}
