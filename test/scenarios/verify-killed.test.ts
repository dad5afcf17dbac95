/** The nightly verification as a process of its own, killed hard again and again over two pages of stored backups. */

import { createHash, randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forEachConcurrently } from '../../src/core/concurrency.ts';
import { seededUniform } from '../../src/emulator/latency/sampler.ts';
import { VERIFICATIONS } from '../../src/features/verify/message.ts';
import { readVerification, type VerifyState } from '../../src/features/verify/verify-state.ts';
import { WatchEvent } from '../../src/features/watch/model/events.ts';
import { AppProcess } from '../support/app-process.ts';
import { aBackupRecord } from '../support/backup-record.ts';
import { LocalWorld } from '../support/local-world.ts';

const HSM = 'contoso';
const RUN = { kind: 'verify', hsm: HSM, runId: '20261124T050000Z-verify' };
/** The store lists a thousand a page. */
const BACKUPS = 1_200;
const GENERATIONS = 100;
const KILLS = 12;
const DAY_MS = 86_400_000;
/** Progress is saved after so many backups; a life is about one of them long. */
const SLICE = 100;
const LONGEST_SLICES = 2;

const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));
const random = seededUniform(seed);

let local: LocalWorld;
let app: AppProcess | undefined;
/** Names of keys whose newest backup is damaged, one of them on the second page. */
let damaged: readonly string[];

beforeAll(async () => {
  process.stdout.write(`KILL_SEED=${seed}\n`);
  local = await LocalWorld.start(50);
  local.world.auditFeed.listen(async () => undefined);
  const names = [...local.hsm(HSM).state.keys.values()]
    .filter(({ deletion }) => deletion === undefined)
    .map(({ name }) => name)
    .sort();
  damaged = [3, 8, 11].map((index) => names[index] ?? '');
  const bytes = await local.keys(HSM).backupKey(names[0] ?? '');
  await forEachConcurrently(slots(names), 8, async ({ key, generation }) => {
    const capturedAt = Date.now() - (GENERATIONS - generation) * DAY_MS;
    const record = aBackupRecord(bytes, { hsm: HSM, key, capturedAt });
    const isDamaged = generation === GENERATIONS - 1 && damaged.includes(key);
    await local.backups.put(record, isDamaged ? flipped(bytes) : bytes);
  });
}, 240_000);

afterAll(async () => {
  await app?.kill();
  await local?.close();
});

async function* slots(names: readonly string[]) {
  for (let n = 0; n < BACKUPS; n += 1) {
    yield { key: names[Math.floor(n / GENERATIONS)] ?? '', generation: n % GENERATIONS };
  }
}

/** The same with one bit changed. */
function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[100] = (copy[100] ?? 0) ^ 1;
  return copy;
}

async function startApp(): Promise<AppProcess> {
  app = await AppProcess.start(local, {
    WARDEN_HSMS: `${HSM}=${local.hsm(HSM).url}`,
    // The many backups of this test are made up, so nothing has sealed them.
    WARDEN_SEAL_KEY_URL: '',
    WARDEN_SEAL_PUBLIC_KEYS: '',
    // Its message must not come again while it works, however slow the machine: two workers would only hinder each other.
    QUEUE_VISIBILITY_MS: '60000',
  });
  return app;
}

async function progress(): Promise<VerifyState | undefined> {
  return (await readVerification(local.state, HSM)).value;
}

async function checked(): Promise<number> {
  return (await progress())?.checked ?? 0;
}

function damageEvents() {
  return local.world.topic.accepted
    .map((event) => WatchEvent.parse(event))
    .filter((event) => event.type === 'HsmWarden.BackupDamaged');
}

describe('the verification, killed hard at random moments', () => {
  it('goes on where it stopped, reads every backup, reports all damage, and has fresh backups made', {
    timeout: 600_000,
  }, async () => {
    const stations: number[] = [];
    while (stations.length < KILLS && (await progress())?.endedAt === undefined) {
      // A new message stands for the one that comes back when its time is over.
      await local.clearQueue(VERIFICATIONS);
      await local.queue.send(VERIFICATIONS, RUN);
      const victim = await startApp();
      const wanted = (stations.at(-1) ?? 0) + SLICE * Math.floor(random() * LONGEST_SLICES);
      const target = Math.min(BACKUPS, wanted);
      while ((await checked()) < target) await setTimeout(10);
      await setTimeout(Math.floor(random() * 100));
      await victim.kill();
      stations.push(await checked());
    }
    process.stdout.write(`backups checked at each death: ${stations.join(' ')}\n`);
    await local.clearQueue(VERIFICATIONS);
    await local.queue.send(VERIFICATIONS, RUN);
    await startApp();
    await expect
      .poll(async () => (await progress())?.endedAt, { timeout: 60_000, interval: 100 })
      .toBeDefined();

    expect(stations.length).toBeGreaterThanOrEqual(6);
    // It never began again, and at the end each backup counts once.
    expect(stations).toEqual(stations.toSorted((a, b) => a - b));
    const last = await progress();
    expect(last).toMatchObject({ runId: RUN.runId, found: damaged.length });
    expect(last?.checked).toBeGreaterThanOrEqual(BACKUPS);
    // The fresh backups may come before the list does.
    expect(last?.checked).toBeLessThanOrEqual(BACKUPS + damaged.length);
    await expectDamageTold();
    await expectFreshBackups();
  });
});

async function expectDamageTold(): Promise<void> {
  await expect
    .poll(() => new Set(damageEvents().map(({ id }) => id)).size, { timeout: 30_000 })
    .toBe(damaged.length);
  const byId = Map.groupBy(damageEvents(), ({ id }) => id);
  for (const repeats of byId.values()) for (const repeat of repeats) expect(repeat).toEqual(repeats[0]);
  const first = [...byId.values()].flatMap(([event]) => event ?? []);
  expect(first.map(({ data }) => data.key).sort()).toEqual([...damaged].sort());
  // The generation before is good.
  expect(first.every(({ data }) => data.severity === 'high' && data.backup !== undefined)).toBe(true);
}

async function expectFreshBackups(): Promise<void> {
  for (const key of damaged) {
    await expect
      // The message that asks for it may be one that a killed process had in hand: it comes back after a minute.
      .poll(async () => (await storedOf(key)).length, { timeout: 150_000, interval: 200 })
      .toBeGreaterThan(GENERATIONS);
    const newest = (await storedOf(key)).at(-1);
    if (newest === undefined) throw new Error(`expected a backup of ${key}`);
    const hash = createHash('sha256')
      .update(await local.backups.read(newest.blob))
      .digest('hex');
    expect(hash).toBe(newest.record.sha256);
    expect(newest.record.runId).not.toBe('run-1');
  }
}

async function storedOf(key: string) {
  const all = [];
  for await (const page of local.backups.list(HSM, key)) all.push(...page);
  return all.sort((a, b) => a.record.capturedAt - b.record.capturedAt);
}
