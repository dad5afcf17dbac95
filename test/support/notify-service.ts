/** Services of channels on loopback, over TLS, which check what they get as the real ones do and misbehave as a test wants. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { AzureMailChannel } from '../../src/adapters/notify/azure-mail-channel.ts';
import {
  pagerDutyChannel,
  slackChannel,
  teamsChannel,
  webhookChannel,
} from '../../src/adapters/notify/http-channels.ts';
import type { OutgoingOptions } from '../../src/adapters/notify/outgoing/post.ts';
import type { Channel } from '../../src/features/notify/model/ports.ts';
import { startTlsServer } from './tls-server.ts';

/** What the service does with the next request; without a word it judges the request as the real one would. */
export type Behaviour =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'silence'
  | 'reset'
  /** It takes the message, and the answer is lost. */
  | 'lost answer';

/** A request as it came. */
export interface Delivery {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The kinds of channels over https. */
export const KINDS = ['slack', 'teams', 'pagerduty', 'webhook', 'azure-mail'] as const;
export type Kind = (typeof KINDS)[number];

/** Secrets that may be seen by the service alone. */
export const SECRETS = {
  path: '/services/T000/B000/s3cr3tPathOfTheChannel',
  routingKey: 'R0UT1NGK3Y0123456789abcdefSECRET',
  webhook: `whsec_${Buffer.from('a secret of the receiver, 32 byte').toString('base64')}`,
  token: 'eyJ-token-of-the-app',
} as const;

/** A running service. */
export interface Service {
  readonly kind: Kind;
  readonly url: string;
  readonly caPem: string;
  /** Everything that arrived. */
  readonly deliveries: Delivery[];
  /** What it took. */
  readonly taken: Delivery[];
  /** Decides each request's fate. */
  behave: (delivery: Delivery) => Behaviour | undefined | Promise<Behaviour | undefined>;
  /** What became of a mail that was taken, by the id of its operation. */
  operation: (id: string) => string | Promise<string>;
  /** Is given each request that was taken, and whether that was answered. */
  took: (delivery: Delivery, isAnswered: boolean) => void;
  /** A channel to it. */
  channel(options?: Partial<OutgoingOptions>): Channel;
  /** How many connections are open: what was sent on one that is closed has been judged. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** Starts one. */
export async function startService(
  kind: Kind,
  name = 'ops',
  isToken: (token: string) => boolean = (token) => token === SECRETS.token,
): Promise<Service> {
  const deliveries: Delivery[] = [];
  const taken: Delivery[] = [];
  const held = new Set<ServerResponse>();
  const server = await startTlsServer((request, response) => {
    if (request.method === 'GET') {
      void answerOperation(request, response);
      return;
    }
    void read(request).then(
      async (delivery) => {
        deliveries.push(delivery);
        const asked = await service.behave(delivery);
        if (asked === 'silence') {
          held.add(response);
          return;
        }
        if (asked === 'reset') {
          response.destroy();
          return;
        }
        const answer =
          asked === undefined || asked === 'lost answer' ? judge(kind, delivery, isToken) : asked;
        if (answer.status < 300) {
          taken.push(delivery);
          service.took(delivery, asked === undefined && !response.destroyed);
        }
        if (asked === 'lost answer') {
          response.destroy();
          return;
        }
        response.writeHead(answer.status, answer.headers);
        response.end(answer.body ?? '');
        // Whoever breaks off before the whole request is there has sent nothing.
      },
      () => undefined,
    );
  });
  const answerOperation = async ({ url = '', headers }: IncomingMessage, response: ServerResponse) => {
    const id = /^\/emails\/operations\/([0-9a-f-]{36})\?api-version=2023-03-31$/.exec(url)?.[1];
    const isFound = kind === 'azure-mail' && id !== undefined;
    const isAllowed = isToken(String(headers.authorization ?? '').replace(/^Bearer /, ''));
    if (!isFound || !isAllowed) {
      response.writeHead(isFound ? 401 : 404).end();
      return;
    }
    const status = await service.operation(id);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id, status }));
  };
  const service: Service = {
    kind,
    url: server.url,
    caPem: server.caPem,
    deliveries,
    taken,
    behave: () => undefined,
    operation: () => 'Succeeded',
    took: () => undefined,
    channel: (options) => channelTo(kind, name, server.url, { ...optionsFor(server.caPem), ...options }),
    connections: () => server.connections(),
    close: async () => {
      for (const response of held) response.destroy();
      await server.close();
    },
  };
  return service;
}

