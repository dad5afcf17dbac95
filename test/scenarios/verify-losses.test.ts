/** The verification over real storage, after what an immutable container should never let happen. */
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobBackupStore } from '../../src/adapters/blob/blob-backup-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { EventBus } from '../../src/core/events/bus.ts';
import type { StoredBackup } from '../../src/core/ports.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { saveBackups } from '../../src/features/recovery-points/save-backups.ts';
import { verify } from '../../src/features/verify/verify.ts';
import { type RunningAzurite, startAzurite } from '../support/azurite.ts';
import { aBackupRecord } from '../support/backup-record.ts';
import { MemoryDocumentStore } from '../support/memory/memory-document-store.ts';
import { MemoryEventSink } from '../support/memory/memory-event-sink.ts';
import { MemoryHsm } from '../support/memory/memory-hsm.ts';
import { MemoryKeyService } from '../support/memory/memory-key-service.ts';
import { MemoryWorkQueue } from '../support/memory/memory-work-queue.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';
import { openContainer } from '../support/storage-worlds.ts';
import { aVerifyPolicy } from '../support/verify-policy.ts';

const KEYS = ['changed', 'deleted', 'shortened', 'sound', 'unmarked'] as const;
const DAY_MS = 86_400_000;

let azurite: RunningAzurite;
let container: ContainerClient;

beforeAll(async () => {
  azurite = await startAzurite();
  container = await openContainer(azurite.access, 'key-backups');
});

afterAll(async () => {
  await azurite?.stop();
});

/** Bytes that pass as a backup. */
async function someBackup(): Promise<Uint8Array> {
  const hsm = new MemoryHsm({ name: 'contoso', clock: systemClock });
  hsm.createKey('any');
  return new MemoryKeyService(hsm).backupKey('any');
}

describe('the verification of a store in which newest backups were', () => {
  it('changed, shortened, deleted and robbed of their facts: reports each, and goes back to the ones before', async () => {
    const topic = new MemoryEventSink();
    const deps = {
      backups: new BlobBackupStore({ container, clock: systemClock, logger: new RecordingLogger() }),
      state: new MemoryDocumentStore(),
      queue: new MemoryWorkQueue(systemClock),
      bus: new EventBus([topic], systemClock),
      logger: new RecordingLogger(),
      clock: systemClock,
    };
    const bytes = await someBackup();
    const newest = new Map<string, StoredBackup>();
    for (const key of KEYS) {
      for (const age of [2, 1]) {
        const record = aBackupRecord(bytes, { key, capturedAt: Date.now() - age * DAY_MS });
        newest.set(key, await deps.backups.put(record, bytes));
        await saveBackups(deps.state, 'contoso', [...newest.values()]);
      }
    }
    await spoil(newest, bytes);
    const { state } = await verify(
      deps,
      aVerifyPolicy(),
      { kind: 'verify', hsm: 'contoso', runId: 'run-1' },
      new AbortController().signal,
    );

    const reported = topic.accepted.flatMap(({ data }) =>
      'blob' in data && 'key' in data ? [data.key] : [],
    );
    expect(reported.sort()).toEqual(['changed', 'deleted', 'shortened']);
    expect(state.found).toBe(3);
    const { keys } = await readCatalogue(deps.state, 'contoso');
    expect(KEYS.filter((key) => keys[key]?.blob === newest.get(key)?.blob)).toEqual(['sound', 'unmarked']);
  });
});

async function spoil(newest: ReadonlyMap<string, StoredBackup>, bytes: Uint8Array): Promise<void> {
  const blobOf = (key: (typeof KEYS)[number]) => container.getBlockBlobClient(newest.get(key)?.blob ?? '');
  const { metadata = {} } = await blobOf('changed').getProperties();
  const flipped = Uint8Array.from(bytes);
  flipped[20] = (flipped[20] ?? 0) ^ 1;
  await blobOf('changed').upload(flipped, flipped.byteLength, { metadata });
  const kept = (await blobOf('shortened').getProperties()).metadata ?? {};
  await blobOf('shortened').upload(bytes.subarray(0, 40), 40, { metadata: kept });
  await blobOf('deleted').delete();
  // Its bytes are all there: it restores as well as ever.
  await blobOf('unmarked').setMetadata({});
}
