/**
 * A campaign: many events, services on loopback that fail as real ones do, the product's own channels to them, and processes that
 * are killed anywhere; then it is counted what each service took. State and queue are in memory, with a clock of their own.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { readMessage } from '../../src/core/queue.ts';
import { KnownIncidents } from '../../src/features/notify/model/known-incidents.ts';
import type { Channel } from '../../src/features/notify/model/ports.ts';
import { NOTIFICATIONS } from '../../src/features/notify/model/queues.ts';
import { WakeUps } from '../../src/features/notify/model/wake-ups.ts';
import {
  handleNotification,
  type NotifierDeps,
  reconcileNotifications,
} from '../../src/features/notify/notifier.ts';
import { type Fleet, startFleet } from './notify-fleet.ts';
import { aDeletion, aRecoveredKey, aRequestEvent, SAMPLE_AT } from './notify-samples.ts';
import { type CampaignResult, evidenceOf, judgeCampaign } from './notify-verdict.ts';
import { anEntry, NotifyWorld } from './notify-world.ts';

/** What is tried. */
interface CampaignPlan {
  readonly events: number;
  readonly kills: number;
  /** Share of requests that fail; in a third of these the service has taken the message all the same. */
  readonly faults: number;
  readonly seed: number;
}

class Killed extends Error {
  override readonly name = 'Killed';
}

const NAMES = ['slack', 'teams', 'pagerduty', 'webhook', 'azure-mail', 'smtp'] as const;

/** Runs it. */
export async function runCampaign({ events, kills, faults, seed }: CampaignPlan): Promise<CampaignResult> {
  const random = generator(seed);
  const entries = NAMES.map((name) => anEntry({ name }));
  const tally = { kills: 0, sentAfterReceipt: 0, unrecorded: new Map<string, number>() };
  const holder: { world?: NotifyWorld } = {};
  const fleet = await startFleet({ faults, random }, async (name, { id }) => {
    const { receipts = [] } = (await holder.world?.stateOf(name)) ?? {};
    if (receipts.some((one) => one.id === id && one.outcome === 'accepted')) tally.sentAfterReceipt += 1;
  });
  try {
    const world = new NotifyWorld(entries, {}, undefined, undefined, fleet.channels);
    holder.world = world;
    const killAt = new Set<number>();
    while (killAt.size < Math.min(kills, events)) killAt.add(Math.floor(random() * events));
    for (let n = 0; n < events; n += 1) {
      await world.bus.send([eventOf(world, n)], { logger: world.logger });
      // Some come together, some apart.
      if (random() < 0.3) await world.clock.advance(Math.floor(random() * 20_000));
      if (!killAt.has(n)) await world.work();
      else if (await workUntilKilled(world, fleet, 1 + Math.floor(random() * 40), random, tally.unrecorded)) {
        tally.kills += 1;
        await noteUnrecorded(world, fleet, tally.unrecorded);
      }
    }
    fleet.calm();
    for (let minute = 0; minute < 180; minute += 1) {
      await world.clock.advance(60_000);
      await world.tick();
    }
    return judgeCampaign(await evidenceOf(world, fleet, tally));
  } finally {
    await fleet.close();
  }
}

function eventOf({ hsms }: NotifyWorld, n: number) {
  const hsm = hsms[n % 2] ?? 'contoso';
  const at = SAMPLE_AT + n;
  const key = `key-${n}`;
  if (n % 5 === 4) return aRecoveredKey(`key-${n - 2}`, at, hsms[(n - 2) % 2]);
  if (n % 50 === 1)
    return aRequestEvent('requested', { hsm, key, at, recoveryId: `${'0'.repeat(20)}${n + 100_000}` }, n);
  return aDeletion(key, { hsm, severity: 'notice' }, at);
}

