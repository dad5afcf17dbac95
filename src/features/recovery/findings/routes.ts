/** The routes of what people take note of: lost keys, and restores past the app. */
import { z } from 'zod';
import { defineRoute, NOTHING, type RouteCall } from '../../../core/route.ts';
import { type Caller, READERS, ROLES, requireCaller, requirePerson } from '../access/caller.ts';
import { EndBody } from '../model/asking.ts';
import { BreakGlassBody } from '../model/break-glass.ts';
import { FindingId, type Findings, FindingView } from './findings.ts';

/** What these routes work with. */
interface FindingsApp {
  readonly findings: Findings;
  passGate(): Promise<void>;
}

const list = defineRoute(
  {
    ...NOTHING,
    name: 'findings',
    operation: 'listFindings',
    method: 'GET',
    path: 'findings',
    summary: 'List the keys that are lost',
    roles: READERS,
    gated: true,
    answers: {
      200: {
        description: 'The lost keys, acknowledged or not',
        schema: z.strictObject({ items: z.array(FindingView) }),
      },
    },
  },
  async ({ app }: RouteCall<FindingsApp, Caller>) => ({
    status: 200,
    body: { items: await app.findings.list() },
  }),
);

const acknowledge = defineRoute(
  {
    ...NOTHING,
    name: 'findingAcknowledge',
    operation: 'acknowledgeFinding',
    method: 'POST',
    path: 'findings/{id}/acknowledgement',
    summary: 'Acknowledge that a key is lost',
    roles: [ROLES.approve],
    action: 'acknowledge',
    gated: true,
    params: z.object({ id: FindingId }),
    body: EndBody,
    answers: { 200: { description: 'The finding as it stands now', schema: FindingView } },
  },
  async (call: RouteCall<FindingsApp, Caller>, { params, body }) => {
    const caller = requireCaller(call);
    requirePerson(caller, ROLES.approve);
    return { status: 200, body: await call.app.findings.acknowledge(params.id, caller.actor, body.reason) };
  },
);

const breakGlass = defineRoute(
  {
    ...NOTHING,
    name: 'breakGlass',
    operation: 'noteBreakGlass',
    method: 'POST',
    path: 'break-glass',
    summary: 'Note that people restore keys past the app: it is reported as that, and no longer as an attack',
    roles: [ROLES.approve],
    action: 'break-glass',
    gated: true,
    body: BreakGlassBody,
    answers: { 204: { description: 'Noted in the audit log' } },
  },
  async (call: RouteCall<FindingsApp, Caller>, { body }) => {
    const caller = requireCaller(call);
    requirePerson(caller, ROLES.approve);
    await call.app.findings.noteBreakGlass(body, caller.actor);
    return { status: 204 };
  },
);

/** By operation. */
export const FINDING_ROUTES = { list, acknowledge, breakGlass } as const;
