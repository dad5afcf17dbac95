/** The services of a campaign on loopback, over TLS: they fail as real ones do, and note what each took. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { ChannelState } from '../../src/features/notify/model/channel-state.ts';
import type { Message } from '../../src/features/notify/model/message.ts';
import { ECHO, fateOf, isRefusal, type Ledger, mailFateOf } from '../../test/support/notify-fleet.ts';
import {
  MAIL_PASSWORD,
  type MailFate,
  type MailService,
  startMailService,
} from '../../test/support/notify-mail-service.ts';
import {
  type Behaviour,
  KINDS,
  type Kind,
  SECRETS,
  type Service,
  startService,
} from '../../test/support/notify-service.ts';
import { startTlsServer, type TlsServer } from '../../test/support/tls-server.ts';
import { KnownMessages, markIn, markInMail } from './identify.ts';

/** The channels of a campaign: one of each kind, by the name of its kind. */
export const CHANNELS = [...KINDS, 'smtp'] as const;
type Name = Kind | 'smtp';

interface Options {
  /** Share of requests that fail. */
  readonly faults: number;
  readonly random: () => number;
  /** What is stored of a channel at this moment. */
  readonly stateOf: (channel: string) => Promise<ChannelState>;
}

/** The servers behind the channels. */
interface Servers {
  readonly http: readonly Service[];
  readonly mail: MailService;
  readonly elsewhere: TlsServer;
  readonly tokens: ReadonlySet<string>;
}

/** The services. */
export class Services {
  readonly records: ReadonlyMap<string, Ledger> = new Map(CHANNELS.map((name) => [name, aLedger()]));
  readonly servers: Servers;
  /** Arrivals of messages whose acceptance was recorded before. */
  sentAfterReceipt = 0;
  /** Arrivals of what never waited for the channel. */
  unidentified = 0;
  /** What arrived, in order, for whoever looks for the cause of a fault. */
  readonly journal: string[] = [];
  /** Called when a request has arrived, and just before the answer to one that was taken. */
  onMoment: (channel: Name, moment: 'arrived' | 'answered') => void = () => undefined;
  readonly #options: Options;
  readonly #known = new Map<Name, KnownMessages>(CHANNELS.map((name) => [name, new KnownMessages(name)]));
  readonly #current = new Map<Name, Message>();
  #open = 0;
  #isCalm = false;

  private constructor(options: Options, servers: Servers) {
    this.#options = options;
    this.servers = servers;
    const { http, mail, elsewhere } = servers;
    for (const service of http) {
      const { kind } = service;
      service.behave = (delivery) =>
        this.#arrived(kind, markIn(kind, delivery), (dice) => fateOf(dice, elsewhere.url));
      service.took = ({ body }, isAnswered) => this.#took(kind, body, isAnswered);
    }
    mail.behave = (text) => this.#arrived('smtp', markInMail(text), mailFateOf);
    mail.took = (text, isAnswered) => this.#took('smtp', text, isAnswered);
  }

  /** Starts them. */
  static async start(options: Options): Promise<Services> {
    const tokens = new Set<string>();
    const isToken = (token: string) => token !== '' && tokens.add(token).has(token);
    const http = await Promise.all(KINDS.map((kind) => startService(kind, kind, isToken)));
    const elsewhere = await startTlsServer((_request, response) => response.end());
    return new Services(options, { http, elsewhere, tokens, mail: await startMailService() });
  }

  /** What only a service may be given. */
  get secrets(): readonly string[] {
    return [...Object.values(SECRETS), MAIL_PASSWORD, ECHO, ...this.servers.tokens];
  }

  /** Requests to where a redirection led. */
  get strays(): readonly string[] {
    return this.servers.elsewhere.requests;
  }

  /** Ends the planting of faults. */
  calm(): void {
    this.#isCalm = true;
  }

  /** Notes what happened. */
  note(what: string): void {
    this.journal.push(`${new Date().toISOString()} ${what}`);
  }

  /** Resolves when everything that had been sent has been noted. */
  async idle(): Promise<void> {
    do await setTimeout(200);
    while (this.#open > 0);
    await setImmediate();
  }

  async close(): Promise<void> {
    const { http, mail, elsewhere } = this.servers;
    await Promise.all([...http.map((service) => service.close()), mail.close(), elsewhere.close()]);
  }

  async #arrived<F extends Behaviour | MailFate>(
    name: Name,
    mark: string,
    fateOfDice: (dice: number) => F | undefined,
  ): Promise<F | undefined> {
    const { faults, random, stateOf } = this.#options;
    this.#open += 1;
    try {
      const { pending, receipts } = await stateOf(name);
      const waiting = pending.map(({ message }) => message);
      const message = this.#known.get(name)?.find(mark, waiting);
      this.onMoment(name, 'arrived');
      this.#current.delete(name);
      const fate = !this.#isCalm && random() < faults ? fateOfDice(random()) : undefined;
      if (message === undefined) {
        this.unidentified += 1;
        return fate;
      }
      this.#current.set(name, message);
      const { id, thread } = message;
      if (receipts.some((one) => one.id === id && one.outcome === 'accepted')) {
        this.sentAfterReceipt += 1;
        this.note(`${name} was sent ${id} again after its acceptance was recorded`);
      }
      if (isRefusal(fate)) {
        this.#ledger(name).refused.set(id, thread);
        this.note(`${name} refused ${id} for good`);
      }
      return fate;
    } finally {
      this.#open -= 1;
    }
  }

  #took(name: Name, body: string, isAnswered: boolean): void {
    const { taken, lost, heard, refused } = this.#ledger(name);
    const message = this.#current.get(name);
    if (message === undefined) return;
    taken.push({ message, body, wasRefused: refused.has(message.id) });
    this.note(`${name} took ${message.id}${isAnswered ? '' : ', and the answer was lost'}`);
    if (isAnswered) heard.push(message.id);
    else lost.set(message.id, (lost.get(message.id) ?? 0) + 1);
    if (isAnswered) this.onMoment(name, 'answered');
  }

  #ledger(name: Name): Ledger {
    const found = this.records.get(name);
    if (found === undefined) throw new Error(`no channel ${name}`);
    return found;
  }
}

function aLedger(): Ledger {
  return { taken: [], lost: new Map(), refused: new Map(), heard: [] };
}
