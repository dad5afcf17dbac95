/** A storage account that stops answering, at whatever moment, is left after a while with a fault that may pass. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { BlobDocumentStore } from '../../../src/adapters/blob/blob-document-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { failureOf } from '../../support/errors.ts';
import { piecesOf } from '../../support/memory/pieces.ts';
import { all } from '../../support/pieces.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

const ADDRESS = { kind: 'catalogue', hsm: 'contoso' } as const;

let server: TlsServer;
afterEach(async () => server.close());

async function storeOn(answer: (request: IncomingMessage, response: ServerResponse) => void, limitMs = 200) {
  server = await startTlsServer(answer);
  const service = createBlobService({
    kind: 'identity',
    blobUrl: server.url,
    queueUrl: server.url,
    caPem: server.caPem,
    credential: { getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
  });
  return new BlobDocumentStore({
    container: service.getContainerClient('warden-state'),
    clock: systemClock,
    limitMs,
  });
}

/** Sends the head of an answer and the first half of its body, and no more. */
function stall(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'x-ms-version': '2025-01-05', etag: '"1"', 'content-length': '2000' });
  response.write('x'.repeat(1000));
}

/** A document whose text comes to a halt; `closed` is kept when its connection is closed. */
async function openStalled() {
  const closed = Promise.withResolvers<void>();
  const store = await storeOn((request, response) => {
    stall(request, response);
    once(response, 'close').then(() => closed.resolve(), closed.reject);
  }, 60_000);
  return { document: await store.open(ADDRESS), closed: closed.promise };
}

describe('a state store whose storage', () => {
  it.each([
    ['reads a document', (store: BlobDocumentStore) => store.read(ADDRESS)],
    ['opens one', (store: BlobDocumentStore) => store.open(ADDRESS)],
    ['writes one', (store: BlobDocumentStore) => store.write(ADDRESS, '{}', 'absent')],
  ])('does not answer when it %s, says that it is unreachable', async (_what, use) => {
    const error = await failureOf(use(await storeOn(() => undefined)));

    expect(error).toMatchObject({ code: 'storage-unreachable', transient: true });
  });

  it.each([
    ['reads', (store: BlobDocumentStore) => store.read(ADDRESS)],
    ['opens', async (store: BlobDocumentStore) => all((await store.open(ADDRESS))?.text ?? piecesOf('', 1))],
  ])('stops in the middle of a document that it %s, says that it is unreachable', async (_what, use) => {
    const error = await failureOf(use(await storeOn(stall)));

    expect(error).toMatchObject({ code: 'storage-unreachable', transient: true });
  });

  it('breaks the connection while nobody reads, tells the reader when it reads on, and the process lives', async () => {
    let held: ServerResponse | undefined;
    const store = await storeOn((request, response) => {
      if (held === undefined) stall(request, response);
      else response.writeHead(404, { 'x-ms-version': '2025-01-05', 'x-ms-error-code': 'BlobNotFound' }).end();
      held ??= response;
    }, 60_000);
    const document = await store.open(ADDRESS);

    held?.destroy();
    // The client hears of it while it asks for something else; an error that nobody listens to would fail this run.
    expect(await store.read(ADDRESS)).toBeUndefined();
    const error = await failureOf(all(document?.text ?? piecesOf('', 1)));

    expect(error).toMatchObject({ code: 'storage-unreachable', transient: true });
  });

  it('has its connection closed by a reader who wants nothing of a document', async () => {
    const { document, closed } = await openStalled();
    await document?.text[Symbol.asyncIterator]().return?.();

    await closed;
  });

  it('has its connection closed by a reader who does not want the rest', async () => {
    const { document, closed } = await openStalled();
    for await (const piece of document?.text ?? []) {
      expect(piece).toHaveLength(1000);
      break;
    }

    await closed;
  });
});
