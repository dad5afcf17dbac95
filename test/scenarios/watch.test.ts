/** Ninety days of a deleted key over TLS, with real storage, the emulator's audit log and the local topic. */

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BlobBackupStore } from '../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../src/adapters/blob/blob-document-store.ts';
import { AimdPacer } from '../../src/adapters/pacing/aimd-pacer.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { Clock, KeyService } from '../../src/core/ports.ts';
import { ADMINISTRATOR_ID } from '../../src/emulator/options.ts';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import { createAuthority, createLeaf } from '../../src/emulator/tls/certificates.ts';
import { KEY_BACKUPS } from '../../src/features/backup/queues.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { updateWatchState } from '../../src/features/watch/model/watch-state.ts';
import { startTopic, type Topic } from '../../src/local/topic/topic.ts';
import type { App, InvocationLog } from '../../src/platform/app.ts';
import { composeBackupApp } from '../../src/platform/backup-app.ts';
import { readConfig } from '../../src/platform/config/config.ts';
import { openPlatform } from '../../src/platform/platform.ts';
import type { WorkQueueWorld } from '../contract/work-queue.ts';
import { type RunningAzurite, startSecureAzurite } from '../support/azurite.ts';
import { keyClientOn, keyServiceOn, tokenCredential } from '../support/emulator-world.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../support/memory/memory-audit-store.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';
import { openContainer, workQueueWorld } from '../support/storage-worlds.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What a change or a deletion may take from its log record to its backup or event. */
const PROMISE_MS = 5_000;

interface AuditSink {
  readonly url: string;
  close(): Promise<void>;
}

