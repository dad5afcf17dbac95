/** The routes by which people decide on HSMs that a discovery has found. */
import { z } from 'zod';
import { HsmName } from '../../../core/model/names.ts';
import { defineRoute, NOTHING, type RouteCall } from '../../../core/route.ts';
import { type FleetDesk, FleetHsmView } from '../../fleet/decide.ts';
import { type Caller, ROLES, requireCaller, requirePerson } from '../access/caller.ts';
import { EndBody } from '../model/asking.ts';

/** What these routes work with. */
interface FleetRoutesApp {
  readonly fleet: FleetDesk;
  passGate(): Promise<void>;
}

const COMMON = {
  ...NOTHING,
  method: 'POST',
  roles: [ROLES.approve],
  action: 'acknowledge',
  gated: true,
  params: z.object({ name: HsmName }),
  body: EndBody,
  answers: { 200: { description: 'The HSM as it stands now', schema: FleetHsmView } },
} as const;

const exclude = defineRoute(
  {
    ...COMMON,
    name: 'hsmExclude',
    operation: 'excludeHsm',
    path: 'fleet/{name}/exclusion',
    summary: 'Decide that an HSM which was found need not be protected: it is not reported any more',
  },
  async (call: RouteCall<FleetRoutesApp, Caller>, { params, body }) => {
    const caller = requireCaller(call);
    requirePerson(caller, ROLES.approve);
    const hsm = await call.app.fleet.decide('excluded', params.name, caller.actor, body.reason);
    return { status: 200, body: hsm };
  },
);

const add = defineRoute(
  {
    ...COMMON,
    name: 'hsmAdd',
    operation: 'addHsm',
    path: 'fleet/{name}/addition',
    summary:
      'Decide that an HSM which was found is protected, where decisions are sealed; it is no longer excluded',
  },
  async (call: RouteCall<FleetRoutesApp, Caller>, { params, body }) => {
    const caller = requireCaller(call);
    requirePerson(caller, ROLES.approve);
    const hsm = await call.app.fleet.decide('added', params.name, caller.actor, body.reason);
    return { status: 200, body: hsm };
  },
);

/** By operation. */
export const FLEET_ROUTES = { exclude, add } as const;
