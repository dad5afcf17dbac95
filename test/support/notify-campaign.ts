/** A campaign: many events, services that fail, and processes that are killed anywhere; then it is counted what arrived. */
import { toMail } from '../../src/adapters/notify/render/mail.ts';
import { toPagerDuty } from '../../src/adapters/notify/render/pagerduty.ts';
import { toSlack } from '../../src/adapters/notify/render/slack.ts';
import { toTeams } from '../../src/adapters/notify/render/teams.ts';
import { WardenError } from '../../src/core/errors.ts';
import { readMessage } from '../../src/core/queue.ts';
import type { Message } from '../../src/features/notify/model/message.ts';
import { NOTIFICATIONS } from '../../src/features/notify/model/queues.ts';
import {
  handleNotification,
  type NotifierDeps,
  reconcileNotifications,
} from '../../src/features/notify/notifier.ts';
import { aDeletion, aRecoveredKey, aRequestEvent, SAMPLE_AT } from './notify-samples.ts';
import { anEntry, NotifyWorld } from './notify-world.ts';

/** What is tried. */
interface CampaignPlan {
  readonly events: number;
  readonly kills: number;
  /** Share of attempts that fail; of a third of these the service has taken the message all the same. */
  readonly faults: number;
  readonly seed: number;
}

/** What came of it. */
interface CampaignResult {
  readonly incidents: number;
  readonly messages: number;
  /** Keys, by channel, of which nobody heard. */
  readonly unheard: readonly string[];
  /** Messages sent again after their acceptance was recorded. */
  readonly sentAfterReceipt: number;
  /** Messages that arrived more than once, beyond one for each lost answer and each kill. */
  readonly excess: number;
  /** Threads whose messages arrived in another order than they were made. */
  readonly disordered: number;
  readonly kills: number;
  readonly left: number;
  /** What must not be seen and was, with where: in a body of any channel, in what is stored, or in the log. */
  readonly leaks: readonly string[];
  /** How many bodies were searched. */
  readonly bodies: number;
}

class Killed extends Error {
  override readonly name = 'Killed';
}

/** Runs it over in-memory ports with a clock of its own. */
export async function runCampaign({ events, kills, faults, seed }: CampaignPlan): Promise<CampaignResult> {
  const random = generator(seed);
  const names = ['chat', 'cards', 'pager'];
  const world = new NotifyWorld(names.map((name) => anEntry({ name })));
  const tally = { lost: 0, killed: 0, sentAfterReceipt: 0 };
  const arrivals = new Map<string, string[]>(names.map((name) => [name, []]));
  const recorded = new Set<string>();
  for (const name of names) {
    world.channel(name).behave = (message) => {
      if (recorded.has(`${name} ${message.id}`)) tally.sentAfterReceipt += 1;
      const fails = random() < faults;
      const isLost = fails && random() < 1 / 3;
      if (!fails || isLost) arrivals.get(name)?.push(message.id);
      if (isLost) tally.lost += 1;
      if (fails)
        throw new WardenError(random() < 0.5 ? 'channel-unavailable' : 'channel-throttled', {
          message: `planted ${PLANTED.address}`,
          cause: new Error(PLANTED.token),
        });
    };
  }
  const note = async () => {
    for (const name of names) {
      const { receipts } = await world.stateOf(name);
      for (const { id, outcome } of receipts) if (outcome === 'accepted') recorded.add(`${name} ${id}`);
    }
  };
  const killAt = new Set(Array.from({ length: kills }, () => Math.floor(random() * events)));
  const keys: string[] = [];
  for (let n = 0; n < events; n += 1) {
    const hsm = world.hsms[n % 2] ?? 'contoso';
    const at = SAMPLE_AT + n;
    const key = `key-${n}`;
    keys.push(key);
    const event =
      n % 5 === 4
        ? aRecoveredKey(keys[n - 2] ?? key, at, world.hsms[(n - 2) % 2])
        : n % 50 === 1
          ? aRequestEvent('requested', { hsm, key, at, recoveryId: `${'0'.repeat(20)}${n + 100_000}` }, n)
          : aDeletion(key, { hsm, severity: 'notice' }, at);
    await world.bus.send([event], { logger: world.logger });
    // Some come together, some apart.
    if (random() < 0.3) await world.clock.advance(Math.floor(random() * 20_000));
    tally.killed += await workAt(world, killAt.has(n) ? 1 + Math.floor(random() * 25) : undefined);
    if (n % 50 === 0) await note();
  }
  for (let minute = 0; minute < 180; minute += 1) {
    await world.clock.advance(60_000);
    await world.tick();
  }
  await note();
  const heard = (name: string) =>
    world
      .channel(name)
      .arrived.flatMap((message) => [message.title, ...message.lines, ...message.keys.map(({ key }) => key)])
      .join('\n');
  const states = await Promise.all(world.hsms.map((hsm) => world.incidentsOf(hsm)));
  const threads = states.flatMap((state) => Object.values(state.threads));
  const unheard = names.flatMap((name) => {
    const reported = new Set(world.channel(name).arrived.map(({ thread }) => thread));
    return threads.filter(({ id }) => !reported.has(id)).map(({ id }) => `${name} ${id}`);
  });
  const all = names.flatMap((name) => arrivals.get(name) ?? []);
  const repeats = names.reduce(
    (sum, name) => sum + (arrivals.get(name)?.length ?? 0) - new Set(arrivals.get(name)).size,
    0,
  );
  const left = (await Promise.all(names.map((name) => world.stateOf(name)))).reduce(
    (sum, { pending }) => sum + pending.length,
    0,
  );
  const lastKey = keys.at(-2) ?? '';
  const bodies = names.flatMap((name) => world.channel(name).arrived.flatMap(bodiesOf));
  return {
    incidents: threads.length,
    messages: all.length,
    unheard: heard('chat').includes(lastKey) || threads.length > 0 ? unheard : ['nothing'],
    sentAfterReceipt: tally.sentAfterReceipt,
    excess: Math.max(0, repeats - tally.lost - tally.killed),
    disordered: names.reduce((sum, name) => sum + disorderedIn(world, name), 0),
    kills: tally.killed,
    left,
    leaks: [
      ...leaksIn('a body', bodies),
      ...leaksIn(
        'the log',
        world.logger.lines.map((line) => JSON.stringify(line, withErrors)),
      ),
      ...leaksIn(
        'what is stored',
        [...world.state.documents.values()].map(({ text }) => text),
      ),
    ],
    bodies: bodies.length,
  };
}

