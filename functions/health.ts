/** `GET /api/health`: whether the gate is armed. Anybody may ask; only why it is not needs a role. */
import { app, type HttpRequest } from '@azure/functions';
import { ROLES, requirePerson } from '../src/features/recovery/access/caller.ts';
import type { RecoveryApp } from '../src/features/recovery/app.ts';
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
