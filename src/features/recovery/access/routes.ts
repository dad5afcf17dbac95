/** The routes over the gate itself: whether it is armed, and the verdict over the audit log. */
import { z } from 'zod';
import { defineRoute, type HeaderReader, NOTHING, type RouteCall } from '../../../core/route.ts';
import { AuditVerdict } from '../../audit/verify-audit.ts';
import { type Authenticator, type Caller, READERS, ROLES, requirePerson } from './caller.ts';
import type { GateVerdict } from './gate-reports.ts';

/** What this route works with. */
interface HealthApp {
  readonly authenticator: Authenticator;
  /** What is wrong with the settings of single HSMs, a sentence each. */
  readonly settingFaults: readonly string[];
  gateVerdict(): Promise<GateVerdict>;
}

/** What the verdict works with. */
interface AuditApp {
  verifyAudit(full: boolean): Promise<AuditVerdict>;
}

const Problems = z.array(z.string()).exactOptional();

/** Anybody may ask whether; only why it is not armed needs a role. */
const Health = z.strictObject({
  status: z.enum(['armed', 'disarmed']),
  override: z.boolean(),
  problems: Problems.meta({ description: 'Why it is disarmed; only for people with a role' }),
  faultCount: z
    .int()
    .exactOptional()
    .meta({ description: 'HSMs and other entries of the settings that are not valid and stop nothing else' }),
  faults: Problems.meta({ description: 'What is wrong with them; only for people with a role' }),
});

/** What an app answers whose settings are not valid; it serves nothing else (functions/start.ts). */
const Misconfigured = z.strictObject({
  status: z.literal('misconfigured'),
  problemCount: z.int(),
  problems: Problems.meta({ description: 'What is wrong with the settings; only for people with a role' }),
});

const health = defineRoute(
  {
    ...NOTHING,
    name: 'health',
    operation: 'health',
    method: 'GET',
    path: 'health',
    summary: 'Whether the gate is armed',
    roles: 'anybody',
    answers: {
      200: { description: 'Armed', schema: Health },
      503: { description: 'Disarmed, or misconfigured', schema: z.union([Health, Misconfigured]) },
    },
  },
  async ({ app, request }: RouteCall<HealthApp, Caller>) => {
    const { armed, override, problems } = await app.gateVerdict();
    const { settingFaults: faults } = app;
    const known = await mayKnow(request.headers, app);
    const faulty = faults.length === 0 ? {} : { faultCount: faults.length, ...(known ? { faults } : {}) };
    const details = { ...(known ? { problems } : {}), ...faulty };
    return {
      status: armed ? 200 : 503,
      body: { status: armed ? 'armed' : 'disarmed', override, ...details },
    };
  },
);

/** Reading the whole log takes its time; the command line waits for a minute. */
const VERDICT_LIMIT_MS = 50_000;

const auditVerdict = defineRoute(
  {
    ...NOTHING,
    name: 'auditVerdict',
    operation: 'verifyAudit',
    method: 'GET',
    path: 'audit/verdict',
    summary: 'Verify the audit log from the last sealed checkpoint on, or all of it with `full=true`',
    query: z.strictObject({ full: z.enum(['true', 'false']).default('false') }),
    roles: [ROLES.audit],
    limitMs: VERDICT_LIMIT_MS,
    answers: { 200: { description: 'The verdict', schema: AuditVerdict } },
  },
  async ({ app }: RouteCall<AuditApp, Caller>, { query }) => ({
    status: 200,
    body: await app.verifyAudit(query.full === 'true'),
  }),
);

/** By operation. */
export const GATE_ROUTES = { health, auditVerdict } as const;

/** A disarmed gate must be explained to those who can repair it, as far as their token can be verified. */
async function mayKnow(headers: HeaderReader, { authenticator }: HealthApp): Promise<boolean> {
  if (headers.get('authorization') === null) return false;
  requirePerson(await authenticator.authenticate(headers, 'GET'), ...READERS);
  return true;
}