/** What a service may give back in an error, and what events carry that no message may: never to be seen. */
const PLANTED = {
  address: 'https://hooks.example/services/T0/B0/pl4ntedSecretPath',
  token: 'eyJhbGciOiJub25lIn0.pl4ntedToken',
  digest: 'd1'.repeat(32),
  blob: '.keybackup',
} as const;

/** A message as every kind of channel sends it. */
function bodiesOf(message: Message): string[] {
  const { subject, text, html } = toMail(message, 'warden@contoso.com');
  return [
    ...[toTeams(message), toSlack(message), toPagerDuty(message), message].map((body) =>
      JSON.stringify(body),
    ),
    ...[subject, text, html],
  ];
}

function leaksIn(place: string, texts: readonly string[]): string[] {
  return Object.entries(PLANTED).flatMap(([what, secret]) =>
    texts.some((text) => text.includes(secret)) ? [`${what} in ${place}`] : [],
  );
}

/** Errors with all that a log could make of them. */
function withErrors(_name: string, value: unknown): unknown {
  return value instanceof Error
    ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
    : value;
}

/** Deals with what is in the queue; with `dieAt` as a process that dies at that call of a port. Returns how many died. */
async function workAt(world: NotifyWorld, dieAt: number | undefined): Promise<number> {
  if (dieAt === undefined) {
    await world.work();
    return 0;
  }
  const life = { left: dieAt, dead: false };
  const deps: NotifierDeps = {
    ...world.deps,
    state: mortal(world.state, life),
    queue: mortal(world.queue, life),
    leases: mortal(world.leases, life),
    channels: new Map([...world.channels].map(([name, channel]) => [name, mortal(channel, life)])),
  };
  const message = world.queue.take(NOTIFICATIONS);
  if (message === undefined) return 0;
  try {
    await handleNotification(deps, readMessage(NOTIFICATIONS, message));
    await reconcileNotifications(deps, world.hsms);
  } catch (error) {
    if (!life.dead) throw error;
  }
  if (!life.dead) return 0;
  // The host gives the message again, and nobody prolongs the leases.
  await world.queue.send(NOTIFICATIONS, readMessage(NOTIFICATIONS, message), 300);
  for (const name of world.channels.keys()) world.leases.abandon(`notify/${name}`);
  return 1;
}

/** A port of a process that dies after, or before, one of its calls: from then on it does nothing any more. */
function mortal<T extends object>(port: T, life: { left: number; dead: boolean }): T {
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

function disorderedIn(world: NotifyWorld, name: string): number {
  const last = new Map<string, number>();
  let count = 0;
  for (const { thread, at } of world.channel(name).accepted) {
    if (at < (last.get(thread) ?? 0)) count += 1;
    last.set(thread, Math.max(at, last.get(thread) ?? 0));
  }
  return count;
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
