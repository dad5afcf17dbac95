/** The routes about keys: whether all are safe, which there are, and what happened to one. */
import { z } from 'zod';
import { canonicalDigest } from '../../core/canonical-json.ts';
import { HsmName, KeyName } from '../../core/model/names.ts';
import { defineRoute, NOTHING, type RouteAnswer } from '../../core/route.ts';
import { wellFormedJson } from '../../core/well-formed.ts';
import { READERS } from '../recovery/access/caller.ts';
import { KeyQuery } from './key-list.ts';
import { Home } from './model/home.ts';
import { KeyPage, KeyStory } from './model/keys.ts';
import type { Call } from './route-call.ts';

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
    const etag = `"${canonicalDigest(wellFormedJson(rest)).slice(0, 32)}"`;
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

/** By operation. */
export const KEY_ROUTES = { home, keys, key } as const;
