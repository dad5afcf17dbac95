/** Reads what went wrong out of the errors of the Azure SDKs, whatever service they came from. */

import { isRestError, type RestError } from '@azure/core-rest-pipeline';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import { cutText } from '../../core/model/plain-text.ts';

/** What kind of trouble an SDK's error is. */
export type Fault =
  /** The caller gave up. */
  | { readonly kind: 'aborted' }
  /** No answer within the time allowed. */
  | { readonly kind: 'timeout' }
  /** No connection: refused, reset, name not found, certificate not trusted. `code` as of Node or the SDK. */
  | { readonly kind: 'no-connection'; readonly code: string }
  /** No token could be had: the endpoint of the identity may only be busy. */
  | { readonly kind: 'no-token' }
  /** The service asks for a token of another audience than it may have: none is sent. */
  | { readonly kind: 'foreign-challenge' }
  /** The service answered with an error. `code` and `message` are the service's own. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly retryAfterMs?: number;
    }
  /** Anything else: an answer the SDK could not read, or a fault of its own. */
  | { readonly kind: 'unexpected' };

/** No token came within the time allowed. */
export class TokenTimeoutError extends Error {
  override readonly name = 'TokenTimeoutError';

  constructor(limitMs: number, cause: unknown) {
    super(`no token came within ${limitMs / 1000} s`, { cause });
  }
}

/** Names of the errors of `@azure/identity`, and of core-auth where no credential could be used. */
const TOKEN_ERRORS = new Set([
  'TokenTimeoutError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'AggregateAuthenticationError',
  'CredentialUnavailableError',
]);

/** The SDK's verification of a challenge throws a plain Error that begins so. */
const CHALLENGE_ERROR = /^The challenge /;

/** What to do when there is no token, whatever it was for. */
export const TOKEN_ADVICE =
  'Wait; if it goes on, check that the identity exists and that its endpoint answers on this machine.';

/** The SDK's code for an answer that it could not parse. */
const UNPARSED = 'PARSE_ERROR';

/** `error`, unless it quotes the body of an answer, which may be a key backup: that goes into no message, cause or log. */
export function withoutBody(error: unknown): unknown {
  if (!isRestError(error) || error.code !== UNPARSED) return error;
  return new Error(`the body of the answer (status ${error.statusCode ?? 'unknown'}) could not be parsed`);
}

/** Classifies `error`; `signal` is the caller's own, to distinguish giving up from running out of time; `now` in epoch milliseconds. */
export function readFault(error: unknown, signal: AbortSignal | undefined, now: number): Fault {
  if (signal?.aborted) return { kind: 'aborted' };
  if (!(error instanceof Error)) return { kind: 'unexpected' };
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return { kind: 'timeout' };
  if (TOKEN_ERRORS.has(error.name)) return { kind: 'no-token' };
  if (CHALLENGE_ERROR.test(error.message)) return { kind: 'foreign-challenge' };
  if (!isRestError(error)) return { kind: 'unexpected' };
  if (error.code === UNPARSED && (error.statusCode ?? 0) < 400) return { kind: 'unexpected' };
  if (error.statusCode === undefined) {
    if (error.code === undefined) return { kind: 'unexpected' };
    return { kind: 'no-connection', code: error.code };
  }
  const retryAfterMs = readRetryAfter(error, now);
  return {
    kind: 'answer',
    status: error.statusCode,
    code: serviceCodeOf(error),
    // What could not be parsed is quoted in the SDK's message: it goes nowhere.
    message: error.code === UNPARSED ? '' : error.message,
    ...definedOnly({ retryAfterMs }),
  };
}

/** The cause in a word or two. */
export function briefOf(fault: Fault): string {
  switch (fault.kind) {
    case 'aborted':
      return 'interrupted';
    case 'timeout':
      return 'no answer';
    case 'no-connection':
      return fault.code;
    case 'no-token':
      return 'no token';
    case 'foreign-challenge':
      return 'asked for another token';
    case 'answer':
      return String(fault.status);
    case 'unexpected':
      return 'an answer that was not understood';
  }
}

/** The service's own code, where it said one; an answer without a body, as to a HEAD, has the storage's in a header. */
export function serviceCodeOf({ code, response }: RestError): string {
  const said = code === UNPARSED ? undefined : code;
  return said ?? response?.headers.get('x-ms-error-code') ?? '';
}

/** Why it failed, in words; `service` is who answered, and `error` what the SDK threw, without any body. */
export function reasonOf(fault: Fault, error: unknown, service: string): string {
  switch (fault.kind) {
    case 'aborted':
      return 'the operation was aborted';
    case 'timeout':
      return 'no answer in time';
    case 'no-connection':
      return `no connection (${fault.code})`;
    case 'no-token':
      return 'no token could be had';
    case 'foreign-challenge':
      return 'it asked for a token of another audience';
    case 'answer':
      return `${service} answered ${[fault.status, fault.code].join(' ').trimEnd()}${ownWords(fault.message)}`;
    case 'unexpected':
      return error instanceof Error ? error.message.replace(/\.$/, '') : 'the answer was not understood';
  }
}

/** Why a call failed that an SDK made, in a word: `503`, `ECONNREFUSED`, `no answer`. */
export function failureWord(error: unknown): string {
  return error instanceof WardenError ? statusWord(error) : briefOf(readFault(error, undefined, 0));
}

/** Why a try failed, in a word: the status of the answer, or the code of a failure without one. */
export function statusWord(error: unknown): string {
  if (!(error instanceof WardenError)) return 'failed';
  const { cause } = error;
  return isRestError(cause) && cause.statusCode !== undefined ? String(cause.statusCode) : error.code;
}

/** More than this of a service's words is not read. */
const MOST_WORDS = 300;

/** What the service itself said, as one line: without its identifiers of the call and what could steer a terminal. */
function ownWords(message: string): string {
  const words = message
    .split('\n', 1)
    .join('')
    .replace(/\s*\(Activity ID: [^)]*\)\s*$/i, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .trim()
    .replace(/\.$/, '');
  if (words === '' || /^[[{<]/.test(words)) return '';
  const cut = cutText(words, MOST_WORDS);
  return `: ${cut.length < words.length ? `${cut}…` : cut}`;
}

/** Milliseconds to wait, from `retry-after-ms`, `x-ms-retry-after-ms` or `Retry-After` (seconds or a date, RFC 9110 section 10.2.3). */
export function parseRetryAfter(
  read: (header: string) => string | undefined,
  now: number,
): number | undefined {
  for (const header of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const text = read(header);
    if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  }
  const text = read('retry-after');
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function readRetryAfter(error: RestError, now: number): number | undefined {
  const headers = error.response?.headers;
  return headers === undefined ? undefined : parseRetryAfter((name) => headers.get(name), now);
}
