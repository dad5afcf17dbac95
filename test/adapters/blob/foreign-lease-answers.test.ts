/** Something on the way to the storage account answers a renewal or a release in its place: that says nothing of the lease. */
import { afterEach, describe, expect, it } from 'vitest';
import { BlobLeases } from '../../../src/adapters/blob/blob-leases.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

const BODIES = { nothing: '', 'a page': '<html><h1>Please sign in</h1></html>' } as const;
const SECONDS = 60;
const SOON_MS = 2_000;

let server: TlsServer;
afterEach(() => server.close());

/** A lease that the storage account gave, and everything after that is answered with `body`; and the waits for a renewal. */
async function held(body: string) {
  server = await startTlsServer((request, response) => {
    request.resume();
    if (request.headers['x-ms-lease-action'] === 'acquire') {
      response.writeHead(201, { 'x-ms-version': '2025-01-05', etag: '"1"' }).end();
    } else response.writeHead(200, { 'content-type': 'text/html' }).end(body);
  });
  const { url, caPem } = server;
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const service = createBlobService({ kind: 'identity', blobUrl: url, queueUrl: url, caPem, credential });
  const clock = new ManualClock();
  const waits: number[] = [];
  const judged = Promise.withResolvers<void>();
  const leases = new BlobLeases({
    container: service.getContainerClient('any'),
    clock: {
      now: () => clock.now(),
      sleep: (ms, signal) => {
        waits.push(ms);
        // The first is the wait for the renewal, the second guards it, and the third comes when it is judged.
        if (waits.length === 3) judged.resolve();
        return clock.sleep(ms, signal);
      },
    },
  });
  return { lease: await leases.acquire('sweep-contoso', SECONDS), clock, waits, judged: judged.promise };
}

describe.each(Object.entries(BODIES))(
  'an answer 200 with %s that is not the storage account’s',
  (_, body) => {
    it('is no renewal of a lease: the next try comes soon', async () => {
      const { lease, clock, waits, judged } = await held(body);

      await clock.advance((SECONDS * 1000) / 3);
      await judged;

      expect(waits.at(-1)).toBe(SOON_MS);
      await lease.release().catch(() => undefined);
    });

    it('is no release of a lease', async () => {
      const { lease } = await held(body);

      await expect(lease.release()).rejects.toMatchObject({ code: 'storage-unavailable', transient: true });
    });
  },
);
