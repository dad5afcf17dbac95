// Carries out what was decided about a request: the refusals before its work, and what happens to its answer.
import { serviceErrors, unproven } from '../errors.ts';
import type { WireAnswer } from '../wire/exchange.ts';
import type { FaultDecision } from './rules.ts';

type Spoiling = FaultDecision['fault'];

/** Refuses before any work is done, or lets the request pass. Throws ServiceError 429, 500 or 503. */
export function refuseByFault(fault: Spoiling): void {
  if (fault?.type === 'throttled') throw unproven('throttled');
  if (fault?.type === 'error') throw fault.status === 503 ? unproven('unavailable') : serviceErrors.unknown();
  // The caller never sees this one: the connection is reset instead.
  if (neverArrives(fault)) throw serviceErrors.unknown();
}

/** Whether the request is lost on its way, so that the service knows nothing of it. */
export function neverArrives(fault: Spoiling): boolean {
  return fault?.type === 'reset' && fault.when === 'before';
}

/** The answer as it goes out under a fault. */
export function spoiledAnswer(answer: WireAnswer, fault: Spoiling): WireAnswer {
  switch (fault?.type) {
    case 'reset':
      return { ...answer, delivery: 'reset' };
    case 'truncated':
      return { ...answer, delivery: 'truncated' };
    case 'throttled':
      return fault.retryAfterSeconds === undefined
        ? answer
        : { ...answer, headers: { ...answer.headers, 'retry-after': String(fault.retryAfterSeconds) } };
    default:
      return answer;
  }
}
