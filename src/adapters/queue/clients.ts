/** Makes the client of the storage account's queues. */
import { QueueServiceClient } from '@azure/storage-queue';
import { requireLoopback, type StorageAccess, storagePipelineOptions } from '../http/storage-access.ts';

/** Fails with `settings-invalid` for a connection string that leaves this machine. */
export function createQueueService(access: StorageAccess): QueueServiceClient {
  const options = storagePipelineOptions(access);
  if (access.kind === 'identity') return new QueueServiceClient(access.queueUrl, access.credential, options);
  requireLoopback(access.connectionString);
  return QueueServiceClient.fromConnectionString(access.connectionString, options);
}
