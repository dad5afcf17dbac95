/** A conditional write is refused, perhaps because it met itself: it is a conflict only when the service shows that it is not ours. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { BlobAuditStore } from '../../../src/adapters/audit/blob-audit-store.ts';
import { BlobDocumentStore } from '../../../src/adapters/blob/blob-document-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

const CATALOGUE = { kind: 'catalogue', hsm: 'contoso' } as const;
const PART = { day: '2026-11-28', number: 1 };
const LINE = '{"line":1}\n';
const SERVICE = { 'x-ms-version': '2025-01-05' };

/** What the look gets. `sent`: the headers of the write that was refused, and what it carried. */
type Look = (
  request: IncomingMessage,
  response: ServerResponse,
  sent: { readonly write: string; readonly body: string },
) => void;

let server: TlsServer;
afterEach(() => server.close());

function answerBytes(response: ServerResponse, bytes: string): void {
  response.writeHead(206, { ...SERVICE, etag: '"2"', 'content-length': bytes.length }).end(bytes);
}

/** Stores on an account that refuses each write with `code`, and answers each look as `look` does. */
async function refusing(code: string, look: Look) {
  let sent = { write: '', body: '' };
  server = await startTlsServer((request, response) => {
    if (request.method !== 'PUT') {
      request.resume();
      look(request, response, sent);
      return;
    }
    let body = '';
    request.on('data', (piece) => {
      body += String(piece);
    });
    request.on('end', () => {
      sent = { write: String(request.headers['x-ms-meta-write']), body };
      response.writeHead(412, { ...SERVICE, 'x-ms-error-code': code }).end();
    });
  });
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const { url, caPem } = server;
  const access = { kind: 'identity', blobUrl: url, queueUrl: url, caPem, credential } as const;
  const options = { container: createBlobService(access).getContainerClient('any'), clock: systemClock };
  return { documents: new BlobDocumentStore(options), audit: new BlobAuditStore(options) };
}

const UNCLEAR: readonly [what: string, look: Look][] = [
  ['a page of something in between', (_, response) => void response.writeHead(200).end('<html>')],
  ['a refusal that is not of the service', (_, response) => void response.writeHead(404).end()],
  ['that the service is busy', (_, response) => void response.writeHead(503, SERVICE).end()],
  ['nothing, and the connection breaks', (request) => void request.socket.destroy()],
];

describe.each(UNCLEAR)('a conflict whose look gets %s', (_what, look) => {
  it('is no conflict of a document, but a fault that passes', async () => {
    const { documents } = await refusing('ConditionNotMet', look);
    await expect(documents.write(CATALOGUE, '{}', { etag: '"1"' })).rejects.toMatchObject({
      code: expect.stringMatching(/^storage-/),
      transient: true,
    });
  });

  it('is no conflict of the audit log, but a fault that passes', async () => {
    const { audit } = await refusing('AppendPositionConditionNotMet', look);
    await expect(audit.append(PART, LINE, 0)).rejects.toMatchObject({
      code: expect.stringMatching(/^storage-/),
      transient: true,
    });
  });
});

describe('a conflict whose look the service answers', () => {
  it.each<[what: string, look: Look]>([
    [
      'nothing is there',
      (_, response) => void response.writeHead(404, { ...SERVICE, 'x-ms-error-code': 'BlobNotFound' }).end(),
    ],
    [
      'what is there is of another write',
      (_, response) =>
        void response.writeHead(200, { ...SERVICE, etag: '"2"', 'x-ms-meta-write': 'another' }).end(),
    ],
  ])('is one of a document: %s', async (_what, look) => {
    const { documents } = await refusing('ConditionNotMet', look);
    await expect(documents.write(CATALOGUE, '{}', { etag: '"1"' })).rejects.toMatchObject({
      code: 'state-conflict',
    });
  });

  it.each<[what: string, look: Look]>([
    [
      'nothing is there',
      (_, response) => void response.writeHead(416, { ...SERVICE, 'x-ms-error-code': 'InvalidRange' }).end(),
    ],
    ['another line is there', (_, response) => void answerBytes(response, LINE.replace('1', '2'))],
  ])('is one of the audit log: %s', async (_what, look) => {
    const { audit } = await refusing('AppendPositionConditionNotMet', look);
    await expect(audit.append(PART, LINE, 0)).rejects.toMatchObject({ code: 'state-conflict' });
  });

  it('is none of a document when our own write is there', async () => {
    const { documents } = await refusing(
      'ConditionNotMet',
      (_, response, { write }) =>
        void response.writeHead(200, { ...SERVICE, etag: '"2"', 'x-ms-meta-write': write }).end(),
    );
    expect(await documents.write(CATALOGUE, '{}', { etag: '"1"' })).toBe('"2"');
  });

  it('is none of the audit log when our own line is there', async () => {
    const { audit } = await refusing(
      'AppendPositionConditionNotMet',
      (_, response, { body }) => void answerBytes(response, body),
    );
    await expect(audit.append(PART, LINE, 0)).resolves.toBeUndefined();
  });
});
