/** Sends one request over https, to allowed hosts and addresses only, with a limit, and follows nobody elsewhere. */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Socket } from 'node:net';
import { definedOnly } from '../../../core/defined-only.ts';
import { WardenError } from '../../../core/errors.ts';
import { CALL_LIMITS_MS, withinLimits } from '../../http/call-limits.ts';
import { parseRetryAfter } from '../../http/fault.ts';
import { type OutgoingRules, requireAllowed, requireNamed, resolveAllowed } from './addresses.ts';
import { type Answer, unreachable } from './failures.ts';

/** More of an answer is not read. */
const MOST_ANSWER_BYTES = 16 * 1024;

/** What every request goes by. */
export interface OutgoingOptions extends OutgoingRules {
  /** PEM of the certificate authorities to trust in place of the usual ones. */
  readonly caPem?: string;
  readonly limitMs?: number;
  /** Epoch milliseconds, for dates in Retry-After. */
  readonly now: () => number;
}

/** One request that sends something. */
export interface Post {
  /** The channel, for whoever asks what is waited for. */
  readonly of: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

/** One request that asks for something. */
type Get = Omit<Post, 'body'>;

/** As {@link get}, with a body. */
export function post(options: OutgoingOptions, call: Post): Promise<Answer> {
  return ask(options, { method: 'POST', ...call });
}

/**
 * The answer, whatever its status. The request is sent only after the address at the other end of the connection was found to be
 * allowed. Fails with `channel-misconfigured`, `channel-unreachable`, or the reason of the signal.
 */
export function get(options: OutgoingOptions, call: Get): Promise<Answer> {
  return ask(options, { method: 'GET', ...call });
}

type Call = Get & Partial<Pick<Post, 'body'>> & { readonly method: 'GET' | 'POST' };

async function ask(options: OutgoingOptions, call: Call): Promise<Answer> {
  const url = parse(call.url);
  requireNamed(url.hostname, options);
  const limitMs = options.limitMs ?? CALL_LIMITS_MS.notification;
  try {
    return await withinLimits({ of: `the channel ${call.of}`, signal: call.signal, limitMs }, (signal) =>
      exchange(options, url, call, signal),
    );
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw unreachable(error);
  }
}

async function exchange(
  options: OutgoingOptions,
  url: URL,
  call: Call,
  signal: AbortSignal,
): Promise<Answer> {
  const { address, family } = await resolveAllowed(url.hostname, options);
  const headers = {
    'user-agent': 'hsm-warden',
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...call.headers,
    ...(call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sending = request(url, {
      method: call.method,
      headers,
      signal,
      agent: false,
      lookup: (_host, { all }, done) =>
        all ? done(null, [{ address, family }]) : done(null, address, family),
      ...definedOnly({ ca: options.caPem }),
    });
    sending.once('error', reject);
    sending.once('response', resolve);
    sending.once('socket', (socket) => {
      socket.once('secureConnect', () => {
        try {
          requireAllowed(url.hostname, addressOf(socket), options);
          sending.end(call.body);
        } catch (error) {
          sending.destroy(error instanceof Error ? error : undefined);
        }
      });
    });
  });
  const retryAfterMs = parseRetryAfter((name) => headerOf(response, name), options.now());
  const answer = { status: response.statusCode ?? 0, text: await textOf(response) };
  return { ...answer, ...definedOnly({ retryAfterMs }) };
}

/** A secret address that is none is never shown. */
function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') return url;
  throw new WardenError('channel-misconfigured', {
    message: 'The address of the channel is not an https URL.',
    advice: 'Put the whole address, as the service shows it, into the secret of the channel.',
    reason: 'no https URL',
  });
}

function addressOf({ remoteAddress = '' }: Socket): string {
  return remoteAddress.replace(/%.*$/, '');
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response) {
    pieces.push(piece);
    size += piece.length;
    // The status says all that counts.
    if (size > MOST_ANSWER_BYTES) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}