let azurite: RunningAzurite;
let emulator: Emulator;
let topic: Topic;
let sink: AuditSink;
let app: App;
let keys: KeyService;
let state: BlobDocumentStore;
let backups: BlobBackupStore;
let queues: WorkQueueWorld;
const logger = new RecordingLogger();
const QUIET: InvocationLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Stands for the event hub: whatever is posted is a batch of the audit log. */
async function startSink(onBatch: (batch: string) => Promise<unknown>): Promise<AuditSink> {
  const server = createServer(async (request, response) => {
    const batch = await text(request);
    await onBatch(batch).then(
      () => response.writeHead(200).end(),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

beforeAll(async () => {
  azurite = await startSecureAzurite();
  sink = await startSink(async (batch) => app.run('auditEvents', batch, QUIET));
  emulator = await startEmulator({ purgeProtection: true, auditSink: sink.url });
  const authority = await createAuthority(Date.now());
  const leaf = await createLeaf(authority, 'topic', Date.now());
  topic = await startTopic({
    clock: systemClock,
    logger,
    keys: [],
    acceptBearer: (token) => token === 'publisher',
    tls: { cert: leaf.certificate, key: leaf.key },
  });
  const clock: Clock = { now: () => emulator.now(), sleep: (ms, signal) => systemClock.sleep(ms, signal) };
  const token = await emulator.issueToken({ objectId: ADMINISTRATOR_ID, lifetimeSeconds: 400 * 86_400 });
  keys = keyServiceOn(emulator, tokenCredential(token));
  state = new BlobDocumentStore({ container: await openContainer(azurite.access, 'warden-state'), clock });
  backups = new BlobBackupStore({
    container: await openContainer(azurite.access, 'key-backups'),
    clock,
    logger,
  });
  queues = await workQueueWorld(azurite.access);
  const config = readConfig({
    WARDEN_HSMS: `contoso=${emulator.url}`,
    WARDEN_STORAGE_CONNECTION: 'UseDevelopmentStorage=true',
    WARDEN_TOPIC_URL: topic.url,
    WARDEN_AUDIT_HUB: 'audit',
  });
  const pacer = new AimdPacer({ ratePerSecond: 8, clock: systemClock });
  app = composeBackupApp(config, {
    ...openPlatform({
      config,
      credential: tokenCredential('publisher'),
      caPem: authority.certificate,
      clock,
    }),
    state,
    queue: queues.queue,
    auditStore: new MemoryAuditStore(clock),
    anchor: new MemoryAuditAnchor(),
    hsms: {
      names: ['contoso'],
      usable: ['contoso'],
      added: [],
      get: () => ({ name: 'contoso', resource: 'contoso', keys, pacer, urgentPacer: pacer, pace: 8 }),
    },
    backups: () => backups,
    prepare: async () => undefined,
  });
});

afterAll(async () => {
  await emulator?.close();
  await sink?.close();
  await topic?.close();
  await azurite?.stop();
});

/** Events taken by the topic, each once, without heartbeats. */
function reported(): readonly string[] {
  const once = new Map(topic.accepted.map((event) => [event.id, event]));
  return [...once.values()]
    .filter(({ type }) => type !== 'HsmWarden.Heartbeat')
    .map(({ type, subject }) => `${type.replace('HsmWarden.', '')} ${subject?.split('/').at(-1)}`);
}

async function backUpChanged(): Promise<void> {
  const message = await vi.waitFor(
    async () => {
      const found = await queues.take(KEY_BACKUPS);
      expect(found).toBeDefined();
      return found;
    },
    { timeout: PROMISE_MS, interval: 50 },
  );
  await app.run('keyBackupWorker', message, QUIET);
}

function scan(log: InvocationLog = QUIET) {
  return app.run('watchWorker', { kind: 'look', hsm: 'contoso' }, log);
}

describe('ninety days of a deleted key', () => {
  it('a new key has its backup within five seconds of its log record', async () => {
    const startedAt = performance.now();
    await keyClientOn(emulator).createKey('orders', 'EC-HSM');
    await backUpChanged();

    const ms = performance.now() - startedAt;
    expect((await readCatalogue(state, 'contoso')).keys).toHaveProperty('orders');
    expect(ms).toBeLessThan(PROMISE_MS);
    process.stdout.write(`change -> backup in Blob: ${Math.round(ms)} ms\n`);
  });

  it('its deletion is reported within five seconds of its log record', async () => {
    await scan();
    const startedAt = performance.now();
    await keyClientOn(emulator).beginDeleteKey('orders');
    await vi.waitFor(() => expect(reported()).toContain('KeyDeleted orders'), {
      timeout: PROMISE_MS,
      interval: 10,
    });

    process.stdout.write(`deletion -> event at the topic: ${Math.round(performance.now() - startedAt)} ms\n`);
  });

  it('the whole stream is reported in order, up to the purge and the backup that restores it', async () => {
    const before = reported().length;
    const jumps = [60 * DAY_MS, 16 * DAY_MS, 7 * DAY_MS, 4 * DAY_MS, 2 * DAY_MS, 18 * HOUR_MS, 6 * HOUR_MS];
    for (const ms of jumps) {
      await emulator.advanceClock(ms);
      await scan();
      await scan();
    }

    expect(reported().slice(before)).toEqual([
      'PurgePending orders',
      'BackupOverdue contoso',
      'PurgePending orders',
      'PurgePending orders',
      'PurgePending orders',
      'PurgePending orders',
      'PurgePending orders',
      'KeyPurged orders',
    ]);
    const purged = topic.accepted.find(({ type }) => type === 'HsmWarden.KeyPurged');
    expect(purged?.data).toMatchObject({ recoverable: 'restore', coverage: 'complete', foundBy: 'look' });
    const { blob } = (await readCatalogue(state, 'contoso')).keys.orders ?? { blob: '' };
    expect(
      Buffer.from(await backups.read(`pinned/${blob}`)).equals(Buffer.from(await backups.read(blob))),
    ).toBe(true);
    await keys.restoreKey(await backups.read(`pinned/${blob}`));
    expect((await keys.getKey('orders')).name).toBe('orders');
  });

  it('each scan says of a lost key, in the log, that nobody has acknowledged it', async () => {
    const errors: string[] = [];
    const lost = { at: emulator.now(), awaitsRecord: false, records: [], lost: 'key' as const };
    await updateWatchState(state, 'contoso', (before) => ({
      ...before,
      purges: { ...before.purges, payments: lost },
    }));
    for (let times = 0; times < 2; times += 1) await scan({ ...QUIET, error: (line) => errors.push(line) });

    const said = { message: 'keys are lost, and nobody has acknowledged it', hsm: 'contoso', keys: 1 };
    const found = errors.map((line) => JSON.parse(line)).filter(({ message }) => message === said.message);
    expect(found).toMatchObject([
      { ...said, named: ['payments'] },
      { ...said, named: ['payments'] },
    ]);
  });
});
