/** A way to one service on which requests fall ill as the plan says. */
import { once, setMaxListeners } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Fault, SILENCE_MS } from '../plan/faults.ts';
import { type Answered, type Asked, createUpstream, withoutTransfer } from './exchange.ts';

/** How a proxy is started. */
export interface ProxyOptions {
  /** Where requests go now; undefined: nobody is there, and the connection breaks. */
  readonly target: () => URL | undefined;
  readonly caPem: string;
  /** With it the proxy speaks TLS. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  /** Decides about the next request. */
  readonly fate: (asked: Asked) => Fate;
  /** Called with each request that fell ill. */
  readonly onFault: () => void;
  /** Called with what the service did, whether or not the caller learns of it. */
  readonly observe?: (asked: Asked, answered: Answered) => void;
  /** Aborted when the weather clears: what is held open in silence breaks then. */
  readonly clearing: AbortSignal;
}

/** What becomes of a request. */
export interface Fate {
  readonly fault?: Fault | undefined;
  /** The service gets it a second time, as from a client that had no answer. */
  readonly twice?: boolean;
  /** What happens when the service has answered, before the caller learns of it. */
  readonly meanwhile?: (answered: Answered) => Promise<void>;
}

/** A running proxy. */
export interface SickProxy {
  /** The origin that takes the service's place. */
  readonly origin: string;
  close(): Promise<void>;
}

const FORBIDDEN = JSON.stringify({ error: { code: 'Forbidden', message: 'The caller may not do this.' } });
/** Lists that a key service may answer late. */
const LISTS = /^\/(keys|deletedkeys)(\?|$)/;

/** Starts a proxy on a free port of loopback. */
export async function startProxy(options: ProxyOptions): Promise<SickProxy> {
  const upstream = createUpstream(options.caPem);
  const { clearing } = options;
  setMaxListeners(0, clearing);
  const lists = new Map<string, Answered>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = 'GET', url = '/', headers } = request;
    const asked = { method, path: url, headers, body };
    const { fault, twice, meanwhile } = options.fate(asked);
    const old = fault?.kind === 'stale' && LISTS.test(url) ? lists.get(url) : undefined;
    if (fault !== undefined && (fault.kind !== 'stale' || old !== undefined)) options.onFault();
    if (fault !== undefined && (await isSpoiltBefore(fault, request, response, clearing))) return;
    if (old !== undefined) return send(response, old);
    const target = options.target();
    if (target === undefined) return void request.socket.destroy();
    const answered = await upstream(target, asked);
    if (LISTS.test(url) && answered.status === 200) lists.set(url, answered);
    options.observe?.(asked, answered);
    if (twice === true) await upstream(target, asked);
    await meanwhile?.(answered);
    if (fault === undefined || !isSpoiltAfter(fault, request.socket, response, answered)) {
      send(response, answered);
    }
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response).catch(() => request.socket.destroy());
  };
  const { tls } = options;
  const server =
    tls === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ cert: tls.certificate, key: tls.key }, listener);
  server.keepAliveTimeout = SILENCE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${portOf(server.address())}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Carries out what happens before the service has the request; true when it never gets it. */
async function isSpoiltBefore(
  fault: Fault,
  { socket }: IncomingMessage,
  response: ServerResponse,
  clearing: AbortSignal,
): Promise<boolean> {
  switch (fault.kind) {
    case 'slow':
      await pause(fault.ms, socket, clearing);
      return socket.destroyed;
    case 'silent':
      await pause(SILENCE_MS, socket, clearing);
      socket.destroy();
      return true;
    case 'reset-before':
      socket.destroy();
      return true;
    case 'refused': {
      const wait = fault.retryAfterSeconds;
      const headers = wait === undefined ? {} : { 'retry-after': String(wait) };
      // The service itself says what a caller may not do; a refusal to work now comes from whatever is before it.
      if (fault.status !== 403) response.writeHead(fault.status, headers).end();
      else response.writeHead(403, { 'content-type': 'application/json' }).end(FORBIDDEN);
      return true;
    }
    case 'html':
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
      return true;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"value":');
      return true;
    default:
      return false;
  }
}

/** Carries out what happens to an answer; true when it does not go out as it is. */
function isSpoiltAfter(fault: Fault, socket: Socket, response: ServerResponse, answered: Answered): boolean {
  switch (fault.kind) {
    case 'reset-after':
      socket.destroy();
      return true;
    case 'truncated':
      if (answered.body.length < 2) socket.destroy();
      else {
        response.writeHead(answered.status, wholeLength(answered));
        const half = answered.body.subarray(0, Math.floor(answered.body.length / 2));
        response.write(half, () => socket.destroy());
      }
      return true;
    case 'garbage-after':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please sign in</html>');
      return true;
    default:
      return false;
  }
}

function send(response: ServerResponse, answered: Answered): void {
  // The length of an answer to HEAD is that of the body it would have.
  response.writeHead(answered.status, withoutTransfer(answered.headers));
  response.end(answered.body);
}

function wholeLength({ headers, body }: Answered) {
  return { ...withoutTransfer(headers), 'content-length': String(body.length) };
}

/** Waits, or ends early when the caller has gone or the weather clears. */
async function pause(ms: number, socket: Socket, clearing: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  const timer = setTimeout(end, ms);
  socket.once('close', end);
  clearing.addEventListener('abort', end, { once: true });
  await over.promise;
  clearTimeout(timer);
  socket.off('close', end);
  clearing.removeEventListener('abort', end);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}
