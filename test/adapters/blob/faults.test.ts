/** Each fault of the storage account, or of the way to it, becomes one code; blobs of others do not stop a list. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../../src/adapters/blob/blob-document-store.ts';
import { BlobLeases } from '../../../src/adapters/blob/blob-leases.ts';
import { createBlobService } from '../../../src/adapters/blob/clients.ts';
import { toMetadata } from '../../../src/adapters/blob/metadata.ts';
import type { StorageAccess } from '../../../src/adapters/http/storage-access.ts';
import { createQueueService } from '../../../src/adapters/queue/clients.ts';
import { StorageWorkQueue } from '../../../src/adapters/queue/storage-work-queue.ts';
import type { StoredBackup } from '../../../src/core/ports.ts';
import type { Queue } from '../../../src/core/queue.ts';
import { type RunningAzurite, startSecureAzurite } from '../../support/azurite.ts';
import { aBackupRecord } from '../../support/backup-record.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { openContainer } from '../../support/storage-worlds.ts';

const ANY: Queue<unknown> = { name: 'key-backups', schema: z.unknown(), holds: 'anything' };

const BACKUP = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn');
const clock = new ManualClock();

describe('the storage adapters', () => {
  let azurite: RunningAzurite;
  beforeAll(async () => {
    azurite = await startSecureAzurite();
  });
  afterAll(async () => azurite.stop());

  function changed(change: { blobUrl?: string; token?: string; caPem?: string }): StorageAccess {
    if (azurite.access.kind !== 'identity') throw new Error('expected an Azurite with tokens');
    const { token, ...rest } = change;
    const credential = {
      getToken: async () => ({ token: token ?? '', expiresOnTimestamp: Date.now() + 3_600_000 }),
    };
    return { ...azurite.access, ...rest, ...(token === undefined ? {} : { credential }) };
  }

  function storeOn(access: StorageAccess, container = 'key-backups', logger = new RecordingLogger()) {
    return new BlobBackupStore({
      container: createBlobService(access).getContainerClient(container),
      clock,
      logger,
    });
  }

  it('lists past blobs that are not readable as backups, and reports each', async () => {
    const container = await openContainer(azurite.access, 'mixed');
    const logger = new RecordingLogger();
    const store = storeOn(azurite.access, 'mixed', logger);
    const record = aBackupRecord(BACKUP);
    const { blob } = await store.put(record, BACKUP);
    const metadata = toMetadata(record);
    const other = blob.replace('20260131', '20260201');
    const short = blob.replace('20260131', '20260202');
    await container.getBlockBlobClient('contoso/notes.txt').upload('hello', 5);
    await container.getBlockBlobClient(other).upload(BACKUP, BACKUP.length, { metadata });
    const early = toMetadata({
      ...record,
      capturedAt: Date.UTC(2026, 1, 2, 2, 0, 0, 123),
      bytes: BACKUP.length + 1,
    });
    await container.getBlockBlobClient(short).upload(BACKUP, BACKUP.length, { metadata: early });

    const found: StoredBackup[] = [];
    for await (const page of store.list('contoso')) found.push(...page);

    expect(found.map((stored) => stored.blob)).toEqual([blob]);
    expect(logger.lines.map(({ level, fields }) => [level, fields.blob])).toEqual([
      ['warn', 'contoso/notes.txt'],
      ['warn', other],
      ['warn', short],
    ]);
  });

  it('cannot use a container that does not exist', async () => {
    const container = createBlobService(azurite.access).getContainerClient('absent');
    const state = new BlobDocumentStore({ container, clock });

    const failures = await Promise.all(
      [
        storeOn(azurite.access, 'absent').put(aBackupRecord(BACKUP), BACKUP),
        state.read({ kind: 'catalogue', hsm: 'contoso' }),
        state.write({ kind: 'catalogue', hsm: 'contoso' }, '{}', 'absent'),
        new BlobLeases({ container, clock }).acquire('contoso', 15),
      ].map(failureOf),
    );

    expect(failures.map(({ code }) => code)).toEqual(failures.map(() => 'storage-refused'));
  });

  it('makes a missing queue only where it is allowed to', async () => {
    const service = createQueueService(azurite.access);

    const refused = await failureOf(new StorageWorkQueue({ service, clock }).send(ANY, {}));
    await new StorageWorkQueue({ service, clock, createMissing: true }).send(ANY, {});

    expect(refused.code).toBe('storage-refused');
    expect((await service.getQueueClient('key-backups').getProperties()).approximateMessagesCount).toBe(1);
  });

  it('is refused without a good token', async () => {
    expect((await failureOf(storeOn(changed({ token: 'no token' })).read('x'))).code).toBe(
      'storage-forbidden',
    );
  });

  it('does not trust an account whose certificate comes from elsewhere', async () => {
    const other = await startSecureAzurite();
    try {
      const caPem = other.access.caPem;
      if (caPem === undefined) throw new Error('expected a certificate authority');

      expect((await failureOf(storeOn(changed({ caPem })).read('x'))).code).toBe('storage-unreachable');
    } finally {
      await other.stop();
    }
  });

  it('cannot reach an account that does not listen, and tries no more than three times', async () => {
    const store = storeOn(changed({ blobUrl: 'https://127.0.0.1:1/devstoreaccount1' }));

    expect((await failureOf(store.read('x'))).code).toBe('storage-unreachable');
  });
});

describe('a connection string', () => {
  it.each([
    [
      'Azure',
      'DefaultEndpointsProtocol=https;AccountName=prod;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net',
    ],
    [
      'another host',
      'AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://10.0.0.1/a;QueueEndpoint=http://127.0.0.1/a',
    ],
    ['a proxy elsewhere', 'UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://10.0.0.1'],
    [
      'a name that only looks local',
      'AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1.example.com/a',
    ],
    ['nothing', ''],
  ])('that leads to %s is refused, and its key is not in the message', async (_where, connectionString) => {
    const access = { kind: 'connection-string', connectionString } as const;

    for (const create of [createBlobService, createQueueService]) {
      const error = await failureOf((async () => create(access))());
      expect(error.code).toBe('settings-invalid');
      expect(`${error.message} ${error.advice}`).not.toContain('c2VjcmV0');
    }
  });

  it('that means the local emulator is taken', () => {
    const access = { kind: 'connection-string', connectionString: 'UseDevelopmentStorage=true' } as const;

    expect(createBlobService(access).url).toContain('127.0.0.1:10000');
    expect(createQueueService(access).url).toContain('127.0.0.1:10001');
  });
});
