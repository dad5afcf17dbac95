// The transport: HTTP/1.1 over TLS with kept-alive connections.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { CertificatePair } from '../tls/certificates.ts';
import { CONTROL_PREFIX, type ControlTable, control } from '../wire/control.ts';
import type { WireAnswer, WireRequest } from '../wire/exchange.ts';
import { alphabeticalJson } from '../wire/json.ts';

/** A backup of 100 versions is about 1 MB; nothing larger is ever sent. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const CLOSE_GRACE_MS = 2_000;
/** Longer than any client keeps a connection waiting, so that it is the client who closes. */
const KEEP_ALIVE_MS = 120_000;

export type Listener = { readonly port: number; close(): Promise<void> };

/** Listens on `host`:`port` (0: a free one). Rejects when the port is taken. */
export async function listen(
  { host, port, leaf }: { host: string; port: number; leaf: CertificatePair },
  answer: (request: WireRequest) => Promise<WireAnswer>,
  controls: ControlTable,
): Promise<Listener> {
  const server = createServer(
    { cert: leaf.certificate, key: leaf.key, keepAliveTimeout: KEEP_ALIVE_MS },
    (req, res) => {
      serve(req, res, answer, controls).catch((error: unknown) => res.destroy(asError(error)));
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { port: portOf(server), close: () => closeServer(server) };
}

async function serve(
  req: IncomingMessage,
  res: ServerResponse,
  answer: (request: WireRequest) => Promise<WireAnswer>,
  controls: ControlTable,
): Promise<void> {
  // The service sends no Date header with key operations.
  res.sendDate = false;
  const body = await readBody(req);
  if (!body) {
    res.writeHead(413, { connection: 'close', 'content-length': '0' }).end();
    return;
  }
  const request: WireRequest = {
    method: req.method ?? 'GET',
    target: req.url ?? '/',
    host: req.headers.host ?? `localhost:${req.socket.localPort ?? ''}`,
    authorization: req.headers.authorization,
    userAgent: req.headers['user-agent'],
    callerAddress: req.socket.remoteAddress ?? '',
    body,
  };
  if (request.target.startsWith(CONTROL_PREFIX)) {
    const { status, body: value } = await control(controls, request);
    const text = value === undefined ? '' : alphabeticalJson(value);
    res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(text);
    return;
  }
  send(req, res, await answer(request));
}

/** Sends an answer, whole or as a fault on demand wants it. */
function send(
  req: IncomingMessage,
  res: ServerResponse,
  { status, headers, body, delivery }: WireAnswer,
): void {
  if (delivery === 'reset') {
    req.socket.destroy();
    return;
  }
  res.writeHead(status, { ...headers });
  const whole = Buffer.from(body);
  if (delivery === 'truncated' && whole.length > 0) {
    // The header has promised the whole length; the connection ends in the middle of it.
    res.write(whole.subarray(0, Math.floor(whole.length / 2)), () => req.socket.destroy());
    return;
  }
  res.end(whole);
}

async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req) {
    parts.push(part);
    size += part.length;
    if (size > MAX_BODY_BYTES) return undefined;
  }
  return Buffer.concat(parts);
}

/** Takes no new connections, lets running requests end, then closes what is left. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close((error) => {
      clearTimeout(late);
      if (error) reject(error);
      else resolve();
    });
    server.closeIdleConnections();
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
