/** Four eyes end to end: emulated HSMs over TLS, storage over TLS, tokens over loopback, the real functions, real queues. */

import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BlobAuditAnchor } from '../../src/adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../../src/adapters/audit/blob-audit-store.ts';
import { BlobOnceStore } from '../../src/adapters/audit/blob-once-store.ts';
import { BlobBackupStore } from '../../src/adapters/blob/blob-backup-store.ts';
import { BlobDocumentStore } from '../../src/adapters/blob/blob-document-store.ts';
import { createQueueService } from '../../src/adapters/queue/clients.ts';
import { StorageDeadLetters } from '../../src/adapters/queue/storage-dead-letters.ts';
import { StorageWorkQueue } from '../../src/adapters/queue/storage-work-queue.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { EventBus } from '../../src/core/events/bus.ts';
import type { CloudEvent } from '../../src/core/events/cloud-event.ts';
import { type Emulator, startEmulator } from '../../src/emulator/start-emulator.ts';
import type { RecoveryAppFor } from '../../src/features/recovery/app.ts';
import { RecoveryView } from '../../src/features/recovery/model/asking.ts';
import { backUpKey } from '../../src/features/recovery-points/back-up-key.ts';
import { saveBackups } from '../../src/features/recovery-points/save-backups.ts';
import { startHost } from '../../src/local/host/host.ts';
import type { Host } from '../../src/local/host/host-options.ts';
import { createMemoryScheduleStore } from '../../src/local/host/timer/schedule-store.ts';
import {
  type Issuer,
  LOCAL_AUDIENCE,
  LOCAL_SCOPE,
  LOCAL_TENANT,
  startIssuer,
} from '../../src/local/issuer/issuer.ts';
import { recoveryAppOn } from '../../src/platform/recovery-app.ts';
import { slot } from '../functions/apps/slot.ts';
import { type RunningAzurite, startSecureAzurite } from '../support/azurite.ts';
import { consoleOf } from '../support/console-of.ts';
import { keyClientOn, keyServiceOn } from '../support/emulator-world.ts';
import { MemoryEventSink } from '../support/memory/memory-event-sink.ts';
import { RecordingLogger } from '../support/memory/recording-logger.ts';
import { openContainer } from '../support/storage-worlds.ts';
import { FreePacer } from '../support/sweep-world.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const POLL = { timeout: 30_000, interval: 25 };

let azurite: RunningAzurite;
let contoso: Emulator;
let disaster: Emulator;
let issuer: Issuer;
let host: Host;
let backups: BlobBackupStore;
let store: BlobDocumentStore;
let appFor: RecoveryAppFor;
const topic = new MemoryEventSink();
const logger = new RecordingLogger();

