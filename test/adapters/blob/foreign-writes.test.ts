/** A write that is answered with a success that is not the one of its operation: nobody knows whether it was done, so it is tried again. */
import { afterEach, describe, expect, it } from 'vitest';
import { BlobAuditStore } from '../../../src/adapters/audit/blob-audit-store.ts';
import { BlobOnceStore } from '../../../src/adapters/audit/blob-once-store.ts';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../../src/adapters/blob/blob-document-store.ts';
import { BlobLeases } from '../../../src/adapters/blob/blob-leases.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { createQueueService } from '../../../src/adapters/queue/clients.ts';
import { StorageWorkQueue } from '../../../src/adapters/queue/storage-work-queue.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { SCANS } from '../../../src/features/watch/model/message.ts';
import { aBackupRecord } from '../../support/backup-record.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

const BACKUP = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn');
const CATALOGUE = { kind: 'catalogue', hsm: 'contoso' } as const;
const PART = { day: '2026-11-28', number: 1 };
/** Each operation below has one status for its success, 201, and this is none of them. */
const STATUSES = [200, 202, 203, 204, 206, 226, 300, 304];

let server: TlsServer;
afterEach(() => server.close());

async function stores(status: number) {
  server = await startTlsServer((request, response) => {
    request.resume();
    response.writeHead(request.method === 'PUT' || request.method === 'POST' ? status : 404).end();
  });
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const { url, caPem } = server;
  const access = { kind: 'identity', blobUrl: url, queueUrl: url, caPem, credential } as const;
  const options = { container: createBlobService(access).getContainerClient('any'), clock: systemClock };
  return {
    audit: new BlobAuditStore(options),
    once: new BlobOnceStore(options),
    documents: new BlobDocumentStore(options),
    backups: new BlobBackupStore({ ...options, logger: new RecordingLogger() }),
    leases: new BlobLeases(options),
    queue: new StorageWorkQueue({ service: createQueueService(access), clock: systemClock }),
  };
}

const WRITES: readonly [what: string, write: (on: Awaited<ReturnType<typeof stores>>) => Promise<unknown>][] =
  [
    ['stores a backup', ({ backups }) => backups.put(aBackupRecord(BACKUP), BACKUP)],
    ['makes a document', ({ documents }) => documents.write(CATALOGUE, '{}', 'absent')],
    ['changes a document', ({ documents }) => documents.write(CATALOGUE, '{}', { etag: '"1"' })],
    ['begins a part of the audit log', ({ audit }) => audit.open(PART)],
    ['appends to the audit log', ({ audit }) => audit.append(PART, '{}\n', 0)],
    ['makes a claim', ({ once }) => once.write('claims/one', '{}')],
    ['takes a lease', ({ leases }) => leases.acquire('sweep-contoso', 15)],
    ['sends a message', ({ queue }) => queue.send(SCANS, { kind: 'look', hsm: 'contoso' })],
  ];

describe.each(STATUSES)('the status %i, which is the success of no write', (status) => {
  it.each(WRITES)('is a fault that passes for whoever %s', async (_what, write) => {
    await expect(write(await stores(status))).rejects.toMatchObject({ transient: true });
  });
});
