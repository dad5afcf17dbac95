/** Measures lists and events of the watch over ten thousand requests that have ended. */
import { createHmac } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { BlobAuditAnchor } from '../src/adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../src/adapters/audit/blob-audit-store.ts';
import { BlobDocumentStore } from '../src/adapters/blob/blob-document-store.ts';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import type { Actor } from '../src/core/model/names.ts';
import { ChainedAuditLog } from '../src/features/audit/audit-log.ts';
import { requestDigest } from '../src/features/recovery/model/digest.ts';
import type { RecoveryRecord } from '../src/features/recovery/model/record.ts';
import { LoggedEvidence } from '../src/features/recovery/request/evidence.ts';
import { RecoveryIndex } from '../src/features/recovery/request/recovery-index.ts';
import { startHost } from '../src/local/host/host.ts';
import { createMemoryScheduleStore } from '../src/local/host/timer/schedule-store.ts';
import { LOCAL_AUDIENCE, LOCAL_TENANT, startIssuer } from '../src/local/issuer/issuer.ts';
import { atMost, type Figure, plain } from './figure.ts';
import { clientOf } from './hsm-client.ts';
import { startStage } from './stage.ts';

const ENDED = 10_000;
const ROUNDS = 20;
const LIMIT_MS = 200;
const SECRET = Buffer.alloc(32, 7);
const ALICE: Actor = { kind: 'person', id: 'alice', name: 'alice@contoso.test' };
const BOB: Actor = { kind: 'person', id: 'bob', name: 'bob@contoso.test' };

