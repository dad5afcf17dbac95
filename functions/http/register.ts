/** Registers routes: proves the caller, asks for the role, answers errors as problems, and has refusals audited. */
import {
  app,
  type HttpHandler,
  type HttpRequest,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions';
import { isWardenError } from '../../src/core/errors.ts';
import type { Actor } from '../../src/core/model/names.ts';
import type { Logger } from '../../src/core/ports.ts';
import type { Route } from '../../src/core/route.ts';
import { isoTime } from '../../src/core/time.ts';
import { type Authenticator, type Caller, requirePerson } from '../../src/features/recovery/access/caller.ts';
import type { Refusals } from '../../src/features/recovery/access/refusals.ts';
import { alwaysAnswered } from './always-answered.ts';
import { toProblem, toResponse } from './answer.ts';
import { toRawRequest } from './request.ts';
import { withinLimit } from './within.ts';

/** What stands before every route. */
export interface Guard {
  readonly authenticator: Authenticator;
  readonly refusals: Refusals;
  readonly logger: Logger;
  /** Fails with `gate-disarmed`. */
  passGate(): Promise<void>;
  /** As {@link Guard.passGate}, unless only the audit log is the reason. */
  passForReading(): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
  /** Whether the sign-in of `caller` is good enough for `action`. Fails with `step-up-required`, `sign-in-stale` or `sign-in-unproven`. */
  requireSignIn(caller: Caller, action: string): void;
}

/** Counts the work on an answer, so that a stop waits for it. */
type Track = <T>(work: () => Promise<T>) => Promise<T>;

/** Registers each of `routes` under `/api/`, which host.json leaves to the functions. `appFor` makes what a handler works with, for the log of one invocation. */
export function registerRoutes<App extends Guard>(
  routes: readonly Route<App, Caller>[],
  appFor: (context: InvocationContext) => App,
  track: Track = (work) => work(),
): void {
  for (const route of routes) {
    const { name, method, path } = route.spec;
    app.http(name, {
      methods: [method],
      authLevel: 'anonymous',
      route: `api/${path}`,
      handler: handlerOf(route, appFor, track),
    });
  }
}

function handlerOf<App extends Guard>(
  { spec, respond }: Route<App, Caller>,
  appFor: (context: InvocationContext) => App,
  track: Track,
): HttpHandler {
  const answer = async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    let guard: App | undefined;
    let known: Actor | undefined;
    try {
      const given = appFor(context);
      guard = given;
      const identify = (actor: Actor) => {
        known = actor;
      };
      const caller =
        spec.roles === 'anybody'
          ? undefined
          : await given.authenticator.authenticate(request.headers, request.method);
      if (caller !== undefined) identify(caller.actor);
      if (caller !== undefined && spec.roles !== 'anybody') requirePerson(caller, ...spec.roles);
      if (spec.gated === true) await given.passGate();
      if (spec.gated === 'identity') await given.passForReading();
      if (caller !== undefined && typeof spec.action === 'string') given.requireSignIn(caller, spec.action);
      const work = respond({ app: given, caller, request: toRawRequest(request), identify });
      const answered = await withinLimit(spec, work);
      // Pages count down by the app's clock, not by that of the machine that shows them.
      const headers = { ...answered.headers, 'warden-now': isoTime(given.now()) };
      return toResponse({ ...answered, headers });
    } catch (error) {
      await guard?.refusals.note(error, `${request.method} ${spec.name}`, known, guard.logger);
      const refused = toProblem(error, context.invocationId);
      if ((refused.status ?? 500) >= 500) {
        const code = isWardenError(error) ? error.code : 'internal';
        const fields = { function: spec.name, code, error };
        if (guard === undefined) context.error('request failed', fields);
        else guard.logger.error('request failed', fields);
      }
      return refused;
    }
  };
  return alwaysAnswered((request, context) => track(() => answer(request, context)));
}
