/** Stands before every route of the recovery: proves the caller, asks for the role, notes refusals, answers errors. */
import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { isWardenError } from '../src/core/errors.ts';
import { type Caller, type Role, requirePerson } from '../src/features/recovery/access/caller.ts';
import type { RecoveryApp } from '../src/features/recovery/app.ts';
import type { Actor } from '../src/features/recovery/model/record.ts';
import { problem } from './http.ts';

/** The recovery for the log of one invocation. */
export type AppForInvocation = (context: InvocationContext) => RecoveryApp;

/** What a route is given. */
export interface Guarded {
  readonly app: RecoveryApp;
  readonly caller: Caller;
  readonly request: HttpRequest;
}

/** A handler that is reached only by a person with one of `roles`. */
export function guarded(
  appFor: AppForInvocation,
  roles: readonly Role[],
  work: (given: Guarded) => Promise<HttpResponseInit>,
): HttpHandler {
  return answered(appFor, async (request, app, tell) => {
    const caller = await app.authenticator.authenticate(request.headers, request.method);
    tell(caller.actor);
    requirePerson(caller, ...roles);
    return work({ app, caller, request });
  });
}

/** A handler whose errors become problem answers and whose refusals are audited. */
export function answered(
  appFor: AppForInvocation,
  work: (request: HttpRequest, app: RecoveryApp, tell: (caller: Actor) => void) => Promise<HttpResponseInit>,
): HttpHandler {
  return alwaysAnswered(async (request, context) => {
    const app = appFor(context);
    let caller: Actor | undefined;
    try {
      return await work(request, app, (known) => {
        caller = known;
      });
    } catch (error) {
      await app.refusals.note(error, `${request.method} ${context.functionName}`, caller, app.logger);
      const answer = problem(error, context);
      if ((answer.status ?? 500) >= 500) {
        const code = isWardenError(error) ? error.code : 'internal';
        app.logger.error('request failed', { function: context.functionName, code, error });
      }
      return answer;
    }
  });
}

/**
 * A handler that never throws. With HTTP streams the host would send no answer at all: the caller would wait for nothing.
 * Every HTTP function is wrapped in it; what ends here is a fault of ours.
 */
export function alwaysAnswered(
  handler: (request: HttpRequest, context: InvocationContext) => HttpResponseInit | Promise<HttpResponseInit>,
): HttpHandler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      context.error('request failed', { function: context.functionName, error: String(error) });
      return problem(error, context);
    }
  };
}
