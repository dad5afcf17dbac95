/** Calls the API with the token of the person who is signed in. */
import type { Session } from '../session/entrance.ts';
import { noteAppTime } from './clock.ts';
import { ApiProblem, challengeIn } from './problem.ts';
import { tokenOf } from './token.ts';

/** Calls wait this long for an answer, in milliseconds; the app ends a read earlier, and says so. */
export const PATIENCE_MS = 30_000;

/** One call. */
export interface Call {
  readonly method?: 'GET' | 'POST';
  /** Below `/api/`, encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait where the app may take longer, in milliseconds. */
  readonly patienceMs?: number;
}

/** What came back. `value` is absent when nothing changed (304). */
export interface Answer<T> {
  readonly status: number;
  readonly value?: T;
  readonly etag?: string;
}

/** The API, as one person may use it. */
export interface Api {
  readonly session: Session;
  /** Sends one call. Fails with {@link ApiProblem}. */
  send<T>(call: Call): Promise<Answer<T>>;
  /** As `send`, for an answer that must have a body. */
  get<T>(path: string, query?: Call['query'], signal?: AbortSignal): Promise<T>;
}

/** The API for a session. */
export function apiOf(session: Session): Api {
  async function send<T>(call: Call): Promise<Answer<T>> {
    const token = await tokenOf(session, call.signal, PATIENCE_MS);
    const response = await fetched(call, token);
    noteAppTime(Date.parse(response.headers.get('warden-now') ?? response.headers.get('date') ?? ''));
    if (response.status === 304) return { status: 304 };
    const body = await parsed(response);
    if (!response.ok) throw problemIn(response, body);
    const etag = response.headers.get('etag');
    // Client and app are deployed together: the answer has the type of its route.
    return { status: response.status, value: body as T, ...(etag === null ? {} : { etag }) };
  }
  async function get<T>(path: string, query?: Call['query'], signal?: AbortSignal): Promise<T> {
    const { value, status } = await send<T>({ path, ...(query === undefined ? {} : { query }), signal });
    if (value === undefined) throw strange(status);
    return value;
  }
  return { session, send, get };
}

async function fetched(
  { method = 'GET', path, query = {}, body, headers, signal, patienceMs = PATIENCE_MS }: Call,
  token: string,
) {
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(set).toString();
  const limit = AbortSignal.timeout(patienceMs);
  try {
    return await fetch(`/api/${path}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Conditions are ours to make: the browser's cache must not answer.
      cache: 'no-store',
      redirect: 'error',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new ApiProblem({
      status: 0,
      code: 'no-answer',
      message: limit.aborted
        ? `There was no answer within ${patienceMs / 1000} seconds.`
        : 'The app could not be reached.',
      ...noAnswer(method),
    });
  }
}

/** What to know without an answer. Whether a read is tried again, the page says where it does. */
function noAnswer(method: string): { readonly advice?: string } {
  const words = [
    ...(navigator.onLine ? [] : ['This device is offline.']),
    ...(method === 'GET'
      ? []
      : ['Whether it was done is not known. Press again: what was done is not done twice.']),
  ];
  return words.length === 0 ? {} : { advice: words.join(' ') };
}

async function parsed(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw strange(response.status);
  }
}

function strange(status: number): ApiProblem {
  return new ApiProblem({
    status,
    code: 'answer-strange',
    message: `The answer ${status} cannot be understood.`,
    advice: 'Load the page again: the app may have been updated.',
  });
}

function problemIn(response: Response, body: unknown): ApiProblem {
  const facts = typeof body === 'object' && body !== null ? body : {};
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(facts, name);
    return typeof value === 'string' ? value : undefined;
  };
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiProblem({
    status: response.status,
    code: text('code') ?? 'unknown',
    message: text('title') ?? `The app answered ${response.status}.`,
    advice: text('detail'),
    retryAfterMs: Number.isFinite(after) ? after * 1000 : undefined,
    challenge: response.status === 401 ? challengeIn(response.headers.get('www-authenticate')) : undefined,
    body,
  });
}
