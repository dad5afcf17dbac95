/** Stands for the services of the channels in the local world: takes messages as they do, over TLS, and shows them on a page. */
import { createHmac, createPrivateKey, createPublicKey, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { jwtVerify } from 'jose';
import { openAuthority } from '../../emulator/tls/authority-folder.ts';
import { createLeaf } from '../../emulator/tls/certificates.ts';
import { CHANGES, MAIL_USER, notifySecrets, notifySettings, PATHS } from './local-channels.ts';
import { startMailServer } from './mail-server.ts';
import { receiverPage } from './page.ts';
import { type Received, readReceived, readReceivedMail } from './received.ts';

/** Messages that are kept for the page. */
const KEPT = 200;
/** More than any of the services takes. Bytes. */
const MOST_BYTES = 64 * 1024;
/** The audience of tokens for Communication Services. */
const MAIL_AUDIENCE = 'https://communication.azure.com';
type Service = keyof typeof PATHS;
const SERVICES = ['teams', 'slack', 'mail', 'webhook', 'pagerduty'] as const satisfies readonly Service[];
/** Where Communication Services say what became of a mail. */
const OPERATION = /^\/emails\/operations\/([0-9a-f-]{36})\?/;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1)(:\d+)?$/i;

/** How it is started. */
interface ReceiverOptions {
  /** The folder of the world's certificate authority. */
  readonly caDir: string;
  /** The port of the page; 0 takes a free one. */
  readonly port: number;
  /** Called with each message as it is taken. */
  readonly onMessage?: (message: Received) => void;
}

/** A running receiver. */
export interface Receiver {
  /** The page for people; `/messages` below it is the same as JSON. */
  readonly url: string;
  /** What was taken, oldest first. */
  readonly messages: readonly Received[];
  /** Settings of the backup app. */
  readonly settings: Readonly<Record<string, string>>;
  /** Settings of the recovery app, over those: it has no secret of a channel. */
  readonly recoverySettings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts it on 127.0.0.1. Rejects when the port is taken. */
export async function startReceiver({ caDir, port, onMessage }: ReceiverOptions): Promise<Receiver> {
  const authority = await openAuthority(caDir, Date.now());
  const leaf = await createLeaf(authority, 'receiver', Date.now());
  const issuerKey = createPublicKey(createPrivateKey(authority.issuerKey));
  const secrets = {
    webhook: `whsec_${randomBytes(32).toString('base64')}`,
    pagerduty: randomBytes(16).toString('hex'),
    smtp: randomBytes(16).toString('hex'),
  };
  const messages: Received[] = [];
  const keep = (message: Received | undefined): boolean => {
    if (message === undefined) return false;
    messages.push(message);
    if (messages.length > KEPT) messages.shift();
    onMessage?.(message);
    return true;
  };
  const take = async (request: IncomingMessage): Promise<number> => {
    const body = await bodyOf(request);
    if (body === undefined) return 413;
    const path = new URL(request.url ?? '/', 'https://127.0.0.1').pathname;
    const channel = path === CHANGES ? 'pagerduty' : SERVICES.find((one) => PATHS[one] === path);
    if (channel === undefined || request.method !== 'POST') return 404;
    if (channel === 'webhook' && !isSigned(request, body, secrets.webhook)) return 401;
    if (channel === 'mail' && !(await isFromApp(request, issuerKey))) return 401;
    // PagerDuty has its key in the body, and says so of another one as of any other fault.
    if (channel === 'pagerduty' && !body.includes(`"routing_key":"${secrets.pagerduty}"`)) return 400;
    return keep(readReceived(channel, body, new Date().toISOString())) ? STATUS[channel] : 400;
  };
  const services = createHttpsServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    const operation = OPERATION.exec(request.url ?? '')?.[1];
    if (request.method === 'GET' && operation !== undefined) {
      void isFromApp(request, issuerKey).then(
        (isAllowed) => answerOperation(response, operation, isAllowed),
        () => response.destroy(),
      );
      return;
    }
    void take(request).then(
      (status) => response.writeHead(status).end(),
      () => response.destroy(),
    );
  });
  const page = createHttpServer((request, response) => show(request, response, messages));
  const mails = await startMailServer({
    cert: leaf.certificate,
    key: leaf.key,
    user: MAIL_USER,
    password: secrets.smtp,
    take: (raw, to) => keep(readReceivedMail(raw, to, new Date().toISOString())),
  });
  const [ownPort, url] = await Promise.all([listen(services, 0), listen(page, port)]).catch(async (error) => {
    await mails.close();
    throw error;
  });
  const origin = `https://127.0.0.1:${ownPort}`;
  const settings = notifySettings({ origin, mailPort: mails.port });
  return {
    url: `http://127.0.0.1:${url}`,
    messages,
    settings: { ...settings, ...notifySecrets(origin, secrets) },
    recoverySettings: { ...settings, WARDEN_NOTIFY_SECRETS: '' },
    close: async () => {
      await Promise.all([...[services, page].map(close), mails.close()]);
    },
  };
}

/** What became of a mail: all of them are sent here. */
function answerOperation(response: ServerResponse, id: string, isAllowed: boolean): void {
  if (!isAllowed) {
    response.writeHead(401).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id, status: 'Succeeded' }));
}

/** What each service answers. */
const STATUS: Readonly<Record<Service, number>> = {
  teams: 202,
  slack: 200,
  mail: 202,
  webhook: 204,
  pagerduty: 202,
};

function show(request: IncomingMessage, response: ServerResponse, messages: readonly Received[]): void {
  const isJson = request.url === '/messages';
  // A page of another site, opened in a browser on this machine, must not read along.
  const isHere = LOOPBACK_HOST.test(request.headers.host ?? '');
  if (!isHere || (!isJson && request.url !== '/')) {
    response.writeHead(isHere ? 404 : 403).end();
    return;
  }
  const type = isJson ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8';
  // A mail may bring its own styles, and nothing else.
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  response.writeHead(200, {
    'content-type': type,
    'content-security-policy': policy,
    'cache-control': 'no-store',
  });
  response.end(isJson ? JSON.stringify(messages, undefined, 2) : receiverPage(messages));
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const wanted = Buffer.from(`v1,${createHmac('sha256', key).update(content).digest('base64')}`);
  const given = Buffer.from(String(headers['webhook-signature']));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function isFromApp(
  { headers }: IncomingMessage,
  issuerKey: Parameters<typeof jwtVerify>[1] & object,
): Promise<boolean> {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  return jwtVerify(token, issuerKey, { audience: MAIL_AUDIENCE }).then(
    () => true,
    () => false,
  );
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    if (bytes <= MOST_BYTES) pieces.push(piece);
  }
  return bytes > MOST_BYTES ? undefined : Buffer.concat(pieces).toString('utf8');
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
