/** The check beside the audit log: on real append blobs, and against an account that refuses appends. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAuditBlobName, startCheckBlobName } from '../../../src/adapters/audit/audit-names.ts';
import { BlobAppendCheck } from '../../../src/adapters/audit/blob-append-check.ts';
import { BlobAuditStore } from '../../../src/adapters/audit/blob-audit-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { type RunningAzurite, startAzurite } from '../../support/azurite.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { startTlsServer } from '../../support/tls-server.ts';

const OTHER = '{"format":1,"at":0}\n';

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

describe('the check of appends', () => {
  it('appends and reads back, whoever does so at the same time, in a blob that is no part of the log', async () => {
    const container = createBlobService(azurite.access).getContainerClient(
      `c${randomBytes(6).toString('hex')}`,
    );
    await container.create();
    const clock = new ManualClock({ now: Date.UTC(2026, 10, 24, 12) });
    await Promise.all([1, 2, 3].map(() => new BlobAppendCheck({ container, clock }).run()));
    await new BlobAppendCheck({ container, clock }).run();

    const name = 'start-checks/2026-11-24.jsonl';
    expect(startCheckBlobName(clock.now())).toBe(name);
    expect(parseAuditBlobName(name)).toBeUndefined();
    const { readableStreamBody: body } = await container.getBlobClient(name).download();
    expect(body && (await text(body)).split('\n')).toHaveLength(5);
    expect(await new BlobAuditStore({ container, clock }).end(true)).toBeUndefined();
  });

  it('fails where there is no container', async () => {
    const container = createBlobService(azurite.access).getContainerClient('nowhere');

    await expect(new BlobAppendCheck({ container, clock: systemClock }).run()).rejects.toMatchObject({
      code: 'storage-refused',
    });
  });

  it.each([
    {
      name: 'a policy refuses the append',
      append: (response: ServerResponse) =>
        response.writeHead(409, { 'x-ms-error-code': 'BlobImmutableDueToPolicy' }).end(),
      says: /append to the container of the audit log.*BlobImmutableDueToPolicy/,
    },
    {
      name: 'what is read back is something else',
      append: (response: ServerResponse) => response.writeHead(201, { 'x-ms-blob-append-offset': '0' }).end(),
      says: /not what is read back/,
    },
  ])('fails when $name', async ({ append, says }) => {
    const server = await startTlsServer((request: IncomingMessage, response: ServerResponse) => {
      request.resume().once('end', () => {
        if (request.method === 'GET') {
          const headers = {
            'x-ms-version': '2025-01-05',
            etag: '"1"',
            'content-length': String(OTHER.length),
          };
          response.writeHead(206, headers).end(OTHER);
        } else if (request.url?.includes('comp=appendblock')) append(response);
        else response.writeHead(201).end();
      });
    });
    const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const service = createBlobService({
      kind: 'identity',
      blobUrl: server.url,
      queueUrl: server.url,
      credential,
      caPem: server.caPem,
    });
    try {
      const container = service.getContainerClient('warden-audit');
      await expect(new BlobAppendCheck({ container, clock: systemClock }).run()).rejects.toMatchObject({
        code: 'storage-refused',
        message: expect.stringMatching(says),
      });
    } finally {
      await server.close();
    }
  });
});
