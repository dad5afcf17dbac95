import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobBackupStore } from '../../../src/adapters/blob/blob-backup-store.ts';
import type { PublicKey } from '../../../src/core/model/public-key.ts';
import type { BackupPins, BackupStore } from '../../../src/core/ports.ts';
import { type RunningAzurite, startAzurite } from '../../support/azurite.ts';
import { aBackupRecord, versionId } from '../../support/backup-record.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryBackupStore } from '../../support/memory/memory-backup-store.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';
import { openContainer } from '../../support/storage-worlds.ts';

const BACKUP = Buffer.from('eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn');
const KEYS = new Map<string, PublicKey>([[versionId(1), { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'Ag' }]]);
let azurite: RunningAzurite;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

const STORES: [string, () => Promise<BackupStore & BackupPins>][] = [
  ['memory', async () => new MemoryBackupStore(new ManualClock())],
  [
    'Blob storage',
    async () =>
      new BlobBackupStore({
        container: await openContainer(azurite.access, 'key-backups'),
        clock: new ManualClock(),
        logger: new RecordingLogger(),
      }),
  ],
];

describe.each(STORES)('a pin in %s', (_name, open) => {
  it('is a copy with the same bytes, however often it is asked for, and listed beside its original', async () => {
    const store = await open();
    const { blob } = await store.put(aBackupRecord(BACKUP, { hsm: 'pins' }), BACKUP, undefined, KEYS);
    const copy = await store.pin(blob);

    expect(copy).toBe(`pinned/${blob}`);
    expect(await store.publicKeysOf(copy)).toEqual(KEYS);
    expect(await store.pin(blob)).toBe(copy);
    expect(Buffer.from(await store.read(copy)).equals(BACKUP)).toBe(true);
    const listed: string[] = [];
    for await (const page of store.list('pins')) listed.push(...page.map((backup) => backup.blob));
    expect(listed).toEqual([copy, blob].sort());
  });

  it('of a backup that is not there fails', async () => {
    const store = await open();
    expect((await failureOf(store.pin('pins/no/such.keybackup'))).code).toBe('blob-missing');
  });
});

it('a pinned copy is listed when the lifecycle rule has taken its original', async () => {
  const container = await openContainer(azurite.access, 'key-backups-ruled');
  const store = new BlobBackupStore({ container, clock: new ManualClock(), logger: new RecordingLogger() });
  const { blob, record } = await store.put(aBackupRecord(BACKUP, { hsm: 'contoso' }), BACKUP);
  const copy = await store.pin(blob);
  await container.deleteBlob(blob);

  const listed: { blob: string; record: unknown }[] = [];
  for await (const page of store.list('contoso', record.key)) listed.push(...page);

  expect(listed).toMatchObject([{ blob: copy, record }]);
});
