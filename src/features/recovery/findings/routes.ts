/** The routes of lost keys: list them, acknowledge one. */
import { z } from 'zod';
import { defineRoute, NOTHING, type RouteCall } from '../../../core/route.ts';
import { type Caller, READERS, ROLES, requireCaller, requirePerson } from '../access/caller.ts';
import { EndBody } from '../model/asking.ts';
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

/** By operation. */
export const FINDING_ROUTES = { list, acknowledge } as const;