/** Options under which loopback may be reached. */
function optionsFor(caPem: string): OutgoingOptions {
  return { hosts: [], privateHosts: ['127.0.0.1'], caPem, now: () => Date.now(), limitMs: 5_000 };
}

function channelTo(kind: Kind, name: string, origin: string, options: OutgoingOptions): Channel {
  switch (kind) {
    case 'slack':
      return { ...bare(slackChannel(name, `${origin}${SECRETS.path}`, options)), intervalMs: 0 };
    case 'teams':
      return { ...bare(teamsChannel(name, `${origin}${SECRETS.path}`, options)), intervalMs: 0 };
    case 'pagerduty':
      return {
        ...bare(pagerDutyChannel(name, { origin, routingKey: SECRETS.routingKey }, options)),
        intervalMs: 0,
      };
    case 'webhook':
      return webhookChannel(name, { url: `${origin}/hooks/warden`, secret: SECRETS.webhook }, options);
    case 'azure-mail': {
      const credential = {
        getToken: async () => ({ token: SECRETS.token, expiresOnTimestamp: Date.now() + 1e6 }),
      };
      const entry = { name, endpoint: origin, from: 'warden@contoso.com', to: ['ops@contoso.com'] };
      return new AzureMailChannel(entry, credential, options);
    }
  }
}

/** Without the pause that the real service likes. */
function bare(channel: Channel): Channel {
  return { name: channel.name, intervalMs: 0, send: (message, signal) => channel.send(message, signal) };
}

async function read(request: IncomingMessage): Promise<Delivery> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return { path: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces).toString('utf8') };
}

const REFUSED = { status: 400, body: 'invalid_payload' } as const;

/** The limits as the services document them. */
function judge(
  kind: Kind,
  { path, headers, body }: Delivery,
  isToken: (token: string) => boolean,
): Exclude<Behaviour, string> {
  const json: unknown = JSON.parse(body);
  switch (kind) {
    case 'slack':
      if (path !== SECRETS.path) return { status: 404, body: 'no_service' };
      return isSlack(json) ? { status: 200, body: 'ok' } : REFUSED;
    case 'teams':
      if (path !== SECRETS.path) return { status: 401 };
      return Buffer.byteLength(body) > 28 * 1024 ? { status: 413 } : { status: 202 };
    case 'pagerduty':
      return isPagerDuty(json) ? { status: 202, body: '{"status":"success"}' } : REFUSED;
    case 'webhook':
      try {
        const given = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, String(value)]),
        );
        const { 'webhook-id': id = '', 'webhook-timestamp': at, 'webhook-signature': signature } = given;
        // By the time that it was sent: a test may move the clock of the sender.
        const due = new Webhook(SECRETS.webhook).sign(id, new Date(Number(at) * 1000), body);
        return { status: signature === due ? 204 : 401 };
      } catch {
        return { status: 401 };
      }
    case 'azure-mail':
      return isToken(String(headers.authorization ?? '').replace(/^Bearer /, ''))
        ? { status: 202 }
        : { status: 401 };
  }
}

function isSlack(json: unknown): boolean {
  if (typeof json !== 'object' || json === null || !('blocks' in json) || !Array.isArray(json.blocks))
    return false;
  const texts = (block: object) => ('text' in block ? [block.text] : []);
  return (
    json.blocks.length <= 50 &&
    json.blocks.every((block: { readonly type: string }) =>
      texts(block).every((one) => {
        const text: unknown = Reflect.get(Object(one), 'text');
        return (
          typeof text === 'string' && text.length > 0 && text.length <= (block.type === 'header' ? 150 : 3000)
        );
      }),
    )
  );
}

function isPagerDuty(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false;
  const key: unknown = Reflect.get(json, 'routing_key');
  const dedup: unknown = Reflect.get(json, 'dedup_key') ?? '';
  const payload = Object(Reflect.get(json, 'payload') ?? { summary: 'resolve' });
  const summary: unknown = Reflect.get(payload, 'summary');
  return (
    key === SECRETS.routingKey &&
    typeof dedup === 'string' &&
    dedup.length <= 255 &&
    typeof summary === 'string' &&
    summary.length > 0 &&
    summary.length <= 1024
  );
}
