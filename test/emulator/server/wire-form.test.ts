// The form of answers on the wire: headers, challenge, errors, order of members, odd paths, pages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { API, type RawAnswer, raw } from '../support/emulator.ts';

const ErrorBody = z.object({ error: z.strictObject({ code: z.string(), message: z.string() }) });
const List = z.strictObject({
  nextLink: z.string().optional(),
  value: z.array(z.object({ kid: z.string() })),
});

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ retentionDays: 7, limits: 'off' });
  for (const name of ['one', 'two', 'three']) {
    await raw(emulator, 'POST', `/keys/${name}/create?${API}`, { body: { kty: 'EC' } });
  }
});
afterAll(() => emulator.close());

function call(method: string, path: string, body?: unknown): Promise<RawAnswer> {
  return raw(emulator, method, path, body === undefined ? {} : { body });
}

describe('headers', () => {
  const ALWAYS = [
    'cache-control',
    'content-length',
    'content-security-policy',
    'content-type',
    'strict-transport-security',
    'x-content-type-options',
    'x-frame-options',
    'x-ms-request-id',
    'x-ms-server-latency',
  ];
  const SUCCESS = ['x-ms-keyvault-network-info', 'x-ms-keyvault-region'];
  const GET = ['x-ms-build-version'];

  test.each([
    ['GET', '/keys/one', undefined, 200, [...SUCCESS, ...GET]],
    ['GET', '/keys/absent', undefined, 404, GET],
    ['POST', '/keys/one/create', { kty: 'EC' }, 200, SUCCESS],
    ['POST', '/keys/one/create', { kty: 'oct', key_size: 64 }, 400, []],
    ['PATCH', '/keys/one', {}, 200, SUCCESS],
    ['DELETE', '/keys/absent', undefined, 404, []],
  ])('%s %s has those of its method and status', async (method, path, body, status, extra) => {
    const answer = await call(method, `${path}?${API}`, body);
    expect(answer.status).toBe(status);
    const names = Object.keys(answer.headers).filter((name) => !['connection', 'keep-alive'].includes(name));
    expect(names.sort()).toEqual([...ALWAYS, ...extra].sort());
  });

  test('the request id has the form of a time-based GUID', async () => {
    const { headers } = await call('GET', `/keys?${API}`);
    expect(headers['x-ms-request-id']).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});

describe('without a token', () => {
  test.each([
    ['GET', 'OK'],
    ['POST', ''],
    ['PUT', ''],
    ['PATCH', ''],
    ['DELETE', ''],
  ])('%s is challenged with the body "%s"', async (method, text) => {
    const answer = await raw(emulator, method, `/keys/one?${API}`, { token: null });
    expect(answer).toMatchObject({ status: 401, text });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer authorization="https://login.microsoftonline.com/${emulator.tenantId}", resource="https://managedhsm.azure.net"`,
    );
  });
});

describe('refusals', () => {
  const absent = (place: string) => `Key not found: HOST/${place}/absent`;
  test.each([
    ['GET', '/keys/absent/', undefined, 404, 'KeyNotFound', absent('keys')],
    ['GET', '/keys/absent/0123456789abcdef0123456789abcdef', undefined, 404, 'KeyNotFound', absent('keys')],
    ['PATCH', '/keys/absent/', { key_ops: [] }, 404, 'KeyNotFound', absent('keys')],
    ['POST', '/keys/absent/backup', undefined, 404, 'KeyNotFound', absent('keys')],
    ['GET', '/deletedkeys/absent', undefined, 404, 'KeyNotFound', absent('deletedkeys')],
    ['GET', '/deletedkeys/one', undefined, 404, 'KeyNotFound', 'Key not found: HOST/deletedkeys/one'],
    ['POST', '/deletedkeys/absent/recover', undefined, 404, 'KeyNotFound', absent('deletedkeys')],
    ['POST', '/keys/absent/rotate', undefined, 404, 'KeyNotFound', `Key not found: ${absent('keys')}`],
    [
      'POST',
      '/keys/bad%21@%23$/create',
      { kty: 'RSA' },
      400,
      'BadParameter',
      'Invalid key identifier or name',
    ],
    ['POST', '/keys/key%21@%23$%25/backup', undefined, 400, 'BadParameter', 'Invalid key identifier or name'],
    [
      'POST',
      '/keys/small/create',
      { kty: 'oct-HSM', key_size: 64 },
      400,
      'BadParameter',
      "Invalid key size: '64'",
    ],
    ['PUT', '/keys/imported', { key: {} }, 400, 'BadParameter', 'JSON Web Key: kty is missing'],
    ['POST', '/keys/one/dance', undefined, 400, 'NotSupported', "action 'dance' not supported"],
    [
      'POST',
      '/rng',
      { count: 0 },
      400,
      'BadParameter',
      'GetRandomBytesRequest: count cannot be greater than 128 or less than 1',
    ],
    [
      'POST',
      '/rng',
      { count: 129 },
      400,
      'BadParameter',
      'GetRandomBytesRequest: count cannot be greater than 128 or less than 1',
    ],
    [
      'POST',
      '/keys/restore',
      { value: 'bm9uLWV4aXN0aW5n' },
      400,
      'MalformedBackupBlob',
      'Backup blob belongs to a different crypto domain and cannot be used with this instance.',
    ],
  ])('%s %s is refused in the words of the service', async (method, path, body, status, code, text) => {
    const answer = await call(method, `${path}?${API}`, body);
    const { error } = ErrorBody.parse(answer.json);
    expect(answer.status).toBe(status);
    expect(error).toEqual({
      code,
      message: `${text.replaceAll('HOST', emulator.url)} (Activity ID: ${answer.headers['x-ms-request-id']})`,
    });
  });

  test('a body that is no JSON is refused, not a crash', async () => {
    expect(await call('POST', `/keys/one/create?${API}`, '{"kty"')).toMatchObject({ status: 400 });
  });
});

describe('members', () => {
  test('are in alphabetical order at every depth, and tags absent when there are none', async () => {
    const { text } = await call('GET', `/keys/two?${API}`);
    const shape = [...text.matchAll(/"([a-z_A-Z]+)":/g)].map(([, member]) => member);
    expect(shape).toEqual([
      'attributes',
      'created',
      'enabled',
      'exportable',
      'recoverableDays',
      'recoveryLevel',
      'updated',
      'key',
      'crv',
      'key_ops',
      'kid',
      'kty',
      'x',
      'y',
    ]);
  });
});

describe('odd paths', () => {
  test.each([
    ['GET', '/keys/two/'],
    ['GET', '/keys/two//'],
    ['GET', '//keys//two'],
    ['GET', '/keys/two/versions/'],
    ['GET', '/keys/'],
    ['GET', '/deletedkeys/'],
    ['POST', '/keys//two//backup'],
    ['GET', '///providers/Microsoft.Authorization/roleDefinitions'],
    ['GET', '/keys/providers/Microsoft.Authorization/roleAssignments'],
  ])('%s %s works', async (method, path) => {
    expect((await call(method, `${path}?${API}`)).status).toBe(200);
  });

  test('POST /keys//restore reaches restore', async () => {
    expect((await call('POST', `/keys//restore?${API}`, { value: 'x' })).text).toContain(
      'MalformedBackupBlob',
    );
  });

  test('an unknown path is 404', async () => {
    expect(await call('GET', `/secrets/x?${API}`)).toMatchObject({ status: 404 });
  });
});

describe('pages', () => {
  test('links repeat the path as requested, put maxresults first and carry no api-version', async () => {
    const first = List.parse((await call('GET', `/keys/?${API}&maxresults=2`)).json);
    const start = `${emulator.url}/keys/?maxresults=2&$skiptoken=`;
    expect(first.nextLink?.startsWith(start)).toBe(true);
    expect(first.nextLink?.slice(start.length)).toMatch(/^[\w-]+$/);
    const { pathname, search } = new URL(first.nextLink ?? '');
    const second = List.parse((await call('GET', pathname + search)).json);
    expect(second.nextLink).toBeUndefined();
    expect([...first.value, ...second.value].map(({ kid }) => kid)).toEqual(
      ['one', 'two', 'three'].map((name) => `${emulator.url}/keys/${name}`),
    );
    expect(List.parse((await call('GET', `${pathname}${search}&${API}`)).json)).toEqual(second);
  });

  test.each(['0', '26', 'many', '-1', '1.5'])('maxresults=%s is refused', async (max) => {
    expect((await call('GET', `/keys?maxresults=${max}`)).status).toBe(400);
  });

  test('a token that is none is refused', async () => {
    expect((await call('GET', '/keys?maxresults=1&$skiptoken=nonsense')).status).toBe(400);
  });
});
