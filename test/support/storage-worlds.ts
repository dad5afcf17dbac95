/** The storage adapters on a real Azurite, as the contract suites want them. */

import { BlobBackupStore } from '../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../src/adapters/blob/blob-document-store.ts';
import { BlobFaultContainer } from '../../src/adapters/blob/blob-fault-container.ts';
import { BlobLeases } from '../../src/adapters/blob/blob-leases.ts';
import { createBlobService, ensureContainer } from '../../src/adapters/blob/clients.ts';
import { leaseBlobName } from '../../src/adapters/blob/layout.ts';
import type { StorageAccess } from '../../src/adapters/http/storage-access.ts';
import { createQueueService } from '../../src/adapters/queue/clients.ts';
import { StorageWorkQueue } from '../../src/adapters/queue/storage-work-queue.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { FAULT_CONTAINER } from '../../src/features/drill/settings.ts';
import { CONTAINERS } from '../../src/platform/config/product-settings.ts';
import type { BackupStoreWorld } from '../contract/backup-store.ts';
import type { DocumentStoreWorld } from '../contract/document-store.ts';
import type { LeasesWorld } from '../contract/leases.ts';
import type { WorkQueueWorld } from '../contract/work-queue.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { RecordingLogger } from './memory/recording-logger.ts';

/** A container, made when it is missing. */
export async function openContainer(access: StorageAccess, name: string) {
  const container = createBlobService(access).getContainerClient(name);
  await ensureContainer(container, systemClock);
  return container;
}

/** A store of backups. */
export async function backupStoreWorld(access: StorageAccess, pageSize?: number): Promise<BackupStoreWorld> {
  const container = await openContainer(access, CONTAINERS.backup);
  const options = { container, clock: systemClock, logger: new RecordingLogger() };
  return { store: new BlobBackupStore(pageSize === undefined ? options : { ...options, pageSize }) };
}

/** The container of the drills that must fail. */
export async function faultContainer(access: StorageAccess): Promise<BlobFaultContainer> {
  const container = await openContainer(access, FAULT_CONTAINER);
  return new BlobFaultContainer({ container, clock: systemClock, logger: new RecordingLogger() });
}

/** A store of state. */
export async function documentStoreWorld(access: StorageAccess): Promise<DocumentStoreWorld> {
  const container = await openContainer(access, CONTAINERS.state);
  return { store: new BlobDocumentStore({ container, clock: systemClock }) };
}

/** Leases whose renewals come when the clock is moved. */
export async function leasesWorld(access: StorageAccess): Promise<LeasesWorld> {
  const container = await openContainer(access, CONTAINERS.state);
  const clock = new ManualClock();
  return {
    leases: new BlobLeases({ container, clock }),
    async breakLease(name, seconds) {
      await container.getBlobClient(leaseBlobName(name)).getBlobLeaseClient().breakLease(0);
      await clock.advance((seconds * 1000) / 3);
    },
  };
}

/** Queues, made when they are first sent to; read as the Functions host does. */
export async function workQueueWorld(access: StorageAccess): Promise<WorkQueueWorld> {
  const service = createQueueService(access);
  return {
    queue: new StorageWorkQueue({ service, clock: systemClock, createMissing: true }),
    async take({ name }) {
      const client = service.getQueueClient(name);
      const { receivedMessageItems } = await client.receiveMessages();
      const [message] = receivedMessageItems;
      if (message === undefined) return undefined;
      await client.deleteMessage(message.messageId, message.popReceipt);
      return JSON.parse(Buffer.from(message.messageText, 'base64').toString());
    },
  };
}
