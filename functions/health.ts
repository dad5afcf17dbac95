/** `GET /api/health`: whether the gate is armed. Anybody may ask; only why it is not needs a role. */
import { app, type HttpRequest } from '@azure/functions';
import type { RecoveryApp } from '../src/engine/recovery/app.ts';
import { ROLES, requirePerson } from '../src/engine/recovery/caller.ts';
import { type AppForInvocation, answered } from './guard.ts';
import { json } from './http.ts';

/** Registers the health check. */
export function registerHealth(appFor: AppForInvocation): void {
  app.http('health', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'health',
    handler: answered(appFor, async (request, recovery) => {
      const verdict = await recovery.gateVerdict();
      const { armed, override } = verdict;
      const details = (await mayKnow(request, recovery)) ? { problems: verdict.problems } : {};
      return json(armed ? 200 : 503, { status: armed ? 'armed' : 'disarmed', override, ...details });
    }),
  });
}

/** A disarmed gate must be explained to those who can mend it, as far as their token can be verified. */
async function mayKnow(request: HttpRequest, recovery: RecoveryApp): Promise<boolean> {
  if (request.headers.get('authorization') === null) return false;
  const caller = await recovery.authenticator.authenticate(request.headers, request.method);
  requirePerson(caller, ROLES.read, ROLES.request, ROLES.approve, ROLES.audit);
  return true;
}
