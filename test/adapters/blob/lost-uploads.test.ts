/** An upload that was done although its answer was lost counts, with whatever words its repeat is refused. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../../src/adapters/blob/blob-document-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { aBackupRecord } from '../../support/backup-record.ts';
import { failureOf } from '../../support/errors.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

const BACKUP = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn');
const HEAD = { 'x-ms-version': '2025-01-05', 'x-ms-request-id': '1' };

/** What the service may call the repeat of a write that was done. */
const REFUSALS = [
  [409, 'BlobAlreadyExists'],
  [409, 'BlobImmutableDueToPolicy'],
  [403, 'UnauthorizedBlobOverwrite'],
  [412, 'ConditionNotMet'],
  [403, 'AuthorizationPermissionMismatch'],
] as const;

let server: TlsServer;
afterEach(() => server.close());

interface Stored {
  readonly metadata: Record<string, string>;
  readonly bytes: Buffer;
}

/** A storage account that keeps the first write of a name and loses its answer, and refuses the others with these words. */
async function account(refusal: readonly [number, string], keeps = true) {
  const blobs = new Map<string, Stored>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const stored = blobs.get(path);
    if (request.method === 'PUT') {
      const bytes = await buffer(request);
      if (stored === undefined && keeps) {
        const metadata = Object.entries(request.headers).filter(([name]) => name.startsWith('x-ms-meta-'));
        blobs.set(path, { bytes, metadata: Object.fromEntries(metadata.map(([n, v]) => [n, String(v)])) });
        request.socket.destroy();
        return;
      }
      const [status, code] = refusal;
      const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>x</Message></Error>`;
      response.writeHead(status, { ...HEAD, 'x-ms-error-code': code, 'content-type': 'application/xml' });
      response.end(body);
    } else if (stored === undefined) {
      response.writeHead(404, { ...HEAD, 'x-ms-error-code': 'BlobNotFound' }).end();
    } else {
      const { bytes, metadata } = stored;
      response.writeHead(200, { ...HEAD, ...metadata, etag: '"1"', 'content-length': bytes.length });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    }
  };
  server = await startTlsServer((request, response) => void answer(request, response));
}

function container() {
  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const { url, caPem } = server;
  const service = createBlobService({ kind: 'identity', blobUrl: url, queueUrl: url, caPem, credential });
  return service.getContainerClient('key-backups');
}

function backups() {
  return new BlobBackupStore({ container: container(), clock: systemClock, logger: new RecordingLogger() });
}

describe('an upload whose answer was lost', () => {
  it.each(REFUSALS)('counts when its repeat is refused with %d %s', async (...refusal) => {
    await account(refusal);
    const record = aBackupRecord(BACKUP);

    const stored = await backups().put(record, BACKUP);

    expect(stored.record).toEqual(record);
  });

  it.each(REFUSALS)(
    'counts for a document of the state, too, when it is refused with %d %s',
    async (...refusal) => {
      await account(refusal);
      const state = new BlobDocumentStore({ container: container(), clock: systemClock });

      expect(await state.write({ kind: 'last-run', hsm: 'contoso' }, '{}', 'absent')).toBe('"1"');
    },
  );

  it.each(REFUSALS)('does not count when another backup has the name: %d %s', async (...refusal) => {
    await account(refusal);
    const record = aBackupRecord(BACKUP);
    await backups().put(record, BACKUP);

    const error = await failureOf(backups().put({ ...record, sha256: 'f'.repeat(64) }, BACKUP));

    expect(error.code).toBe('blob-exists');
  });

  it.each(REFUSALS)('counts for a pinned copy that is there already: %d %s', async (...refusal) => {
    await account(refusal);
    const { blob } = await backups().put(aBackupRecord(BACKUP), BACKUP);

    expect(await backups().pin(blob)).toBe(`pinned/${blob}`);
  });
});

describe('an upload that was refused and not done', () => {
  it.each([
    [403, 'AuthorizationPermissionMismatch', 'storage-forbidden'],
    [409, 'BlobImmutableDueToPolicy', 'storage-refused'],
    [503, 'ServerBusy', 'storage-throttled'],
  ] as const)('stays refused: %d %s is %s', async (status, refusal, code) => {
    await account([status, refusal], false);

    expect((await failureOf(backups().put(aBackupRecord(BACKUP), BACKUP))).code).toBe(code);
  });
});

describe('an answer that is none of the storage account', () => {
  it.each([
    [200, 'text/html', '<html>sign in</html>'],
    [202, 'text/html', '<html>later</html>'],
    [204, 'text/plain', ''],
    [404, 'text/html', '<html>not found</html>'],
    [400, 'text/html', '<html>bad request</html>'],
  ])('may pass, and says nothing of a backup: %d %s', async (status, type, body) => {
    server = await startTlsServer((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(status === 204 ? undefined : body);
    });
    const { blob } = { blob: 'contoso/a/20260131T020000123Z-0123456789abcdef0123456789abcdef.keybackup' };

    const failures = await Promise.all(
      [
        backups().put(aBackupRecord(BACKUP), BACKUP),
        backups().read(blob),
        backups().fetch({ blob }),
        backups().list('contoso').next(),
      ].map(failureOf),
    );

    expect(failures.map(({ code, transient }) => [code, transient])).toEqual(
      failures.map(() => ['storage-unavailable', true]),
    );
  });
});
