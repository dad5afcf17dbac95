/** The watch as a process of its own, killed hard again and again while keys come and go and ninety days pass. */

import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { KeyClient } from '@azure/keyvault-keys';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { seededUniform } from '../../src/emulator/latency/sampler.ts';
import { ADMINISTRATOR_ID } from '../../src/emulator/options.ts';
import type { Emulator } from '../../src/emulator/start-emulator.ts';
import { WatchEvent } from '../../src/features/watch/model/events.ts';
import { SCANS } from '../../src/features/watch/model/message.ts';
import { DEFAULT_THRESHOLDS_MS, REPLICATION_MS } from '../../src/features/watch/model/policy.ts';
import { readWatchState } from '../../src/features/watch/model/watch-state.ts';
import { AppProcess } from '../support/app-process.ts';
import { keyClientOn } from '../support/emulator-world.ts';
import { LocalWorld } from '../support/local-world.ts';

const HSM = 'fabrikam';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Each brings a key deleted in the first round to the next threshold; the last one to its end. */
const JUMPS = [0, 60 * DAY_MS, 16 * DAY_MS, 7 * DAY_MS, 4 * DAY_MS, 2 * DAY_MS, 18 * HOUR_MS, 6 * HOUR_MS];
const KILLS_A_JUMP = 3;
/** A first scan takes about half a second; a kill falls somewhere in it, or just before or after. */
const LONGEST_LIFE_MS = 900;
/** What reports the fate of a key; of backups other tests speak. */
const FATES = ['KeyDeleted', 'PurgePending', 'KeyPurged', 'KeyRecovered'];

const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));
const random = seededUniform(seed);

let local: LocalWorld;
let hsm: Emulator;
let client: KeyClient;
let app: AppProcess | undefined;
/** Noted of each event at the moment the topic takes it, before it answers. */
let onTaken: (event: WatchEvent) => void = () => undefined;

beforeAll(async () => {
  process.stdout.write(`KILL_SEED=${seed}\n`);
  local = await LocalWorld.start(40, { onEvent: (event) => onTaken(WatchEvent.parse(event)) });
  hsm = local.hsm(HSM);
  const token = await hsm.issueToken({ objectId: ADMINISTRATOR_ID, lifetimeSeconds: 400 * 86_400 });
  client = keyClientOn({ ...hsm, token });
  // The audit log is lost: only scans report.
  local.world.auditFeed.listen(async () => undefined);
}, 120_000);

afterEach(async () => {
  onTaken = () => undefined;
  await app?.kill();
});

afterAll(async () => {
  await local?.close();
});

function below(limit: number): number {
  return Math.floor(random() * limit);
}

async function startApp(): Promise<AppProcess> {
  app = await AppProcess.start(local, { WARDEN_HSMS: `${HSM}=${hsm.url}` }, hsm.now() - Date.now());
  return app;
}

async function running(): Promise<AppProcess> {
  return app?.isAlive === true ? app : startApp();
}

/** All events the topic took, in order, repeats included, without heartbeats. */
function taken(): WatchEvent[] {
  return local.world.topic.accepted
    .map((event) => WatchEvent.parse(event))
    .filter(({ type }) => type !== 'HsmWarden.Heartbeat');
}

/** The fates reported of each key, in the order in which each first came. */
function fates(): Map<string, string[]> {
  const reported = new Map<string, string[]>();
  for (const event of new Map(taken().map((each) => [each.id, each])).values()) {
    const kind = event.type.replace('HsmWarden.', '');
    if (!FATES.includes(kind) || !('key' in event.data) || event.data.key === undefined) continue;
    const threshold = 'thresholdSeconds' in event.data ? ` ${event.data.thresholdSeconds / 3600} h` : '';
    reported.set(event.data.key, [...(reported.get(event.data.key) ?? []), `${kind}${threshold}`]);
  }
  return reported;
}

function heartbeats(): number {
  return local.world.topic.accepted.filter(({ type }) => type === 'HsmWarden.Heartbeat').length;
}

function askForLook(): Promise<void> {
  return local.queue.send(SCANS, { kind: 'look', hsm: HSM });
}

