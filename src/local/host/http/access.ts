/** Decides whether a caller may call a function or an administrative path, from access keys. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Route } from './router.ts';

/** The keys of the app. Without a master key no key is asked for, as under `func start`. */
export interface AccessKeys {
  /** Opens everything. */
  readonly master?: string | undefined;
  /** Keys of single functions, by function name. */
  readonly functions?: Readonly<Record<string, string>> | undefined;
}

/**
 * Whether a request may call a function: the key comes in the header `x-functions-key` or the query parameter `code`
 * (learn.microsoft.com/azure/azure-functions/function-keys-how-to). The local runtime of Core Tools checks no keys
 * either (…/functions-bindings-http-webhook-trigger#http-auth).
 */
export function mayCall(
  route: Route,
  request: IncomingMessage,
  query: URLSearchParams,
  keys: AccessKeys,
): boolean {
  if (keys.master === undefined || route.authLevel === 'anonymous') return true;
  const given = keyOf(request, query);
  if (given === undefined) return false;
  if (isEqual(given, keys.master)) return true;
  const own = keys.functions?.[route.target.metadata.name];
  return route.authLevel === 'function' && own !== undefined && isEqual(given, own);
}

/**
 * Whether a request may use `/admin`. The official host wants the master key; here, when none is set, the loopback
 * address is enough, but only under a loopback host name, so that no web page can reach it by rebinding a name.
 */
export function mayAdminister(request: IncomingMessage, query: URLSearchParams, keys: AccessKeys): boolean {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(request.headers.host ?? '')) return false;
  if (keys.master === undefined) return true;
  const given = keyOf(request, query);
  return given !== undefined && isEqual(given, keys.master);
}

function keyOf(request: IncomingMessage, query: URLSearchParams): string | undefined {
  const header = request.headers['x-functions-key'];
  return typeof header === 'string' ? header : (query.get('code') ?? undefined);
}

function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
