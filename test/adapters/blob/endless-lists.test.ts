/** A storage account, or a cache before it, whose list leads back to pages that it gave before: nobody reads it for ever. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { BlobFaultContainer } from '../../../src/adapters/blob/blob-fault-container.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { connectionStringOf } from '../../../src/local/azurite.ts';
import { CIRCLES, type EndlessList } from '../../support/endless-list.ts';
import { failureOf } from '../../support/errors.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

let list: EndlessList;
let server: Server;
let url: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    const marker = list.isExhausted ? '' : list.nextToken();
    response.writeHead(200, { 'content-type': 'application/xml', 'x-ms-version': '2025-01-05' });
    response.end(
      `<?xml version="1.0"?><EnumerationResults><Blobs/><NextMarker>${marker}</NextMarker></EnumerationResults>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  url = `http://127.0.0.1:${port}/devstoreaccount1`;
});
afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

function options() {
  const service = createBlobService({
    kind: 'connection-string',
    connectionString: connectionStringOf({ blobUrl: url }),
  });
  return { container: service.getContainerClient('any'), clock: systemClock, logger: new RecordingLogger() };
}

async function drain(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pages);
}

describe.each(CIRCLES)('a list of blobs whose page leads back to %s', (_what, circle) => {
  it.each<[string, () => Promise<void>]>([
    ['the backups of an HSM', () => drain(new BlobBackupStore(options()).list('contoso'))],
    ['the backups of a key', () => drain(new BlobBackupStore(options()).list('contoso', 'orders'))],
    ['what drills that must fail have stored', () => new BlobFaultContainer(options()).clear()],
  ])('is a fault that passes for who looks for %s', async (_which, read) => {
    list = circle();

    expect(await failureOf(read())).toMatchObject({ code: 'storage-unavailable', transient: true });
  });
});
