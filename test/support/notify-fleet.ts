/** One service of each kind on loopback, with faults, and a record of all that each took. */
import { setTimeout as delay } from 'node:timers/promises';
import type { OutgoingOptions } from '../../src/adapters/notify/outgoing/post.ts';
import type { Message } from '../../src/features/notify/model/message.ts';
import type { Acceptance, Channel } from '../../src/features/notify/model/ports.ts';
import { MAIL_PASSWORD, type MailFate, startMailService } from './notify-mail-service.ts';
import { type Behaviour, KINDS, SECRETS, startService } from './notify-service.ts';
import { startTlsServer } from './tls-server.ts';

/** A message that a service took. */
export interface Taken {
  readonly message: Message;
  readonly body: string;
  /** It had been refused for good before. A repeat after a lost answer may be refused: then it was taken before that. */
  readonly wasRefused?: boolean;
}

/** What became of one channel. */
export interface Ledger {
  readonly taken: Taken[];
  /** By id: how often it was taken without the sender having heard so. */
  readonly lost: Map<string, number>;
  /** What the service refused for good: the thread, by id. */
  readonly refused: Map<string, string>;
  /** Of these the sender heard that they were taken. */
  readonly heard: string[];
}

/** The services, the product's own channels to them, and what they recorded. */
export interface Fleet {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly records: ReadonlyMap<string, Ledger>;
  /** Requests at a host that no channel names: redirections lead there. */
  readonly strays: readonly string[];
  /** What no log, no stored document and no body may hold; a routing key is in what PagerDuty gets. */
  readonly secrets: readonly string[];
  /** Ends the planting of faults. */
  calm(): void;
  close(): Promise<void>;
}

/** A service without a word: a real sender waits fifteen seconds. */
const LIMIT_MS = 1_500;
/** A connection that the sender has left ends at once, but on a busy machine the service sees that late. */
const QUIET_EACH_MS = 20;
const QUIET_LIMIT_MS = 5_000;

/** What a service gives back in an error, for the log must not have it. */
export const ECHO = 'pl4nted-echo-of-the-service';

export type Fate = Behaviour | undefined;

/** Starts them; `faults` is the share of requests that go wrong. `onSend` sees each message before it is sent. */
export async function startFleet(
  { faults, random }: { readonly faults: number; readonly random: () => number },
  onSend: (channel: string, message: Message) => Promise<void>,
): Promise<Fleet> {
  const elsewhere = await startTlsServer((_request, response) => response.end());
  let share = faults;
  const http = await Promise.all(KINDS.map((kind) => startService(kind, kind)));
  const mail = await startMailService();
  const options: Partial<OutgoingOptions> = { limitMs: LIMIT_MS };
  const plain = [...http.map((service) => service.channel(options)), mail.channel('smtp', options)];
  const records = new Map(plain.map(({ name }) => [name, aRecord()]));
  const current = new Map<string, Message>();
  for (const service of http) {
    service.behave = () => {
      const fate = random() < share ? fateOf(random(), elsewhere.url) : undefined;
      const message = current.get(service.kind);
      if (isRefusal(fate) && message !== undefined)
        recordOf(records, service.kind).refused.set(message.id, message.thread);
      return fate;
    };
  }
  mail.behave = () => (random() < share ? mailFateOf(random()) : undefined);
  const bodiesOf = (name: string): readonly string[] =>
    name === 'smtp'
      ? mail.taken
      : (http.find(({ kind }) => kind === name)?.taken ?? []).map(({ body }) => body);
  const untilQuiet = async (name: string): Promise<void> => {
    const service = name === 'smtp' ? mail : http.find(({ kind }) => kind === name);
    for (let waited = 0; waited < QUIET_LIMIT_MS; waited += QUIET_EACH_MS) {
      await delay(QUIET_EACH_MS);
      if ((await service?.connections()) === 0) return;
    }
    throw new Error(`the connections to ${name} do not end`);
  };
  const watched = (channel: Channel): Channel => {
    const { name } = channel;
    const record = recordOf(records, name);
    let seen = 0;
    const note = (message: Message): boolean => {
      const bodies = bodiesOf(name).slice(seen);
      seen += bodies.length;
      const wasRefused = record.refused.has(message.id);
      record.taken.push(...bodies.map((body) => ({ message, body, wasRefused })));
      return bodies.length > 0;
    };
    const send = async (message: Message, signal?: AbortSignal): Promise<Acceptance> => {
      await onSend(name, message);
      current.set(name, message);
      try {
        const acceptance = await channel.send(message, signal);
        note(message);
        record.heard.push(message.id);
        return acceptance;
      } catch (error) {
        // What was under way when the sender broke off may still arrive.
        await untilQuiet(name);
        if (note(message)) record.lost.set(message.id, (record.lost.get(message.id) ?? 0) + 1);
        throw error;
      }
    };
    const { receivers } = channel;
    return { name, intervalMs: 0, ...(receivers === undefined ? {} : { receivers }), send };
  };
  return {
    channels: new Map(plain.map((channel) => [channel.name, watched(channel)])),
    records,
    strays: elsewhere.requests,
    secrets: [...Object.values(SECRETS), MAIL_PASSWORD, ECHO],
    calm: () => {
      share = 0;
    },
    close: async () => {
      await Promise.all([...http.map((service) => service.close()), mail.close(), elsewhere.close()]);
    },
  };
}

function aRecord(): Ledger {
  return { taken: [], lost: new Map(), refused: new Map(), heard: [] };
}

function recordOf(records: ReadonlyMap<string, Ledger>, name: string): Ledger {
  const record = records.get(name);
  if (record === undefined) throw new Error(`no channel ${name}`);
  return record;
}

/** Whether the service refuses the message for good. */
export function isRefusal(fate: Fate | MailFate): boolean {
  return typeof fate === 'object' && fate.status === 400;
}

/** What goes wrong; a third of it with the message taken, and silence seldom, for it takes its time. */
export function fateOf(dice: number, elsewhere: string): Fate {
  if (dice < 1 / 3) return 'lost answer';
  if (dice < 0.34) return 'silence';
  if (dice < 0.345) return { status: 400, body: ECHO };
  if (dice < 0.5) return { status: 429, headers: { 'retry-after': '5' }, body: ECHO };
  if (dice < 0.65) return { status: 503, body: ECHO };
  if (dice < 0.7) return { status: 302, headers: { location: `${elsewhere}/elsewhere` } };
  return dice < 0.85 ? 'reset' : { status: 500, body: ECHO };
}

/** The same of a mail server. */
export function mailFateOf(dice: number): MailFate {
  if (dice < 1 / 3) return 'lost answer';
  return dice < 0.7 ? 450 : 421;
}
