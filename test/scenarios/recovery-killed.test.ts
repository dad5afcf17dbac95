/** The recovery app as real processes, killed hard in the middle of executions: alone, and two together. */
import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BlobAuditAnchor } from '../../src/adapters/audit/blob-audit-anchor.ts';
import { BlobAuditStore } from '../../src/adapters/audit/blob-audit-store.ts';
import { BlobDocumentStore } from '../../src/adapters/blob/blob-document-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { parseEntry } from '../../src/features/audit/entry.ts';
import { verifyAudit } from '../../src/features/audit/verify-audit.ts';
import { CLAIM_MS } from '../../src/features/recovery/execution/execute.ts';
import { RecoveryView } from '../../src/features/recovery/model/asking.ts';
import { isClosed, type RecoveryRecord } from '../../src/features/recovery/model/record.ts';
import { readRecovery } from '../../src/features/recovery/request/recovery-log.ts';
import { backUpKey } from '../../src/features/recovery-points/back-up-key.ts';
import { saveBackups } from '../../src/features/recovery-points/save-backups.ts';
import { AppProcess } from '../support/app-process.ts';
import { keyClientOn } from '../support/emulator-world.ts';
import { LocalWorld } from '../support/local-world.ts';
import { FreePacer } from '../support/sweep-world.ts';

const KEYS = 24;
const KILLS = 20;
/** Every call of an HSM takes this long, so that kills meet executions between all of their steps. */
const SLOW_MS = 80;
/** An execution takes about half of this; a process lives this long at most. */
const LIFE_MS = 3_000;
/** Opens the operator's paths of the hosts. */
const MASTER_KEY = 'local';
const clock = systemClock;

const HsmCall = z.looseObject({ operationName: z.string(), httpStatusCode: z.int(), requestUri: z.string() });

let local: LocalWorld;
/** What the HSMs themselves say was done to them. */
const hsmCalls: z.infer<typeof HsmCall>[] = [];

beforeAll(async () => {
  local = await LocalWorld.start(KEYS);
  local.world.auditFeed.listen(async (batch) => {
    hsmCalls.push(...z.array(HsmCall).parse(JSON.parse(batch)));
  });
  await local.makeQueue('recoveries');
}, 120_000);
afterAll(async () => {
  await local?.close();
});

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function startApp(aheadMs: number, settings: Readonly<Record<string, string>> = {}): Promise<AppProcess> {
  const recovery = {
    ...local.world.recoverySettings,
    HOST_ENTRY: 'functions/recovery-main.ts',
    HOST_MASTER_KEY: MASTER_KEY,
  };
  return AppProcess.start(local, { ...recovery, HOST_BATCH: '3', ...settings }, aheadMs);
}

/** Backs up every active key of an HSM and deletes it, for good if asked. Returns the names. */
async function loseKeys(hsm: string, purge: boolean): Promise<string[]> {
  const keys = local.keys(hsm);
  const client = keyClientOn(local.hsm(hsm));
  const store = new BlobDocumentStore({ container: local.container('warden-state'), clock });
  const { points } = local;
  const page = await keys.listKeys();
  for (const key of page.items) {
    const deps = { keys, backups: local.backups, pacer: new FreePacer(), clock, points };
    const request = { key, runId: 'scenario', known: undefined, signal: AbortSignal.timeout(60_000) };
    await saveBackups(store, keys.hsm, [await backUpKey(deps, request)]);
    await client.beginDeleteKey(key.name);
    if (purge) await client.purgeDeletedKey(key.name);
  }
  return page.items.map(({ name }) => name);
}

async function send(app: AppProcess, person: string, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${app.url}/api/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await local.world.issuer.token(person)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** Opens a request for each key and has it approved; returns their ids. */
async function approveAll(hsm: string, keys: readonly string[]): Promise<string[]> {
  const app = await startApp(0, { HOST_QUEUES: 'off' });
  const ids: string[] = [];
  for (const key of keys) {
    const asked = await send(app, 'alice', 'recoveries', { hsm, key, reason: 'lost in the drill' });
    const { id, digest } = RecoveryView.parse(asked);
    for (const person of ['bob', 'carol']) await send(app, person, `recoveries/${id}/approvals`, { digest });
    ids.push(id);
  }
  await app.kill();
  return ids;
}

async function recordsOf(ids: readonly string[]): Promise<RecoveryRecord[]> {
  const store = new BlobDocumentStore({ container: local.container('warden-state'), clock });
  return Promise.all(ids.map(async (id) => (await readRecovery(store, id)).record));
}

/** One round: one host, or two together, killed after moments of their own. Returns how many executions were cut off. */
async function liveAndDie(round: number, random: () => number, ids: readonly string[]): Promise<number> {
  const aheadMs = round * (CLAIM_MS + 1_000);
  const apps = await Promise.all(Array.from({ length: round % 4 === 3 ? 2 : 1 }, () => startApp(aheadMs)));
  // A message that was taken five times ends in the poison queue; this is what picks its request up.
  const reconcile = `${apps[0]?.url}/admin/functions/recoveryReconcile`;
  if (round % 5 === 4) {
    await fetch(reconcile, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-functions-key': MASTER_KEY },
      body: '{}',
    });
  }
  await Promise.all(
    apps.map(async (app) => {
      await setTimeout(random() * LIFE_MS);
      await app.kill();
    }),
  );
  // An older claim has lapsed by this round's clock: those that have not are of the processes that were just killed.
  const now = clock.now() + aheadMs;
  return (await recordsOf(ids)).filter(({ claim }) => claim !== undefined && claim.until > now).length;
}