/** What was taken, and heard so, by a process that died before it could note it: it may be sent once more. */
async function noteUnrecorded(
  world: NotifyWorld,
  { records }: Fleet,
  unrecorded: Map<string, number>,
): Promise<void> {
  for (const [name, { heard }] of records) {
    const { pending } = await world.stateOf(name);
    const last = heard.at(-1);
    if (last !== undefined && pending.some(({ message }) => message.id === last))
      unrecorded.set(`${name} ${last}`, (unrecorded.get(`${name} ${last}`) ?? 0) + 1);
  }
}

/** Works as a process that dies at that call of a port, or while it sends. Whether it died. */
async function workUntilKilled(
  world: NotifyWorld,
  fleet: Fleet,
  dieAt: number,
  random: () => number,
  unrecorded: Map<string, number>,
): Promise<boolean> {
  const life: Life = { left: dieAt, dead: false };
  const deps: NotifierDeps = {
    ...world.deps,
    state: mortal(world.state, life),
    queue: mortal(world.queue, life),
    leases: mortal(world.leases, life),
    // What a dead process remembered is gone.
    wakes: new WakeUps(),
    known: new KnownIncidents(),
    channels: new Map(
      [...fleet.channels].map(([name, channel]) => [
        name,
        mortalChannel(channel, life, random, (id) => noteCutOff(fleet, unrecorded, name, id)),
      ]),
    ),
  };
  const message = world.queue.take(NOTIFICATIONS);
  if (message === undefined) return false;
  try {
    await handleNotification(deps, readMessage(NOTIFICATIONS, message));
    await reconcileNotifications(deps, world.hsms);
  } catch (error) {
    if (!life.dead) throw error;
  }
  if (!life.dead) return false;
  // The host gives the message again, and nobody prolongs the leases.
  await world.queue.send(NOTIFICATIONS, readMessage(NOTIFICATIONS, message), 300);
  for (const name of fleet.channels.keys()) world.leases.abandon(`notify/${name}`);
  return true;
}

interface Life {
  left: number;
  dead: boolean;
}

/** A channel of such a process: its connection ends with it, at any moment of the request. */
function mortalChannel(
  channel: Channel,
  life: Life,
  random: () => number,
  onCutOff: (id: string) => () => void,
): Channel {
  return {
    ...channel,
    send: async (message, signal) => {
      if (life.dead) throw new Killed('dead');
      life.left -= 1;
      if (life.left > 0) return channel.send(message, signal);
      const end = new AbortController();
      const judge = onCutOff(message.id);
      const all = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]);
      const sending = channel.send(message, all).catch(() => undefined);
      await delay(Math.floor(random() * 40));
      life.dead = true;
      end.abort(new Killed('killed'));
      await sending;
      judge();
      throw new Killed('killed');
    },
  };
}

/** What a service may still take after the process that sent it has died: nobody sees when. The result judges it once the sending has ended. */
function noteCutOff(
  { records }: Fleet,
  unrecorded: Map<string, number>,
  name: string,
  id: string,
): () => void {
  const record = records.get(name);
  const lostBefore = record?.lost.get(id);
  const heardBefore = record?.heard.length;
  return () => {
    const isKnown = record?.lost.get(id) !== lostBefore || record?.heard.length !== heardBefore;
    if (!isKnown) unrecorded.set(`${name} ${id}`, (unrecorded.get(`${name} ${id}`) ?? 0) + 1);
  };
}

/** A port of a process that dies after, or before, one of its calls: from then on it does nothing any more. */
function mortal<T extends object>(port: T, life: Life): T {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        if (life.dead) throw new Killed('dead');
        life.left -= 1;
        if (life.left > 0) return Reflect.apply(member, target, args);
        // Every other death is after the effect.
        const after = args.length % 2 === 0;
        if (after) await Promise.resolve(Reflect.apply(member, target, args)).catch(() => undefined);
        life.dead = true;
        throw new Killed('killed');
      };
    },
  });
}

/** Mulberry32: the same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