beforeAll(async () => {
  [azurite, contoso, disaster, issuer] = await Promise.all([
    startSecureAzurite(),
    startEmulator({ name: 'contoso', securityDomain: 'shared', limits: 'off', retentionDays: 7 }),
    startEmulator({ name: 'contoso-dr', securityDomain: 'shared', limits: 'off', retentionDays: 7 }),
    startIssuer({ port: 0, now: () => systemClock.now() }),
  ]);
  const service = createQueueService(azurite.access);
  await service.getQueueClient('recoveries').createIfNotExists();
  const stateContainer = await openContainer(azurite.access, 'warden-state');
  backups = new BlobBackupStore({
    container: await openContainer(azurite.access, 'key-backups'),
    clock: systemClock,
    logger,
  });
  store = new BlobDocumentStore({ container: stateContainer, clock: systemClock });
  const config = {
    trust: {
      issuer: issuer.url,
      jwksUrl: issuer.jwksUrl,
      audience: LOCAL_AUDIENCE,
      tenant: LOCAL_TENANT,
      scope: LOCAL_SCOPE,
    },
    policy: { approvals: 2, groups: ['security', 'key-owner'], ttlMs: 3_600_000, rules: [] },
    webhooks: { sources: ['watch'], apps: {}, perMinute: 30, autoRequest: true },
    requests: { perRequester: 200, perHsm: 1000, listMs: 86_400_000 },
    webhookSecrets: { watch: [SECRET] },
    signIn: { contexts: {}, approvalMs: 900_000 },
    sharedDomains: [['contoso', 'contoso-dr']],
    auditContainer: 'warden-audit',
    origin: 'https://warden.test',
  };
  const pacer = new FreePacer();
  const hsms = new Map(
    [contoso, disaster].map((hsm) => [
      hsm.name,
      { name: hsm.name, resource: hsm.url, keys: keyServiceOn(hsm), pacer, urgentPacer: pacer, pace: 8 },
    ]),
  );
  const auditStore = new BlobAuditStore({
    container: await openContainer(azurite.access, 'warden-audit'),
    clock: systemClock,
  });
  const anchor = new BlobAuditAnchor({ container: stateContainer, clock: systemClock });
  appFor = recoveryAppOn(
    {
      clock: systemClock,
      hsms: {
        names: [...hsms.keys()],
        usable: [...hsms.keys()],
        added: [],
        get: (name) => required(hsms, name),
      },
      state: store,
      auditStore,
      checkAppend: async () => undefined,
      anchor,
      decisions: undefined,
      once: new BlobOnceStore({
        container: await openContainer(azurite.access, 'warden-audit'),
        clock: systemClock,
      }),
      queue: new StorageWorkQueue({ service, clock: systemClock }),
      deadLetters: new StorageDeadLetters({ service, clock: systemClock, queues: ['recoveries'] }),
      prepare: async () => undefined,
      bus: new EventBus([topic], systemClock),
    },
    config,
    { logger, backups, stopping: new AbortController().signal },
  );
  const console = consoleOf({ store, backups, auditStore, anchor, clock: systemClock });
  slot.appFor = () => ({ ...appFor(logger), console });
  host = await startHost({
    entry: new URL('../functions/apps/recovery-app.ts', import.meta.url),
    hostJson: {
      version: '2.0',
      extensions: { http: { routePrefix: '' }, queues: { maxPollingInterval: '00:00:01' } },
    },
    httpPort: 0,
    timers: false,
    settings: { AzureWebJobsStorage: 'UseDevelopmentStorage=true' },
    queueClients: () => service,
    scheduleStore: createMemoryScheduleStore(),
  });
});
afterAll(async () => {
  await host.stop(0);
  await Promise.all([azurite.stop(), contoso.close(), disaster.close(), issuer.stop()]);
});

function required<T>(found: ReadonlyMap<string, T>, name: string): T {
  const value = found.get(name);
  if (value === undefined) throw new Error(`expected ${name} to be there`);
  return value;
}

/** What the topic has accepted about a request, in order, repeats included. */
function eventsOf(id: string): readonly CloudEvent[] {
  return topic.accepted.filter(({ data }) => 'recoveryId' in data && data.recoveryId === id);
}

/** A key with two versions and a backup; then deleted, and purged if asked. */
async function lostKey(name: string, purge = false): Promise<void> {
  const client = keyClientOn(contoso);
  await client.createRsaKey(name);
  await client.createRsaKey(name);
  const keys = keyServiceOn(contoso);
  const { attributes, tags } = await keys.getKey(name);
  const stored = await backUpKey(
    { keys, backups, pacer: new FreePacer(), clock: systemClock },
    {
      key: { name, attributes, tags, managed: false },
      runId: 'scenario',
      known: undefined,
      signal: AbortSignal.timeout(30_000),
    },
  );
  await saveBackups(store, 'contoso', [stored]);
  await client.beginDeleteKey(name);
  if (purge) await client.purgeDeletedKey(name);
}

