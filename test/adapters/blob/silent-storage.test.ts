/** A storage account that takes a request and never answers: whoever gave up leaves no connection behind. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BlobAppendCheck } from '../../../src/adapters/audit/blob-append-check.ts';
import { BlobAuditStore } from '../../../src/adapters/audit/blob-audit-store.ts';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../../src/adapters/blob/blob-document-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { CALL_LIMITS_MS } from '../../../src/adapters/http/call-limits.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { connectionStringOf } from '../../../src/local/azurite.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { startPlainServer } from '../../support/plain-server.ts';

const CATALOGUE = { kind: 'catalogue', hsm: 'contoso' } as const;
const PART = { day: '2026-11-24', number: 1 };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** All on an account that is silent, and the next request that it gets. */
async function onSilence() {
  const asked = Promise.withResolvers<[IncomingMessage, ServerResponse]>();
  const blobUrl = await startPlainServer((...both) => asked.resolve(both));
  const access = { kind: 'connection-string', connectionString: connectionStringOf({ blobUrl }) } as const;
  const options = { container: createBlobService(access).getContainerClient('any'), clock: systemClock };
  const backups = new BlobBackupStore({ ...options, logger: new RecordingLogger() });
  const documents = new BlobDocumentStore(options);
  return {
    store: new BlobAuditStore(options),
    check: new BlobAppendCheck(options),
    backups,
    documents,
    asked: asked.promise,
  };
}

type On = Omit<Awaited<ReturnType<typeof onSilence>>, 'asked'>;
const CALLS: readonly [what: string, call: (on: On) => Promise<unknown>][] = [
  ['the end of the log is read', ({ store }) => store.end(true)],
  ['a part is opened', ({ store }) => store.open(PART)],
  ['a part is read', ({ store }) => store.read(PART)],
  ['the segments are listed', ({ store }) => store.segments()],
  ['appends are tried', ({ check }) => check.run()],
  ['the backups of an HSM are listed', ({ backups }) => backups.list('contoso').next()],
  ['the backups of a key are listed', ({ backups }) => backups.list('contoso', 'orders').next()],
];

it.each(CALLS)('nothing is held when the time is over in which %s', async (_, call) => {
  const { asked, ...on } = await onSilence();
  const failed = expect(call(on)).rejects.toMatchObject({ code: 'storage-unreachable', transient: true });
  const [request] = await asked;
  const gone = once(request.socket, 'close');

  await vi.advanceTimersByTimeAsync(CALL_LIMITS_MS.storageCall);

  await failed;
  await gone;
});

const BODIES: readonly [what: string, call: (on: On) => Promise<unknown>][] = [
  ['a document is read', ({ documents }) => documents.read(CATALOGUE)],
  [
    'a document is read by pieces',
    async ({ documents }) => {
      const opened = await documents.open(CATALOGUE);
      for await (const _piece of opened?.text ?? []);
    },
  ],
  ['a part is read', ({ store }) => store.read(PART)],
  ['a backup is read', ({ backups }) => backups.read('contoso/orders/one.keybackup')],
];

it.each(BODIES)(
  'nothing is held when the account falls silent within the answer by which %s',
  async (_, call) => {
    const { asked, ...on } = await onSilence();
    const failed = expect(call(on)).rejects.toMatchObject({ code: 'storage-unreachable', transient: true });
    const [request, response] = await asked;
    // Who gives up with something unread resets the connection: that is an end, too.
    const gone = new Promise((resolve) => request.socket.once('close', resolve));
    response.writeHead(200, { 'x-ms-version': '2025-01-05', etag: '"1"', 'content-length': 1_000 });
    response.write('{');
    let isOver = false;
    void failed.then(() => {
      isOver = true;
    });
    // A piece on its way has a limit of its own.
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(CALL_LIMITS_MS.storageCall);
      expect(isOver).toBe(true);
    });

    await failed;
    await gone;
  },
);
