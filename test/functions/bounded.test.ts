/** What no route takes, and what every answer says, whichever route it is. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RECOVERY_ROUTES } from '../../src/features/recovery/manifest.ts';
import { API_ROUTES } from '../../src/platform/features.ts';
import { type RecoveryHost, startRecoveryHost } from '../support/recovery-host.ts';
import { deliver } from '../support/webhook-deliveries.ts';

let served: RecoveryHost;
beforeAll(async () => {
  served = await startRecoveryHost();
});
afterAll(async () => {
  await served?.stop();
});

const ASK = { hsm: 'contoso', key: 'orders', reason: 'ticket 4711' };

async function call(
  method: string,
  path: string,
  init: RequestInit = {},
  person: string | undefined = 'alice',
) {
  const authorization =
    person === undefined ? {} : { authorization: `Bearer ${await served.issuer.token(person)}` };
  return fetch(`${served.host.url}/api/${path}`, {
    method,
    ...init,
    headers: { ...authorization, ...init.headers },
  });
}

describe('a query', () => {
  it.each([
    '__proto__=1',
    '__proto__[limit]=1',
    'constructor=1',
    'toString=1',
    'Limit=1',
    'limit=1&limit=2',
    'limit=1&x=2',
  ])('with %s is refused', async (query) => {
    const answer = await call('GET', `recoveries?${query}`);

    expect([answer.status, await answer.json()]).toMatchObject([400, { code: 'request-invalid' }]);
  });

  it.each(API_ROUTES.map(({ spec }) => ({ name: `${spec.method} ${spec.path}`, query: spec.query })))(
    'of $name with a member that it does not know is refused',
    ({ query }) => {
      for (const member of ['x', 'constructor', '__proto__']) {
        const { error } = query.safeParse(Object.fromEntries([[member, '1']]));
        expect(error?.issues).toContainEqual(expect.objectContaining({ code: 'unrecognized_keys' }));
      }
    },
  );

  it('with what is known is answered', async () => {
    expect((await call('GET', 'recoveries?limit=1&state=failed')).status).toBe(200);
  });
});

describe('a body that is encoded', () => {
  it.each(['gzip', 'br', 'deflate', 'identity, gzip', 'GZIP', 'x'])(
    'as %s is refused, by people and webhooks',
    async (encoding) => {
      const before = served.world.requests;
      const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
      const answer = await call('POST', 'recoveries', { headers, body: gzipSync(JSON.stringify(ASK)) });
      const hook = await deliver(served, ASK, {
        id: `encoded-${encoding}`,
        headers: { 'content-encoding': encoding },
      });

      expect([answer.status, hook.status]).toEqual([415, 415]);
      expect(served.world.requests).toBe(before);
    },
  );
});

describe('every answer', () => {
  const methods = RECOVERY_ROUTES.map(
    ({ spec }) => [spec.method, spec.path.replaceAll(/\{[^}]+\}/g, 'x')] as const,
  );

  it.each([...methods, ['GET', 'openapi.json'] as const])(
    'of %s %s keeps its type and is not kept',
    async (method, path) => {
      for (const person of [undefined, 'alice', 'bob', 'dave']) {
        const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
        const { headers, status } = await call(method, path, body, person);

        expect([status, headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual([
          status,
          'nosniff',
          'no-store',
        ]);
      }
    },
  );
});