async function send(person: string, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${host.url}/api/${path}`, {
    method,
    headers: { authorization: `Bearer ${await issuer.token(person)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function approveTwice({ id, digest }: RecoveryView): Promise<number> {
  const first = RecoveryView.parse(
    await (await send('bob', 'POST', `recoveries/${id}/approvals`, { digest })).json(),
  );
  expect(first).toMatchObject({ state: 'requested', missingApprovals: 1, missingGroups: ['key-owner'] });
  await send('carol', 'POST', `recoveries/${id}/approvals`, { digest });
  return performance.now();
}

async function ended(id: string): Promise<RecoveryView> {
  return vi.waitFor(async () => {
    const view = RecoveryView.parse(await (await send('dave', 'GET', `recoveries/${id}`)).json());
    if (view.outcome === undefined) throw new Error(`still ${view.state}`);
    return view;
  }, POLL);
}

describe('four eyes, end to end', () => {
  it('recovers a soft-deleted key that a signed event of the watch asked for', async () => {
    await lostKey('orders');
    const body = JSON.stringify({
      specversion: '1.0',
      id: 'event-1',
      source: '/hsm-warden',
      type: 'HsmWarden.PurgePending',
      data: { hsm: 'contoso', key: 'orders' },
    });
    const at = new Date();
    const opened = await fetch(`${host.url}/api/webhooks/watch`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(SECRET).sign('msg_1', at, body),
      },
      body,
    });
    const id = (await opened.text()).match(/[0-9a-z]{26}/)?.[0] ?? '';
    const asked = RecoveryView.parse(await (await send('bob', 'GET', `recoveries/${id}`)).json());

    const lastApproval = await approveTwice(asked);
    const view = await ended(id);
    process.stdout.write(`last approval to outcome: ${Math.round(performance.now() - lastApproval)} ms\n`);

    expect(view).toMatchObject({
      state: 'succeeded',
      operation: { action: 'recover' },
      outcome: { verified: 2 },
    });
    expect(await keyServiceOn(contoso).listVersions('orders')).toHaveLength(2);
    expect(view.outcome?.freshBackup).toMatch(/^contoso\/orders\//);
    // The outcome can be read before its event is reported.
    await vi.waitFor(() => {
      expect(eventsOf(id).map(({ type }) => type)).toEqual([
        'HsmWarden.RecoveryRequested',
        'HsmWarden.RecoveryApprovalGiven',
        'HsmWarden.RecoveryApprovalGiven',
        'HsmWarden.RecoveryApproved',
        'HsmWarden.RecoveryStarted',
        'HsmWarden.RecoverySucceeded',
      ]);
    }, POLL);
    expect(eventsOf(id).at(-1)?.data).toMatchObject({ link: `https://warden.test/recoveries/${id}` });
  });

  it.each([
    { name: 'into the same HSM', key: 'payroll', target: 'contoso' },
    { name: 'into the second HSM of the security domain', key: 'ledger', target: 'contoso-dr' },
  ])('restores a purged key $name', async ({ key, target }) => {
    await lostKey(key, true);
    const ask = { hsm: 'contoso', key, target, reason: 'purged by mistake' };
    const asked = RecoveryView.parse(await (await send('alice', 'POST', 'recoveries', ask)).json());

    await approveTwice(asked);
    const view = await ended(asked.id);

    expect(view).toMatchObject({
      state: 'succeeded',
      operation: { action: 'restore', target },
      outcome: { verified: 2 },
    });
    const hsm = target === 'contoso' ? contoso : disaster;
    expect(await keyServiceOn(hsm).listVersions(key)).toHaveLength(2);
  });

  it('executes once under two hundred concurrent approvals and questions', async () => {
    await lostKey('busy');
    const ask = { hsm: 'contoso', key: 'busy', reason: 'deleted by mistake' };
    const asked = RecoveryView.parse(await (await send('alice', 'POST', 'recoveries', ask)).json());
    const { id, digest } = asked;

    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        send(n % 2 === 0 ? 'bob' : 'carol', 'POST', `recoveries/${id}/approvals`, { digest }),
      ),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.every(({ status }) => [200, 409, 503].includes(status))).toBe(true);
    expect(await ended(id)).toMatchObject({ state: 'succeeded', approvals: [{}, {}] });
    await vi.waitFor(() => expect(eventsOf(id).at(-1)?.type).toBe('HsmWarden.RecoverySucceeded'), POLL);
    expect(eventsOf(id).map(({ type }) => type)).toEqual([
      'HsmWarden.RecoveryRequested',
      'HsmWarden.RecoveryApprovalGiven',
      'HsmWarden.RecoveryApprovalGiven',
      'HsmWarden.RecoveryApproved',
      'HsmWarden.RecoveryStarted',
      'HsmWarden.RecoverySucceeded',
    ]);
    expect([...topic.counts].filter(([, count]) => count !== 1)).toEqual([]);
  });

  it('leaves an audit log that is whole', async () => {
    const verdict = await appFor(logger).verifyAudit(true);

    expect(verdict.problems).toEqual([]);
    expect(verdict.entries).toBeGreaterThan(20);
  });
});
