/** Something on the way to the storage account answers 200 in its place: that is no answer, and above all no empty one. */
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobAuditAnchor } from '../../../src/adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../../../src/adapters/audit/blob-audit-store.ts';
import { BlobOnceStore } from '../../../src/adapters/audit/blob-once-store.ts';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../../src/adapters/blob/blob-document-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { WardenError } from '../../../src/core/errors.ts';
import { connectionStringOf } from '../../../src/local/azurite.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

const BODIES = {
  nothing: '',
  'a page': '<html><h1>Please sign in</h1></html>',
  'half of a JSON text': '{"value":',
  'an empty list': '<?xml version="1.0"?><EnumerationResults><Blobs/><NextMarker/></EnumerationResults>',
} as const;
let body: string = '';
let status = 200;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { etag: '"0x1"' }).end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  url = `http://127.0.0.1:${port}/devstoreaccount1`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function stores() {
  const service = createBlobService({
    kind: 'connection-string',
    connectionString: connectionStringOf({ blobUrl: url }),
  });
  const container = service.getContainerClient('any');
  const options = { container, clock: systemClock };
  return {
    audit: new BlobAuditStore(options),
    anchor: new BlobAuditAnchor(options),
    once: new BlobOnceStore(options),
    documents: new BlobDocumentStore(options),
    backups: new BlobBackupStore({ ...options, logger: new RecordingLogger() }),
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const READS: readonly [what: string, read: (on: ReturnType<typeof stores>) => Promise<unknown>][] = [
  ['the end of the audit log', ({ audit }) => audit.end(true)],
  ['the list of its parts', ({ audit }) => all(audit.parts())],
  ['a part of it', ({ audit }) => audit.read({ day: '2026-11-28', number: 1 })],
  ['what remembers its end', ({ anchor }) => anchor.read()],
  ['a claim', ({ once }) => once.read('claims/one')],
  ['a document', ({ documents }) => documents.open({ kind: 'catalogue', hsm: 'contoso' })],
  ['the list of runs', ({ documents }) => documents.listRuns('contoso')],
  ['the list of backups', ({ backups }) => all(backups.list('contoso'))],
];

describe.each(Object.entries(BODIES))(
  'an answer 200 with %s that is not the storage account’s',
  (_, text) => {
    it.each(READS)('is a fault that passes for whoever reads %s', async (_what, read) => {
      body = text;

      await expect(read(stores())).rejects.toMatchObject({ code: 'storage-unavailable', transient: true });
    });
  },
);

it('a refusal 416 that is not the storage account’s is no empty part of the audit log', async () => {
  status = 416;
  try {
    await expect(stores().audit.read({ day: '2026-11-28', number: 1 })).rejects.toBeInstanceOf(WardenError);
  } finally {
    status = 200;
  }
});
