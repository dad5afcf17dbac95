/** Measures the nightly verification over real storage: how long, how much memory, and how many backups are held at the same time. */
import { KeyClient } from '@azure/keyvault-keys';
import { z } from 'zod';
import { BlobBackupStore } from '../src/adapters/blob/blob-backup-store.ts';
import { createBlobService } from '../src/adapters/blob/clients.ts';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { forEachConcurrently } from '../src/core/concurrency.ts';
import { aBackupRecord, versionId } from '../test/support/backup-record.ts';
import { atMost, type Figure, plain } from './figure.ts';
import { caOf, runWorker, type Stage, startStage } from './stage.ts';

const GENERATIONS = 10;
const DAY_MS = 86_400_000;
const WRITES_AT_ONCE = 16;
/**
 * Left alone, Node lets garbage pile up before it collects: a longer run has the larger peak though it holds no more. A heap
 * that is too small for more than a few pages shows what is really held.
 */
const TIGHT_HEAP = ['--max-old-space-size=64'];
const Report = z.object({
  seconds: z.number(),
  cpuMs: z.number(),
  peakMb: z.number(),
  most: z.number(),
  parts: z.number(),
  checked: z.number(),
  found: z.number(),
  bytes: z.number(),
});

/** Ten generations of 500 and of 5000 keys, each verified in fresh processes of their own. */
export async function verification(): Promise<Figure[]> {
  const stage = await startStage(2, 1, ['--limits', 'off', '--latency', 'none']);
  try {
    const backup = await oneBackup(stage);
    const started = performance.now();
    await fill(stage, 'bench-1', 500, backup);
    await fill(stage, 'bench-2', 5_000, backup);
    const layout = (performance.now() - started) / 1000;
    const small = await verifyInProcess(stage, 'bench-1');
    const large = await verifyInProcess(stage, 'bench-2');
    const [tightSmall, tightLarge] = [
      await verifyInProcess(stage, 'bench-1', TIGHT_HEAP),
      await verifyInProcess(stage, 'bench-2', TIGHT_HEAP),
    ];
    return [
      plain('size of a backup', backup.byteLength / 1024, 'KB'),
      plain('laying out 55 000 backups', layout, 's'),
      atMost(
        'backups not read, or called damaged',
        55_000 - small.checked - large.checked + large.found,
        '',
        0,
      ),
      plain('wall, 5000 backups', small.seconds, 's'),
      plain('wall, 50 000 backups', large.seconds, 's'),
      plain('backups a second', large.checked / large.seconds, ''),
      plain('CPU of our process a backup', large.cpuMs / large.checked, 'ms'),
      plain('requests that wait for an answer at the same time', Math.max(small.most, large.most), ''),
      plain('peak, 5000 backups', small.peakMb, 'MB'),
      atMost('peak, 50 000 backups', large.peakMb, 'MB', 256),
      atMost(
        'backups not read with a heap of 64 MB',
        55_000 - tightSmall.checked - tightLarge.checked,
        '',
        0,
      ),
      plain('peak with a heap of 64 MB, 5000 backups', tightSmall.peakMb, 'MB'),
      plain('peak with a heap of 64 MB, 50 000 backups', tightLarge.peakMb, 'MB'),
      atMost('the one against the other', tightLarge.peakMb / tightSmall.peakMb, '', 1.2),
    ];
  } finally {
    await stage.close();
  }
}

/** A backup as the emulator makes it: as large as a real one. */
async function oneBackup(stage: Stage): Promise<Uint8Array> {
  const [hsm] = stage.hsms;
  if (hsm === undefined) throw new Error('expected an HSM');
  const credential = {
    getToken: async () => ({ token: hsm.token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const client = new KeyClient(hsm.url, credential, {
    tlsOptions: { ca: await caOf(stage) },
    disableChallengeResourceVerification: true,
  });
  await client.createKey('bench', 'EC-HSM');
  const backup = await client.backupKey('bench');
  if (backup === undefined) throw new Error('expected a backup');
  return backup;
}

async function fill(stage: Stage, hsm: string, keys: number, backup: Uint8Array): Promise<void> {
  const { connectionString } = stage;
  const service = createBlobService({ kind: 'connection-string', connectionString });
  const store = new BlobBackupStore({
    container: service.getContainerClient('key-backups'),
    clock: systemClock,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const now = Date.now();
  await forEachConcurrently(slots(keys), WRITES_AT_ONCE, async ({ key, generation }) => {
    const capturedAt = now - (GENERATIONS - generation) * 7 * DAY_MS;
    const versions = [{ version: versionId(key) }];
    await store.put(aBackupRecord(backup, { hsm, key, capturedAt, versions }), backup);
  });
}

async function* slots(keys: number) {
  for (let n = 0; n < keys; n += 1) {
    for (let generation = 0; generation < GENERATIONS; generation += 1) yield { key: `key-${n}`, generation };
  }
}

async function verifyInProcess(
  stage: Stage,
  hsm: string,
  nodeFlags: readonly string[] = [],
): Promise<z.infer<typeof Report>> {
  const args = [hsm, `bench${nodeFlags.length}`];
  return Report.parse(await runWorker(stage, 'verify-worker', args, nodeFlags));
}
