/** What an answer, or the lack of one, means for a message. */

import { definedOnly } from '../../../core/defined-only.ts';
import { WardenError } from '../../../core/errors.ts';

/** An answer of a service, with as much of its text as is needed. */
export interface Answer {
  readonly status: number;
  readonly retryAfterMs?: number;
  readonly text: string;
}

/**
 * Statuses that say that the address or its secret is wrong: also every redirection, for what is sent here is sent nowhere
 * else.
 */
const MISCONFIGURED: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 407, 410, 421, 426]);
/** Troubles of the service that are not in the five hundreds. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 423, 425]);

/** Fails unless the service took the message: by the codes of the port. The text of the answer goes nowhere. */
export function requireAccepted({ status, retryAfterMs }: Answer): void {
  if (status >= 200 && status < 300) return;
  const facts = { reason: String(status), ...definedOnly({ retryAfterMs }) };
  if (status === 429) {
    throw new WardenError('channel-throttled', {
      message: 'The service of the channel asks for less.',
      ...facts,
    });
  }
  if (status >= 500 || PASSING.has(status)) {
    throw new WardenError('channel-unavailable', {
      message: `The service of the channel answered ${status}.`,
      ...facts,
    });
  }
  if (status < 400 || MISCONFIGURED.has(status)) {
    throw new WardenError('channel-misconfigured', {
      message: `The service of the channel answered ${status}: its address or secret is not valid, or leads elsewhere.`,
      advice: 'Make a new address at the service and put it into the secret of the channel.',
      ...facts,
    });
  }
  throw new WardenError('channel-refused', {
    message: `The service of the channel refused the message with ${status}.`,
    advice:
      'It is not sent again. If others are refused, too, compare the channel with docs/notifications.md.',
    ...facts,
  });
}

/** No answer came: why in a word, without the words of the error, in which the address may be. */
export function unreachable(error: unknown): WardenError {
  if (error instanceof WardenError) return error;
  return new WardenError('channel-unreachable', {
    message: 'The service of the channel could not be reached.',
    advice: 'Look at the network of the app, and at the state of the service.',
    reason: wordOf(error),
  });
}

function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection';
  if (error.name === 'TimeoutError') return 'no answer';
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'no connection';
}
