/** Counts what the services of a campaign took, by what arrived there and by nothing that the sender says. */
import type { RecordingLogger } from './memory/recording-logger.ts';
import type { Fleet, Ledger, Taken } from './notify-fleet.ts';
import type { NotifyWorld } from './notify-world.ts';

/** What came of a campaign. */
export interface CampaignResult {
  readonly incidents: number;
  /** Messages that services took, repeats among them. */
  readonly messages: number;
  /** Of these, repeats after a lost answer or a kill. */
  readonly repeats: number;
  /** Answers that were lost after the service had taken the message. */
  readonly lostAnswers: number;
  readonly refused: number;
  readonly kills: number;
  /** Incidents, by channel, of which nobody heard. */
  readonly unheard: readonly string[];
  /** Messages sent again after their acceptance was recorded, or after they were refused. */
  readonly sentAfterReceipt: number;
  /** Messages that a service took more often than once, and once more for each lost answer and each kill before the note. */
  readonly excess: number;
  /** Threads of a channel whose messages arrived in another order than they were made. */
  readonly disordered: number;
  /** Messages that still wait. */
  readonly left: number;
  /** Requests at a host to which a redirection led. */
  readonly strays: number;
  /** What must not be seen and was, with where. */
  readonly leaks: readonly string[];
  readonly bodies: number;
}

/** What happened, as the services and what is stored show it. */
export interface Evidence {
  /** By channel. */
  readonly records: ReadonlyMap<string, Ledger>;
  readonly kills: number;
  /** Messages that arrived after their acceptance was recorded. */
  readonly sentAfterReceipt: number;
  /** By channel and id: how often a process died between an answer and its note. */
  readonly unrecorded: ReadonlyMap<string, number>;
  /** Incidents that the product knows. */
  readonly threads: readonly string[];
  /** Messages that still wait. */
  readonly left: number;
  readonly strays: readonly string[];
  readonly secrets: readonly string[];
  readonly log: readonly string[];
  readonly stored: readonly string[];
}

/** The evidence of a world in memory. */
export async function evidenceOf(
  world: NotifyWorld,
  { records, strays, secrets }: Fleet,
  tally: Pick<Evidence, 'kills' | 'sentAfterReceipt' | 'unrecorded'>,
): Promise<Evidence> {
  const states = await Promise.all(world.hsms.map((hsm) => world.incidentsOf(hsm)));
  const pending = await Promise.all([...records.keys()].map((name) => world.stateOf(name)));
  return {
    ...tally,
    ...{ records, strays, secrets },
    threads: states.flatMap(({ threads }) => Object.keys(threads)),
    left: sum(pending, (state) => state.pending.length),
    log: linesOf(world.logger),
    stored: [...world.state.documents.values()].map(({ text }) => text),
  };
}

/** The verdict. */
export function judgeCampaign(evidence: Evidence): CampaignResult {
  const { records, kills, sentAfterReceipt, unrecorded, left, strays, secrets, log, stored } = evidence;
  const all = [...records.values()];
  const threads = new Set([
    ...evidence.threads,
    ...all.flatMap(({ taken }) => taken.map(({ message }) => message.thread)),
  ]);
  // Nobody hears of a channel in trouble through that channel.
  const isAbout = (thread: string, name: string) =>
    all.some(({ taken }) =>
      taken.some(
        ({ message }) => message.thread === thread && message.title.includes(`notification channel ${name} `),
      ),
    );
  const unheard = [...records].flatMap(([name, record]) => {
    // Who was refused a message for good may not have heard of its incident: that is reported as lost.
    const heard = new Set([...record.taken.map(({ message }) => message.thread), ...record.refused.values()]);
    return [...threads].filter((id) => !heard.has(id) && !isAbout(id, name)).map((id) => `${name} ${id}`);
  });
  const bodies = [...records].flatMap(([name, { taken }]) => taken.map(({ body }) => ({ name, body })));
  const afterRefusal = sum(all, ({ taken }) => taken.filter(({ wasRefused }) => wasRefused === true).length);
  return {
    incidents: threads.size,
    messages: bodies.length,
    repeats: sum(all, ({ taken }) => taken.length - firsts(taken).length),
    lostAnswers: sum(all, ({ lost }) => sum([...lost.values()], (count) => count)),
    refused: sum(all, ({ refused }) => refused.size),
    kills,
    unheard,
    sentAfterReceipt: sentAfterReceipt + afterRefusal,
    excess: sum([...records], ([name, record]) => excessOf(name, record, unrecorded)),
    disordered: sum(all, ({ taken }) => disorderedIn(firsts(taken))),
    left,
    strays: strays.length,
    leaks: [
      ...leaksIn(
        'a body',
        bodies.filter(({ name }) => name !== 'pagerduty').map(({ body }) => body),
        secrets,
      ),
      ...leaksIn('the log', log, secrets),
      ...leaksIn('what is stored', stored, secrets),
    ],
    bodies: bodies.length,
  };
}

/** How many faults there are. */
export function faultsIn(result: CampaignResult): number {
  const { unheard, sentAfterReceipt, excess, disordered, left, leaks, strays } = result;
  return unheard.length + sentAfterReceipt + excess + disordered + left + leaks.length + strays;
}

function excessOf(name: string, { taken, lost }: Ledger, unrecorded: ReadonlyMap<string, number>): number {
  const counts = new Map<string, number>();
  for (const { message } of taken) counts.set(message.id, (counts.get(message.id) ?? 0) + 1);
  return sum([...counts], ([id, count]) =>
    Math.max(0, count - 1 - (lost.get(id) ?? 0) - (unrecorded.get(`${name} ${id}`) ?? 0)),
  );
}

/** Each message as it came first. */
function firsts(taken: readonly Taken[]): readonly Taken[] {
  const seen = new Set<string>();
  return taken.filter(({ message }) => !seen.has(message.id) && seen.add(message.id));
}

function disorderedIn(taken: readonly Taken[]): number {
  const last = new Map<string, number>();
  let count = 0;
  for (const {
    message: { thread, at },
  } of taken) {
    if (at < (last.get(thread) ?? 0)) count += 1;
    last.set(thread, Math.max(at, last.get(thread) ?? 0));
  }
  return count;
}

/** What events carry that no message may. */
const PLANTED = ['d1'.repeat(32), '.keybackup'] as const;

function leaksIn(place: string, texts: readonly string[], secrets: readonly string[]): string[] {
  return [...secrets, ...PLANTED].flatMap((secret) =>
    texts.some((text) => text.includes(secret)) ? [`${secret.slice(0, 12)}… in ${place}`] : [],
  );
}

/** Errors with all that a log could make of them. */
function linesOf({ lines }: RecordingLogger): readonly string[] {
  return lines.map((line) =>
    JSON.stringify(line, (_name, value: unknown) =>
      value instanceof Error
        ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
        : value,
    ),
  );
}

function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}
