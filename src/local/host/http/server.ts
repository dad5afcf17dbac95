/** The host's HTTP side: functions by route, `/admin` for operators, on the loopback address only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { describeError, HostError } from '../host-error.ts';
import type { HostLogger } from '../host-log.ts';
import type { InvocationOutcome, TriggerInput } from '../invoker.ts';
import type { RegisteredFunction } from '../load-app.ts';
import { mayAdminister } from './access.ts';
import type { AdminAnswer, AdminRequest } from './admin.ts';
import { watchConnections } from './connections.ts';
import { BODY_LIMIT, refusedForSize, refuseUnread, SERVER_OPTIONS } from './limits.ts';
import { readBody, toHttpInput } from './request.ts';
import { httpOf, writeEmpty, writeJson, writeOutcome } from './response.ts';
import { findRoute, type Route } from './router.ts';
import { readTarget } from './target.ts';

const HOME_PAGE = '<!doctype html><title>Functions host</title><p>The local Functions host is running.</p>\n';

/** What the server needs. */
export interface HttpServerOptions {
  readonly port: number;
  readonly routes: readonly Route[];
  readonly masterKey: string | undefined;
  readonly bodyLimit?: number | undefined;
  /** Whether `/` shows a page where no app has a route there. */
  readonly showHomePage: boolean;
  /** Whether the app enabled HTTP streams: then bodies in chunks reach it, and a handler that throws answers nothing. */
  readonly httpStream: boolean;
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
  const server = createServer(SERVER_OPTIONS, (request, response) => {
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
  // Beyond this number Node would drop headers without a word.
  server.maxHeadersCount = 0;
  server.on('clientError', refuseUnread);
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
  const tooLarge = refusedForSize(request);
  if (tooLarge !== undefined) return refuse(request, response, tooLarge);
  const target = readTarget(request.url ?? '/');
  if (!target) return refuse(request, response, 400);
  // As on the official host no route of an app may take these (WebJobsRouter.RouteAsync).
  const [area = '', ...rest] = target.path;
  if (area.toLowerCase() === 'admin') return administer(request, response, target.query, rest, options);
  if (isExtension(request, target.path)) {
    // No extension here has a webhook: with a key there is nothing either.
    const allowed = mayAdminister(request, target.query, options.masterKey);
    return refuse(request, response, allowed ? 404 : 401);
  }
  const match = findRoute(options.routes, request.method ?? 'GET', target.path);
  if (!match)
    return target.path.length === 0 ? homePage(request, response, options) : refuse(request, response, 404);
  const body = await readBody(request, options.bodyLimit ?? BODY_LIMIT);
  if (!body) return refuse(request, response, 413);
  const { httpStream, invoke } = options;
  const outcome = await invoke(
    match.route.target,
    toHttpInput(request, target, match.params, body, httpStream),
  );
  // Seen on the official host: the answer goes through a stream of the worker, which a throw leaves without an end.
  if (httpStream && httpOf(outcome) === undefined) response.destroy();
  else writeOutcome(response, outcome);
}

async function administer(
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  path: readonly string[],
  options: HttpServerOptions,
): Promise<void> {
  // Alone of the operator's paths this one is open on the official host (HostController.cs, `Ping`).
  const isPing = path.join('/').toLowerCase() === 'host/ping';
  if (!isPing && !mayAdminister(request, query, options.masterKey)) return refuse(request, response, 401);
  const body = await readBody(request, options.bodyLimit ?? BODY_LIMIT);
  if (!body) return refuse(request, response, 413);
  const contentType = request.headers['content-type'] ?? '';
  const answered = options.administer({ method: request.method ?? 'GET', path, contentType, body });
  if (answered.json === undefined) writeEmpty(response, answered.status);
  else writeJson(response, answered.status, answered.json);
}

/** `runtime/webhooks/{extension}/…` belongs to extensions of the host, and wants a key (HostController.cs). */
function isExtension(
  { method = '' }: IncomingMessage,
  [first, second, extension]: readonly string[],
): boolean {
  const prefix = `${first}/${second}`.toLowerCase();
  return extension && prefix === 'runtime/webhooks' ? /^(GET|POST|DELETE|OPTIONS)$/.test(method) : false;
}

/** What the official host shows at `/` to whatever method, unless a setting forbids it (HomepageMiddleware.cs). */
function homePage(
  request: IncomingMessage,
  response: ServerResponse,
  { showHomePage }: HttpServerOptions,
): void {
  if (!showHomePage) {
    refuse(request, response, 204);
    return;
  }
  response.once('finish', () => request.resume());
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(HOME_PAGE);
}

/** Answers without reading the rest of the request. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  response.once('finish', () => request.resume());
  writeEmpty(response, status);
}
