/** Writes an invocation's outcome as the HTTP answer. */
import type { ServerResponse } from 'node:http';
import type { InvocationOutcome } from '../invoker.ts';
import type { RpcCookie, RpcHttpData } from '../rpc-types.ts';
import { toBytes } from '../typed-data.ts';

/**
 * Answers with what the function returned: 204 when it returned nothing
 * (learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#usage), 500 without a body when it
 * failed.
 */
export function writeOutcome(response: ServerResponse, outcome: InvocationOutcome): void {
  const http = httpOf(outcome);
  if (http) writeHttp(response, http);
  else writeEmpty(response, outcome.status === 'failed' ? 500 : 204);
}

/** The answer that a function gave, if it gave one. */
export function httpOf(outcome: InvocationOutcome): RpcHttpData | undefined {
  return outcome.status === 'failed' ? undefined : (outcome.response.returnValue?.http ?? undefined);
}

/** Answers with a status and nothing else. */
export function writeEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, status === 204 ? {} : { 'content-length': 0 }).end();
}

/** Answers with JSON. */
export function writeJson(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(value));
}

function writeHttp(response: ServerResponse, http: RpcHttpData): void {
  const body = toBytes(http.body);
  const status = Number(http.statusCode ?? 200);
  // The server sets the framing itself; a function's own idea of it would contradict what is sent.
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    if (!/^(transfer-encoding|content-length|connection|set-cookie)$/i.test(name))
      response.setHeader(name, value);
  }
  const own = http.headers?.['set-cookie'];
  const cookies = [...(own === undefined ? [] : [own]), ...(http.cookies ?? []).map(formatCookie)];
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  if (![204, 205, 304].includes(status)) response.setHeader('content-length', body.length);
  response.writeHead(status).end(body);
}

/** One `Set-Cookie` value (RFC 6265); name and value are percent-encoded as the official host does. */
function formatCookie(cookie: RpcCookie): string {
  const seconds = cookie.expires?.value?.seconds;
  const sameSite = { none: undefined, lax: 'Lax', strict: 'Strict', explicitNone: 'None' }[
    cookie.sameSite ?? 'none'
  ];
  const attributes: readonly (string | undefined)[] = [
    `${encodeURIComponent(cookie.name ?? '')}=${encodeURIComponent(cookie.value ?? '')}`,
    seconds === undefined ? undefined : `Expires=${new Date(seconds * 1000).toUTCString()}`,
    cookie.maxAge?.value === undefined ? undefined : `Max-Age=${Math.trunc(cookie.maxAge.value)}`,
    cookie.domain?.value ? `Domain=${cookie.domain.value}` : undefined,
    cookie.path?.value ? `Path=${cookie.path.value}` : undefined,
    cookie.secure?.value ? 'Secure' : undefined,
    sameSite ? `SameSite=${sameSite}` : undefined,
    cookie.httpOnly?.value ? 'HttpOnly' : undefined,
  ];
  return attributes.filter((attribute) => attribute !== undefined).join('; ');
}
