import { describe, expect, it } from 'vitest';
import type { HostOptions } from '../../../../src/local/host/host-options.ts';
import { acts } from '../apps/script.ts';
import { fixtureApp, startTestHost } from '../support/start.ts';

const SETTINGS = { ROUTE_WORD: 'word', 'AzureWebJobs.off.Disabled': 'true' };

function start(options: Partial<HostOptions> = {}) {
  return startTestHost({ entry: fixtureApp('http-app'), settings: SETTINGS, ...options });
}

describe('an HTTP function', () => {
  it.each([
    ['GET', '/api/echo/5', 200],
    ['HEAD', '/api/echo/5', 200],
    ['GET', '/api/echo/5/', 200],
    ['GET', '/API/ECHO/5', 200],
    ['GET', '/api/defaults', 200],
    ['POST', '/api/defaults', 200],
    ['GET', '/api/settings/word', 200],
    ['GET', '/api/files/a/b', 200],
    ['DELETE', '/api/echo/5', 404],
    ['OPTIONS', '/api/echo/5', 404],
    ['PUT', '/api/defaults', 404],
    ['GET', '/api/echo', 404],
    ['GET', '/api/unknown', 404],
    ['GET', '/echo/5', 404],
    ['GET', '/api/off', 404],
  ])('%s %s answers %i', async (method, path, status) => {
    const { host } = await start();

    const answer = await fetch(`${host.url}${path}`, { method });

    expect(answer.status).toBe(status);
    if (status !== 200) expect(await answer.text()).toBe('');
  });

  it('receives method, address, parameters, query, headers and body', async () => {
    const { host } = await start();

    const answer = await fetch(`${host.url}/api/echo/7/a%2Fb?x=1&x=2&y=`, {
      method: 'POST',
      headers: { 'X-Probe': 'seen' },
      body: 'grüße',
    });

    expect(await answer.json()).toEqual({
      method: 'POST',
      url: `${host.url}/api/echo/7/a%2Fb?x=1&x=2&y=`,
      params: { id: '7', rest: 'a%2Fb' },
      query: { x: '1,2', y: '' },
      header: 'seen',
      body: 'grüße',
    });
  });

  it('answers with its status, headers, cookies and bytes', async () => {
    const { host } = await start();
    acts.set('scripted', () => ({
      status: 418,
      headers: { 'X-Own': 'a, b' },
      cookies: [
        { name: 'plain', value: 'a b' },
        {
          name: 'full',
          value: '1',
          domain: 'example.com',
          path: '/p',
          maxAge: 60,
          secure: true,
          httpOnly: true,
          sameSite: 'Strict',
          expires: new Date(0 + 86_400_000),
        },
        { name: 'none', value: '1', sameSite: 'None' },
      ],
      body: new Uint8Array([0, 255]),
    }));

    const answer = await fetch(`${host.url}/api/scripted`);

    expect(answer.status).toBe(418);
    expect(answer.headers.get('x-own')).toBe('a, b');
    expect(answer.headers.getSetCookie()).toEqual([
      'plain=a%20b',
      'full=1; Expires=Fri, 02 Jan 1970 00:00:00 GMT; Max-Age=60; Domain=example.com; Path=/p; Secure; SameSite=Strict; HttpOnly',
      'none=1; SameSite=None',
    ]);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
  });

  it('answers 204 when it returns nothing', async () => {
    const { host } = await start();

    expect((await fetch(`${host.url}/api/silent`)).status).toBe(204);
  });

  it('answers 500 without a body when it throws, and the reason is in the log only', async () => {
    const { host, lines } = await start();

    const answer = await fetch(`${host.url}/api/failing`);

    expect([answer.status, await answer.text()]).toEqual([500, '']);
    expect(lines.some((line) => line.level === 'error' && line.message.includes('a secret reason'))).toBe(
      true,
    );
  });

  it.each([
    ['just as long as the limit', 10, 200],
    ['one byte longer', 11, 413],
  ])('with a body %s answers', async (_, length, status) => {
    const { host } = await start({ bodyLimit: 10 });

    const answer = await fetch(`${host.url}/api/echo/1`, { method: 'POST', body: 'x'.repeat(length) });

    expect(answer.status).toBe(status);
  });

  it.each([
    ['', '/defaults'],
    ['v1/things', '/v1/things/defaults'],
  ])('is served under the route prefix "%s" of host.json', async (routePrefix, path) => {
    const { host } = await start({ hostJson: { version: '2.0', extensions: { http: { routePrefix } } } });

    expect(await (await fetch(`${host.url}${path}`)).text()).toBe('as named');
  });

  it('is found by the order of function names, and a route hidden by that is warned of', async () => {
    const { host, lines } = await start();

    expect(await (await fetch(`${host.url}/api/items/newest`)).text()).toBe('by id');
    expect(lines.filter((line) => line.level === 'warning').map((line) => line.message)).toEqual([
      expect.stringContaining(
        'itemById (api/items/{id}) takes requests meant for itemNewest (api/items/newest)',
      ),
    ]);
  });
});

describe('the server', () => {
  it('says which port is taken', async () => {
    const { host } = await start();

    await expect(start({ httpPort: Number(new URL(host.url).port) })).rejects.toMatchObject({
      code: 'port-taken',
    });
  });
});