/** Lists by state and key, and events that open requests for twenty deleted keys. */
export async function lists(): Promise<Figure[]> {
  const stage = await startStage(1, ROUNDS, []);
  const issuer = await startIssuer({ port: 0, now: Date.now });
  await fill(stage.connectionString);
  Object.assign(process.env, stage.settings, {
    AzureWebJobsStorage: stage.connectionString,
    WARDEN_AUTH_TENANT: LOCAL_TENANT,
    WARDEN_AUTH_AUDIENCE: LOCAL_AUDIENCE,
    WARDEN_AUTH_ISSUER: issuer.url,
    WARDEN_AUTH_KEYS_URL: issuer.jwksUrl,
    WARDEN_AUTO_REQUEST: 'true',
    WARDEN_WEBHOOK_SECRETS: JSON.stringify({ watch: [`whsec_${SECRET.toString('base64')}`] }),
  });
  const host = await startHost({
    entry: new URL('../functions/recovery-main.ts', import.meta.url),
    hostJson: { version: '2.0', extensions: { http: { routePrefix: '' } } },
    httpPort: 0,
    timers: false,
    scheduleStore: createMemoryScheduleStore(),
  });
  async function list(query: string): Promise<void> {
    const headers = { authorization: `Bearer ${await issuer.token('alice')}` };
    const answer = await fetch(`${host.url}/api/recoveries?${query}`, { headers });
    if (!answer.ok) throw new Error(`${query}: ${answer.status} ${await answer.text()}`);
    await answer.json();
  }
  async function event(key: string): Promise<void> {
    const id = `event-${key}`;
    const type = 'HsmWarden.PurgePending';
    const data = { hsm: 'bench-1', key };
    const body = JSON.stringify({ specversion: '1.0', id, source: '/hsms/bench-1', type, data });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const mac = createHmac('sha256', SECRET).update(`${id}.${timestamp}.${body}`).digest('base64');
    const answer = await fetch(`${host.url}/api/webhooks/watch`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${mac}`,
      },
      body,
    });
    if (answer.status !== 202) throw new Error(`${key}: ${answer.status} ${await answer.text()}`);
  }
  try {
    const first = await timed(() => list('limit=50'));
    const [hsm] = stage.hsms;
    if (hsm === undefined) throw new Error('expected an HSM');
    const client = await clientOf(hsm);
    const keys: string[] = [];
    for await (const { name } of client.listPropertiesOfKeys()) keys.push(name);
    for (const key of keys) await client.beginDeleteKey(key);
    const p95 = async (work: (n: number) => Promise<void>) => {
      const times: number[] = [];
      for (let n = 0; n < ROUNDS; n += 1) times.push(await timed(() => work(n)));
      return times.sort((a, b) => a - b)[Math.ceil(ROUNDS * 0.95) - 1] ?? Number.POSITIVE_INFINITY;
    };
    return [
      plain(`first list of a process over ${ENDED} ended requests`, first, 'ms'),
      atMost('list, newest 50, p95', await p95(() => list('limit=50')), 'ms', LIMIT_MS),
      atMost('list, 50 of a state, p95', await p95(() => list('limit=50&state=failed')), 'ms', LIMIT_MS),
      atMost('list of a key, p95', await p95((n) => list(`limit=50&key=lost-${n}`)), 'ms', LIMIT_MS),
      atMost('event that opens a request, p95', await p95((n) => event(keys[n] ?? '')), 'ms', LIMIT_MS),
      atMost('event delivered again, p95', await p95((n) => event(keys[n] ?? '')), 'ms', LIMIT_MS),
    ];
  } finally {
    await host.stop();
    await issuer.stop();
    await stage.close();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Requests of two months, four keys in five of them rejected, one failed, as the app leaves them behind. */
async function fill(connectionString: string): Promise<void> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const audit = service.getContainerClient('warden-audit');
  await audit.create();
  const clock = systemClock;
  const container = service.getContainerClient('warden-state');
  const store = new BlobDocumentStore({ container, clock });
  const auditStore = new BlobAuditStore({ container: audit, clock });
  const anchor = new BlobAuditAnchor({ container, clock });
  await anchor.begin();
  const log = new ChainedAuditLog(auditStore, anchor, clock);
  const all = Array.from({ length: ENDED }, (_, n) => endedRequest(n));
  for (let start = 0; start < ENDED; start += 100) {
    const some = all.slice(start, start + 100);
    await Promise.all(some.flatMap((record) => linesOf(record).map((line) => log.note(line))));
    await Promise.all(
      some.map((record) =>
        store.write({ kind: 'recovery', id: record.id }, JSON.stringify(record), 'absent'),
      ),
    );
  }
  const evidence = new LoggedEvidence(auditStore, anchor);
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  await new RecoveryIndex({ store, evidence, clock }).entries(silent);
}

function endedRequest(n: number): RecoveryRecord {
  const createdAt = Date.now() - (ENDED - n) * 500_000;
  const hasFailed = n % 5 === 0;
  const request = {
    id: n.toString(36).padStart(26, '0'),
    operation: { action: 'recover', hsm: 'bench-1', target: 'bench-1', key: `lost-${n % 1000}` },
    requester: ALICE,
    reason: 'measured',
    rule: { approvals: 2, groups: [] },
    createdAt,
    expiresAt: createdAt + 86_400_000,
  } satisfies Partial<RecoveryRecord>;
  return {
    ...request,
    format: 1,
    state: hasFailed ? 'failed' : 'rejected',
    digest: requestDigest(request),
    preflight: ['measured'],
    approvals: [],
    giveUps: 0,
    facts: 2,
    untold: [],
    audited: 2,
    endedAt: createdAt + 60_000,
    fingerprint: '0'.repeat(64),
    ...(hasFailed && { outcome: { result: 'failed', step: 'hsm', message: 'measured', warnings: [] } }),
  };
}

function linesOf({ id, operation: { hsm, key }, digest, state }: RecoveryRecord) {
  const line = { recoveryId: id, hsm, key, digest } as const;
  return [
    { ...line, event: 'recovery-requested', actor: ALICE, decision: 'allowed', factId: `${id}/1` } as const,
    { ...line, event: `recovery-${state}`, actor: BOB, decision: 'noted', factId: `${id}/2` } as const,
  ];
}
