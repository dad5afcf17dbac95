/** The routes of incidents: list those that last, acknowledge one. */
import { z } from 'zod';
import { defineRoute, NOTHING, type RouteCall } from '../../../core/route.ts';
import { type Caller, READERS, ROLES, requireCaller, requirePerson } from '../access/caller.ts';
import { EndBody } from '../model/asking.ts';
import { IncidentId, type Incidents, IncidentView } from './incidents.ts';

/** What these routes work with. */
interface IncidentsApp {
  readonly incidents: Incidents;
  passGate(): Promise<void>;
}

const list = defineRoute(
  {
    ...NOTHING,
    name: 'incidents',
    operation: 'listIncidents',
    method: 'GET',
    path: 'incidents',
    summary: 'List the open incidents that people are reminded of',
    roles: READERS,
    gated: true,
    answers: {
      200: {
        description: 'The open incidents that last, acknowledged or not',
        schema: z.strictObject({ items: z.array(IncidentView) }),
      },
    },
  },
  async ({ app }: RouteCall<IncidentsApp, Caller>) => ({
    status: 200,
    body: { items: await app.incidents.list() },
  }),
);

const acknowledge = defineRoute(
  {
    ...NOTHING,
    name: 'incidentAcknowledge',
    operation: 'acknowledgeIncident',
    method: 'POST',
    path: 'incidents/{id}/acknowledgement',
    summary: 'Acknowledge an incident, so that it is not repeated',
    roles: [ROLES.approve],
    action: 'acknowledge',
    gated: true,
    params: z.object({ id: IncidentId }),
    body: EndBody,
    answers: { 200: { description: 'The incident as it stands now', schema: IncidentView } },
  },
  async (call: RouteCall<IncidentsApp, Caller>, { params, body }) => {
    const caller = requireCaller(call);
    requirePerson(caller, ROLES.approve);
    return { status: 200, body: await call.app.incidents.acknowledge(params.id, caller.actor, body.reason) };
  },
);

/** By operation. */
export const INCIDENT_ROUTES = { list, acknowledge } as const;