describe('recoveries whose processes are killed at 20 random moments', () => {
  it('bring each key back once, end once, and leave a whole audit log', { timeout: 600_000 }, async () => {
    const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));
    process.stdout.write(`kills seeded by KILL_SEED=${seed}\n`);
    const random = seeded(seed);
    const [soft, gone] = [await loseKeys('contoso', false), await loseKeys('fabrikam', true)];
    const ids = [...(await approveAll('contoso', soft)), ...(await approveAll('fabrikam', gone))];
    const slow = { fault: { type: 'slow', delayMs: SLOW_MS } };
    for (const { faults } of local.world.hsms) faults.add(slow);

    let cutOff = 0;
    for (let round = 1; round <= KILLS; round += 1) cutOff += await liveAndDie(round, random, ids);
    const last = await startApp((KILLS + 1) * (CLAIM_MS + 1_000), { HOST_BATCH: '8' });
    await fetch(`${last.url}/admin/functions/recoveryReconcile`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-functions-key': MASTER_KEY },
      body: '{}',
    });
    await expect
      .poll(async () => (await recordsOf(ids)).every((r) => isClosed(r) && r.untold.length === 0), {
        timeout: 120_000,
        interval: 500,
      })
      .toBe(true);
    await last.kill();
    const records = await recordsOf(ids);
    const resumed = records.filter(({ facts }) => facts > 6).length;
    process.stdout.write(`${cutOff} executions cut off, ${resumed} of ${ids.length} requests resumed\n`);

    expect(cutOff).toBeGreaterThanOrEqual(KILLS / 2);
    expect(records.map(({ state }) => state)).toEqual(ids.map(() => 'succeeded'));
    for (const { outcome } of records) expect(outcome?.verified).toBe(outcome?.versions);
    await expectDoneOnce(soft, gone);
    await expectToldOnce(records);
  });
});

/** By the HSMs' own log: no key was recovered or restored twice, and each is there. */
async function expectDoneOnce(soft: readonly string[], gone: readonly string[]): Promise<void> {
  const done = (name: string) =>
    hsmCalls.filter(({ operationName, httpStatusCode }) => operationName === name && httpStatusCode === 200);
  const recovered = () => done('KeyRecover').map(({ requestUri }) => requestUri.split('/').at(-2));
  await expect.poll(() => recovered().sort()).toEqual([...soft].sort());
  await expect.poll(() => done('KeyRestore')).toHaveLength(gone.length);
  for (const [hsm, names] of [
    ['contoso', soft],
    ['fabrikam', gone],
  ] as const) {
    const { items } = await local.keys(hsm).listKeys();
    expect(items.map(({ name }) => name).sort()).toEqual([...names].sort());
  }
}

/** Each fact is in the audit log under one id, approvals under that of their person, and there is one outcome for each request. */
async function expectToldOnce(records: readonly RecoveryRecord[]): Promise<void> {
  const store = new BlobAuditStore({ container: local.container('warden-audit'), clock });
  const anchor = new BlobAuditAnchor({ container: local.container('warden-state'), clock });
  expect((await verifyAudit(store, anchor)).problems).toEqual([]);

  const facts: string[] = [];
  for await (const part of store.parts()) {
    const entries = (await store.read(part)).split('\n').map((line) => parseEntry(line));
    facts.push(...entries.flatMap((entry) => entry?.factId ?? []));
  }
  // The request comes first, then the approvals, then what follows from them.
  const expected = records.flatMap(({ id, facts: n, approvals }) => [
    ...approvals.map(({ by }) => `${id}/approval-${by.id}`),
    ...Array.from({ length: n }, (_, i) => i + 1)
      .filter((fact) => fact === 1 || fact > 1 + approvals.length)
      .map((fact) => `${id}/${fact}`),
  ]);
  expect([...new Set(facts)].sort()).toEqual(expected.sort());

  const outcomes = new Map<string, Set<string>>();
  for (const { id, type, data } of local.world.topic.accepted) {
    if (!/^HsmWarden\.Recovery(Succeeded|Failed)$/.test(type)) continue;
    const { recoveryId } = z.looseObject({ recoveryId: z.string() }).parse(data);
    outcomes.set(recoveryId, (outcomes.get(recoveryId) ?? new Set()).add(id));
  }
  expect([...outcomes.keys()].sort()).toEqual(records.map(({ id }) => id).sort());
  expect([...outcomes.values()].every((ids) => ids.size === 1)).toBe(true);
}