/** A scan that begins and ends after now, so late that no key settles any more. */
async function finishLook(): Promise<void> {
  await app?.kill();
  await hsm.advanceClock(REPLICATION_MS);
  await startApp();
  const before = heartbeats();
  await askForLook();
  await expect.poll(heartbeats, { timeout: 30_000, interval: 50 }).toBeGreaterThan(before);
  await expect.poll(async () => (await memory()).outbox, { timeout: 30_000, interval: 50 }).toEqual([]);
}

async function memory() {
  return readWatchState(local.state, HSM);
}

/** The truth beside what the watch reports. */
class Truth {
  readonly fates = new Map<string, string[]>();
  /** Names that something was done to since the last finished scan: one thing each, so that a scan can see it. */
  readonly #touched = new Set<string>();

  note(name: string, fate: string): void {
    this.fates.set(name, [...(this.fates.get(name) ?? []), fate]);
  }

  /** What a scan of this moment must have reported: new thresholds, and keys that are gone. */
  lookedAt(deletedBefore: ReadonlySet<string>): void {
    for (const name of deletedBefore) if (!hsm.state.keys.has(name)) this.note(name, 'KeyPurged');
    for (const name of deletedNames()) for (const fate of this.#crossed(name)) this.note(name, fate);
    this.#touched.clear();
  }

  /** A key to do something to: one of which a scan has seen everything so far. */
  take(from: 'active' | 'deleted'): string | undefined {
    const names = from === 'deleted' ? deletedNames() : activeNames();
    const free = names.filter((name) => !this.#touched.has(name) && this.#crossed(name).length === 0);
    const name = free[below(free.length)];
    if (name !== undefined) this.#touched.add(name);
    return name;
  }

  /** A new name. */
  invent(): string {
    const name = `made-${below(2 ** 30)}`;
    this.#touched.add(name);
    return name;
  }

  /** Thresholds of a deletion that are crossed and not noted. */
  #crossed(name: string): string[] {
    const deletion = hsm.state.keys.get(name)?.deletion;
    if (deletion === undefined) return [];
    const left = deletion.scheduledPurgeDate * 1000 - hsm.now();
    const reported = this.fates.get(name) ?? [];
    const since = reported.slice(reported.lastIndexOf('KeyDeleted'));
    return DEFAULT_THRESHOLDS_MS.filter((threshold) => left <= threshold)
      .map((threshold) => `PurgePending ${threshold / HOUR_MS} h`)
      .filter((fate) => !since.includes(fate));
  }
}

const truth = new Truth();

function deletedNames(): string[] {
  return [...hsm.state.keys.values()].flatMap(({ name, deletion }) => (deletion === undefined ? [] : [name]));
}

function activeNames(): string[] {
  return [...hsm.state.keys.values()].flatMap(({ name, deletion }) => (deletion === undefined ? [name] : []));
}

/** What is done to keys while the watch lives and dies; each to another key. */
const DEEDS = [
  async () => {
    const name = truth.take('active');
    if (name === undefined) return;
    await client.beginDeleteKey(name);
    truth.note(name, 'KeyDeleted');
  },
  async () => {
    const name = truth.take('deleted');
    if (name === undefined) return;
    await client.beginRecoverDeletedKey(name);
    truth.note(name, 'KeyRecovered');
  },
  async () => {
    // Its end is noted when a scan has seen it.
    const name = truth.take('deleted');
    if (name !== undefined) await client.purgeDeletedKey(name);
  },
  async () => void (await client.createKey(truth.invent(), 'EC-HSM')),
  async () => {
    // The name changes hands, whatever looks see of it in between.
    const name = truth.take('deleted');
    if (name === undefined) return;
    await client.purgeDeletedKey(name);
    await client.createKey(name, 'EC-HSM');
    await client.beginDeleteKey(name);
    truth.note(name, 'KeyPurged');
    truth.note(name, 'KeyDeleted');
  },
];

/** Each deed once, and two more deletions, in small pauses. */
async function disturb(): Promise<void> {
  for (const deed of [...DEEDS, ...DEEDS.slice(0, 1), ...DEEDS.slice(0, 1)]) {
    await setTimeout(below(LONGEST_LIFE_MS / 3));
    await deed();
  }
}

/** What a death left behind: reported by the outbox and what the topic has of it. `beats`: heartbeats before the scan. */
async function wreck(beats: number): Promise<string> {
  const { outbox } = await memory();
  if (outbox.length === 0) return heartbeats() > beats ? 'look ended' : 'nothing remembered yet';
  const ids = new Set(taken().map(({ id }) => id));
  return outbox.some(({ id }) => ids.has(id))
    ? 'accepted, not yet forgotten'
    : 'remembered, not yet accepted';
}

describe('the watch, killed hard at random moments', () => {
  it('reports every fate of every key at least once, in order, each under one id', {
    timeout: 600_000,
  }, async () => {
    const wrecks: string[] = [];
    for (const name of deletedNames()) truth.note(name, 'KeyDeleted');
    await finishLook();
    truth.lookedAt(new Set());

    for (const ms of JUMPS) {
      const deleted = new Set(deletedNames());
      await hsm.advanceClock(ms);
      app?.setClockAhead(hsm.now() - Date.now());
      for (let kills = 0; kills < KILLS_A_JUMP; kills += 1) {
        const victim = await running();
        const beats = heartbeats();
        await askForLook();
        const disturbed = kills === 0 ? disturb() : Promise.resolve();
        await setTimeout(below(LONGEST_LIFE_MS));
        await victim.kill();
        wrecks.push(await wreck(beats));
        await disturbed;
      }
      await finishLook();
      truth.lookedAt(deleted);
    }

    const counts = Object.entries(Object.groupBy(wrecks, (each) => each));
    process.stdout.write(`${counts.map(([what, all]) => `${what}: ${all?.length}`).join('; ')}\n`);
    expect(wrecks.length).toBeGreaterThanOrEqual(20);
    expect(sorted(fates())).toEqual(sorted(truth.fates));
    expectOneFindingAnId();
    expect((await memory()).outbox).toEqual([]);
  });

  it('killed after the topic took an event and before its answer came, it sends the event again with its id', {
    timeout: 120_000,
  }, async () => {
    for (const round of [1, 2, 3]) {
      await finishLook();
      const name = `short-lived-${round}`;
      await client.createKey(name, 'EC-HSM');
      await client.beginDeleteKey(name);
      const ids: string[] = [];
      onTaken = (event) => {
        if (event.subject !== `hsms/${HSM}/keys/${name}`) return;
        ids.push(event.id);
        // Before the topic has written a byte of its answer.
        if (ids.length === 1) app?.strike();
      };
      await askForLook();
      await expect.poll(() => ids, { timeout: 30_000, interval: 20 }).toHaveLength(1);
      await expect.poll(() => app?.isAlive).toBe(false);
      expect(await wreck(0)).toBe('accepted, not yet forgotten');
      await finishLook();

      expect(ids.length).toBeGreaterThanOrEqual(2);
      expect(new Set(ids).size).toBe(1);
    }
    expectOneFindingAnId();
  });
});

/** Repeats say the very same, and no two findings share an id or have two. */
function expectOneFindingAnId(): void {
  const byId = Map.groupBy(taken(), ({ id }) => id);
  for (const repeats of byId.values()) for (const repeat of repeats) expect(repeat).toEqual(repeats[0]);
  const findings = [...byId.values()].map(([event]) => identity(event));
  expect(new Set(findings).size).toBe(findings.length);
}

function identity(event: WatchEvent | undefined): string {
  const data = event?.data ?? {};
  const deletedAt = 'deletedAt' in data ? data.deletedAt : '';
  const rest = 'thresholdSeconds' in data ? data.thresholdSeconds : 'since' in data ? data.since : '';
  const due = 'dueAt' in data ? data.dueAt : '';
  return [event?.type, event?.subject, deletedAt, rest, due].join(' ');
}

function sorted(of: ReadonlyMap<string, readonly string[]>): string[] {
  return [...of].map(([name, all]) => `${name}: ${all.join(', ')}`).sort();
}
