// The version of the API that a request names.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { codeOf } from '../rbac/role-calls.ts';
import { raw } from '../support/emulator.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ seedKeys: 3 });
});
afterAll(() => emulator.close());

const ROLES = '/providers/Microsoft.Authorization/roleDefinitions';

test.each(['7.0', '7.4', '7.6-PREVIEW.2', '7.6', '2025-07-01'])('%s is answered', async (version) => {
  const answer = await raw(emulator, 'GET', `/keys/seed-00001?api-version=${version}`);
  expect(answer.status).toBe(200);
});

test.each([
  '/keys/seed-00001',
  '/keys',
  '/keys?maxresults=2',
  '/deletedkeys',
  '/keys/seed-00001?api-version=',
])('%s without one is refused', async (path) => {
  const answer = await raw(emulator, 'GET', path);
  expect(codeOf(answer)).toEqual([400, 'BadParameter', 'api-version is missing']);
});

test.each(['7', '7.99', '2016-10-01', 'latest'])('%s is refused', async (version) => {
  const answer = await raw(emulator, 'GET', `/keys/seed-00001?api-version=${version}`);
  expect(codeOf(answer)).toEqual([400, 'BadParameter', `api-version '${version}' is not supported`]);
});

test('a refused request changes nothing', async () => {
  await raw(emulator, 'DELETE', '/keys/seed-00002?api-version=1');
  expect(emulator.state.key('seed-00002')).not.toHaveProperty('deletion');
});

test.each([ROLES, '/keys/providers/Microsoft.Authorization/roleAssignments'])(
  'role operations such as %s need none (recorded)',
  async (path) => {
    expect((await raw(emulator, 'GET', path)).status).toBe(200);
    expect((await raw(emulator, 'GET', `${path}?api-version=nonsense`)).status).toBe(400);
  },
);

test('the link to the next page has none and is answered (recorded)', async () => {
  const { json } = await raw(emulator, 'GET', '/keys?api-version=7.4&maxresults=2');
  const { nextLink } = z.object({ nextLink: z.string() }).parse(json);
  const { pathname, search, searchParams } = new URL(nextLink);
  expect(searchParams.has('api-version')).toBe(false);
  const next = await raw(emulator, 'GET', `${pathname}${search}`);
  expect(next.json).toMatchObject({ value: [{ kid: `${emulator.url}/keys/seed-00003` }] });
});
