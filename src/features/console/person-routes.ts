/** The routes about who looks: how they sign in, what they may do, and what waits for them. */
import { defineRoute, NOTHING } from '../../core/route.ts';
import { isoTime } from '../../core/time.ts';
import { type Caller, READERS, ROLES, requireCaller } from '../recovery/access/caller.ts';
import { Inbox, Me, SignInConfig } from './model/people.ts';
import type { Call } from './route-call.ts';

const config = defineRoute(
  {
    ...NOTHING,
    name: 'consoleConfig',
    operation: 'consoleConfig',
    method: 'GET',
    path: 'console/config',
    summary: 'What a page needs to let somebody sign in; it holds no secret',
    roles: 'anybody',
    answers: { 200: { description: 'The configuration', schema: SignInConfig } },
  },
  async ({ app }: Call) => ({ status: 200, body: app.console.signIn }),
);

const me = defineRoute(
  {
    ...NOTHING,
    name: 'consoleMe',
    operation: 'whoAmI',
    method: 'GET',
    path: 'console/me',
    summary: 'Who calls, and what they may do',
    roles: READERS,
    gated: 'identity',
    answers: { 200: { description: 'The caller', schema: Me } },
  },
  async (call: Call) => ({ status: 200, body: meOf(requireCaller(call)) }),
);

const inbox = defineRoute(
  {
    ...NOTHING,
    name: 'consoleInbox',
    operation: 'readInbox',
    method: 'GET',
    path: 'console/inbox',
    summary: 'What waits for whoever asks, and until when',
    roles: READERS,
    gated: true,
    answers: { 200: { description: 'The items', schema: Inbox } },
  },
  async (call: Call) => ({
    status: 200,
    body: await call.app.console.inbox(call.app, requireCaller(call)),
  }),
);

/** By operation. */
export const PERSON_ROUTES = { config, me, inbox } as const;

function meOf({ actor, roles, groups, groupsUnknown, signIn }: Caller): Me {
  return {
    name: actor.name,
    id: actor.id,
    roles: [...roles],
    groups: [...groups],
    groupsUnknown: groupsUnknown === true,
    ...(signIn?.at === undefined ? {} : { signedInAt: isoTime(signIn.at) }),
    contexts: [...(signIn?.contexts ?? [])],
    can: {
      read: READERS.some((role) => roles.includes(role)),
      request: roles.includes(ROLES.request),
      approve: roles.includes(ROLES.approve),
      audit: roles.includes(ROLES.audit),
    },
  };
}
