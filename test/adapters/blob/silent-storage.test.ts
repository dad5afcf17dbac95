/** A storage account that takes a request and never answers: whoever gave up leaves no connection behind. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { BlobAppendCheck } from '../../../src/adapters/audit/blob-append-check.ts';
import { BlobAuditStore } from '../../../src/adapters/audit/blob-audit-store.ts';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { CALL_LIMITS_MS } from '../../../src/adapters/http/call-limits.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { connectionStringOf } from '../../../src/local/azurite.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

const Address = z.object({ port: z.int() });
const PART = { day: '2026-11-24', number: 1 };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** All on an account that is silent, and the next request that it gets. */
async function onSilence() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const blobUrl = `http://127.0.0.1:${Address.parse(server.address()).port}/devstoreaccount1`;
  const access = { kind: 'connection-string', connectionString: connectionStringOf({ blobUrl }) } as const;
  const options = { container: createBlobService(access).getContainerClient('any'), clock: systemClock };
  const asked = new Promise<IncomingMessage>((resolve) => server.once('request', resolve));
  const backups = new BlobBackupStore({ ...options, logger: new RecordingLogger() });
  return { store: new BlobAuditStore(options), check: new BlobAppendCheck(options), backups, asked };
}

type On = Pick<Awaited<ReturnType<typeof onSilence>>, 'store' | 'check' | 'backups'>;
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
  const request = await asked;
  const gone = once(request.socket, 'close');

  await vi.advanceTimersByTimeAsync(CALL_LIMITS_MS.storageCall);

  await failed;
  await gone;
});
