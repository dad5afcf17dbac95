/** The host's HTTP side: functions by route, `/admin` for operators, on the loopback address only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { describeError, HostError } from '../host-error.ts';
import type { HostLogger } from '../host-log.ts';
import type { InvocationOutcome, TriggerInput } from '../invoker.ts';
import type { RegisteredFunction } from '../load-app.ts';
import { mayAdminister } from './access.ts';
import type { AdminAnswer, AdminRequest } from './admin.ts';
import { watchConnections } from './connections.ts';
import { BODY_LIMIT, readBody, toHttpInput } from './request.ts';
import { writeEmpty, writeJson, writeOutcome } from './response.ts';
import { findRoute, type Route } from './router.ts';

/** What the server needs. */
export interface HttpServerOptions {
  readonly port: number;
  readonly routes: readonly Route[];
  readonly masterKey: string | undefined;
  readonly bodyLimit?: number | undefined;
  readonly log: HostLogger;
  readonly invoke: (target: RegisteredFunction, input: TriggerInput) => Promise<InvocationOutcome>;
  /** Answers `/admin/…` requests that are allowed. */
  readonly administer: (request: AdminRequest) => AdminAnswer;
}

/** A listening server. */
export interface HttpServer {
  readonly url: string;
  /** Stops listening and resolves when every answer under way has been sent. */
  close(): Promise<void>;
  /** Cuts the connections that are still open. */
  cut(): void;
}

/** Listens on 127.0.0.1. Fails with `port-taken`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  let closing = false;
  const server = createServer((request, response) => {
    connections.begin(request, response);
    // A connection in use may bring another request after the server stopped listening.
    if (closing) return refuse(request, response, 503);
    answer(request, response, options).catch((error: unknown) => {
      options.log({
        level: 'error',
        category: 'system',
        message: `an HTTP request failed: ${describeError(error)}`,
      });
      if (!response.headersSent) writeEmpty(response, 500);
      else response.destroy();
    });
  });
  const connections = watchConnections(server);
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        closing = true;
        server.close((error) => (error ? reject(error) : resolve()));
        connections.drain();
      }),
    cut: () => server.closeAllConnections(),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      reject(
        taken
          ? new HostError(
              'port-taken',
              `port ${port} on 127.0.0.1 is taken; choose another, or 0 for a free one`,
              { cause },
            )
          : cause,
      );
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
): Promise<void> {
  const url = toUrl(request);
  const path = url ? decodePath(url.pathname) : undefined;
  if (!url || !path) return refuse(request, response, 400);
  // As on the official host no route of an app may take `/admin` (WebJobsRouter.RouteAsync).
  if (path[0]?.toLowerCase() === 'admin') return administer(request, response, url, path.slice(1), options);
  const match = findRoute(options.routes, request.method ?? 'GET', path);
  if (!match) return refuse(request, response, path.length === 0 ? 204 : 404);
  const body = await readBody(request, options.bodyLimit ?? BODY_LIMIT);
  if (!body) return refuse(request, response, 413);
  writeOutcome(
    response,
    await options.invoke(match.route.target, toHttpInput(request, url, match.params, body)),
  );
}

async function administer(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  path: readonly string[],
  options: HttpServerOptions,
): Promise<void> {
  // Alone of the operator's paths this one is open on the official host (HostController.cs, `Ping`).
  const isPing = path.join('/').toLowerCase() === 'host/ping';
  if (!isPing && !mayAdminister(request, url.searchParams, options.masterKey))
    return refuse(request, response, 401);
  const body = await readBody(request, options.bodyLimit ?? BODY_LIMIT);
  if (!body) return refuse(request, response, 413);
  const contentType = request.headers['content-type'] ?? '';
  const answered = options.administer({ method: request.method ?? 'GET', path, contentType, body });
  if (answered.json === undefined) writeEmpty(response, answered.status);
  else writeJson(response, answered.status, answered.json);
}

/** Answers without reading the rest of the request. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  response.once('finish', () => request.resume());
  writeEmpty(response, status);
}

function toUrl(request: IncomingMessage): URL | undefined {
  const base = `http://${request.headers.host ?? '127.0.0.1'}`;
  // A target such as `//x` is a path here, not a host name.
  return URL.parse(`${base}${(request.url ?? '/').replace(/^\/+/, '/')}`) ?? undefined;
}

/** The decoded segments of a path; undefined when its percent-encoding is broken. A trailing slash counts for nothing. */
function decodePath(pathname: string): readonly string[] | undefined {
  try {
    return pathname
      .replace(/^\/|\/$/g, '')
      .split('/')
      .map(decodeURIComponent)
      .filter((part, _, all) => all.length > 1 || part !== '');
  } catch {
    return undefined;
  }
}
