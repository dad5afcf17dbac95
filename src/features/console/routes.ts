/** The routes of the console: what its pages need, paged and bounded. */
import { z } from 'zod';
import { canonicalDigest } from '../../core/canonical-json.ts';
import { HsmName, KeyName } from '../../core/model/names.ts';
import { defineRoute, NOTHING, type RouteAnswer, type RouteCall } from '../../core/route.ts';
import { isoTime } from '../../core/time.ts';
import { type Caller, READERS, ROLES, requireCaller } from '../recovery/access/caller.ts';
import { AuditPage, AuditQuery } from './audit-search.ts';
import type { Console, ConsoleRecovery } from './console.ts';
import { KeyQuery, Offset } from './key-list.ts';
import { DrillPage } from './model/drills.ts';
import { Home } from './model/home.ts';
import { KeyPage, KeyStory } from './model/keys.ts';
import { Night, NightDetail } from './model/nights.ts';
import { InboxItem, Me, SignInConfig } from './model/people.ts';
import { SettingsView } from './model/settings.ts';

/** What these routes work with. */
export interface ConsoleApp extends ConsoleRecovery {
  readonly console: Console;
}
type Call = RouteCall<ConsoleApp, Caller>;

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

const home = defineRoute(
  {
    ...NOTHING,
    name: 'consoleHome',
    operation: 'consoleHome',
    method: 'GET',
    path: 'console/home',
    summary: 'Say whether every key is safe, from the summaries of the last scans',
    roles: READERS,
    gated: 'identity',
    headers: z.object({ 'if-none-match': z.string().exactOptional() }),
    answers: {
      200: { description: 'The home page', schema: Home },
      304: { description: 'Nothing but the time has changed' },
    },
  },
  async ({ app }: Call, { headers }): Promise<RouteAnswer> => {
    const body = await app.console.home(app);
    const { now: _now, ...rest } = body;
    const etag = `"${canonicalDigest(JSON.parse(JSON.stringify(rest))).slice(0, 32)}"`;
    const tags = (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    return tags.includes(etag)
      ? { status: 304, headers: { etag } }
      : { status: 200, body, headers: { etag } };
  },
);

const keys = defineRoute(
  {
    ...NOTHING,
    name: 'consoleKeys',
    operation: 'searchKeys',
    method: 'GET',
    path: 'console/keys',
    summary: 'Search the keys of all HSMs, as the last scans saw them',
    roles: READERS,
    gated: 'identity',
    query: KeyQuery,
    answers: { 200: { description: 'A page of keys', schema: KeyPage } },
  },
  async ({ app }: Call, { query }) => ({ status: 200, body: await app.console.keys(app, query) }),
);

const key = defineRoute(
  {
    ...NOTHING,
    name: 'consoleKey',
    operation: 'tellKey',
    method: 'GET',
    path: 'console/key',
    summary: 'What happened to one key',
    roles: READERS,
    gated: 'identity',
    query: z.strictObject({ hsm: HsmName, key: KeyName }),
    answers: { 200: { description: 'The key and its line of time', schema: KeyStory } },
  },
  async ({ app }: Call, { query }) => ({ status: 200, body: await app.console.key(app, query) }),
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
    answers: {
      200: { description: 'The items', schema: z.strictObject({ items: z.array(InboxItem) }) },
    },
  },
  async (call: Call) => ({
    status: 200,
    body: { items: await call.app.console.inbox(call.app, requireCaller(call)) },
  }),
);

const nights = defineRoute(
  {
    ...NOTHING,
    name: 'consoleNights',
    operation: 'listNights',
    method: 'GET',
    path: 'console/nights',
    summary: 'List the runs by day, newest first',
    roles: READERS,
    gated: 'identity',
    query: z.strictObject({
      days: z.coerce.number().int().min(1).max(90).default(30),
      before: z.iso.date().exactOptional(),
    }),
    answers: {
      200: {
        description: 'The nights; `next` is the day to go on before',
        schema: z.strictObject({ items: z.array(Night), next: z.iso.date() }),
      },
    },
  },
  async ({ app }: Call, { query: { days, before } }) => ({
    status: 200,
    body: await app.console.nights(days, before),
  }),
);

const night = defineRoute(
  {
    ...NOTHING,
    name: 'consoleNight',
    operation: 'readNight',
    method: 'GET',
    path: 'console/night',
    summary: 'One run with its keys, and its failures by cause',
    roles: READERS,
    gated: 'identity',
    query: z.strictObject({
      hsm: HsmName,
      runId: z.string().regex(/^[0-9A-Za-z-]{1,80}$/, 'expected the id of a run'),
      outcome: z
        .enum(['backed-up', 'unchanged', 'skipped', 'vanished', 'refused', 'failed', 'trouble'])
        .exactOptional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      next: Offset,
    }),
    answers: { 200: { description: 'The run', schema: NightDetail } },
  },
  async ({ app }: Call, { query: { next, outcome, ...rest } }) => ({
    status: 200,
    body: await app.console.night({
      ...rest,
      offset: Number(next ?? 0),
      ...(outcome === undefined ? {} : { outcome }),
    }),
  }),
);

const drills = defineRoute(
  {
    ...NOTHING,
    name: 'consoleDrills',
    operation: 'listDrills',
    method: 'GET',
    path: 'console/drills',
    summary: 'Say what restore drills have proven, key by key; what failed comes first',
    roles: READERS,
    gated: 'identity',
    query: z.strictObject({
      hsm: HsmName.exactOptional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      next: Offset,
    }),
    answers: { 200: { description: 'A page of drilled keys', schema: DrillPage } },
  },
  async ({ app }: Call, { query: { next, hsm, limit } }) => ({
    status: 200,
    body: await app.console.drills({
      limit,
      offset: Number(next ?? 0),
      ...(hsm === undefined ? {} : { hsm }),
    }),
  }),
);

const audit = defineRoute(
  {
    ...NOTHING,
    name: 'consoleAudit',
    operation: 'searchAudit',
    method: 'GET',
    path: 'console/audit',
    summary: 'Search the audit log, newest first; lines are as they are stored',
    roles: [ROLES.audit],
    gated: 'identity',
    query: AuditQuery,
    answers: { 200: { description: 'A page of lines', schema: AuditPage } },
  },
  async ({ app }: Call, { query }) => ({ status: 200, body: await app.console.audit(query) }),
);

const settings = defineRoute(
  {
    ...NOTHING,
    name: 'consoleSettings',
    operation: 'readSettings',
    method: 'GET',
    path: 'console/settings',
    summary: 'What is protected and configured; secrets are left out',
    roles: READERS,
    gated: 'identity',
    answers: { 200: { description: 'The settings of the recovery app', schema: SettingsView } },
  },
  async ({ app }: Call) => ({ status: 200, body: await app.console.settings(app) }),
);

/** By operation. */
export const CONSOLE_ROUTES = {
  config,
  me,
  home,
  keys,
  key,
  inbox,
  nights,
  night,
  drills,
  audit,
  settings,
} as const;

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
