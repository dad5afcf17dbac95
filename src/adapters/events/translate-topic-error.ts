/** Turns what the SDK throws for an Event Grid topic into the product's error. */
import { definedOnly } from '../../core/defined-only.ts';
import { abortReason, WardenError, type WardenErrorCode } from '../../core/errors.ts';
import { type Fault, readFault, reasonOf, TOKEN_ADVICE } from '../http/fault.ts';

const ADVICE: Partial<Record<WardenErrorCode, string>> = {
  'topic-token-unavailable': TOKEN_ADVICE,
  'topic-unreachable': "Check the topic's URL and its network rules. Nothing is lost: events wait.",
  'topic-throttled': 'Nothing is lost: events wait for the next scan.',
  'topic-unavailable':
    'Nothing is lost: events wait. If it goes on, look at the health of Event Grid in Azure.',
  'topic-forbidden':
    "Assign the role EventGrid Data Sender on the topic to the product's identity, and check the topic's network rules.",
  'topic-refused': 'The topic must be made for the CloudEvents 1.0 schema.',
};

/** The engine's error for whatever `error` is. `now`: epoch milliseconds. */
export function translateTopicError(
  error: unknown,
  signal: AbortSignal | undefined,
  now: number,
): WardenError {
  if (error instanceof WardenError && !signal?.aborted) return error;
  const fault = readFault(error, signal, now);
  const code = codeOf(fault);
  const advice = ADVICE[code];
  const message = `Could not publish events: ${reasonOf(fault, error, 'the topic')}.`;
  if (code === 'aborted') return abortReason(signal, message);
  return new WardenError(code, {
    message,
    cause: error,
    ...definedOnly({ advice }),
    ...(fault.kind === 'answer' && fault.retryAfterMs !== undefined
      ? { retryAfterMs: fault.retryAfterMs }
      : {}),
  });
}

function codeOf(fault: Fault): WardenErrorCode {
  switch (fault.kind) {
    case 'aborted':
      return 'aborted';
    case 'timeout':
    case 'no-connection':
      return 'topic-unreachable';
    case 'no-token':
      return 'topic-token-unavailable';
    case 'foreign-challenge':
      return 'topic-forbidden';
    case 'unexpected':
      return 'topic-unavailable';
    case 'answer':
      return codeOfStatus(fault.status);
  }
}

/**
 * https://learn.microsoft.com/azure/event-grid/post-to-custom-topic#response: only 400 and 413 are about the events
 * themselves; a wrong URL (404) is a setting to correct, so the events wait for it.
 */
function codeOfStatus(status: number): WardenErrorCode {
  if (status === 400 || status === 413) return 'topic-refused';
  if (status === 429) return 'topic-throttled';
  if (status === 401 || status === 403) return 'topic-forbidden';
  return status === 404 || status === 410 ? 'topic-unreachable' : 'topic-unavailable';
}
