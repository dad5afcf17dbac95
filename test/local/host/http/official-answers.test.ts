/** What the official host (4.1037) and its server, Kestrel, answer where an app or its callers can notice it. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { app } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import type { HostOptions } from '../../../../src/local/host/host-options.ts';
import { acts } from '../apps/script.ts';
import { fixtureApp, startTestHost } from '../support/start.ts';

const SETTINGS = { ROUTE_WORD: 'word' };

async function start(options: Partial<HostOptions> = {}): Promise<string> {
  const { host } = await startTestHost({ entry: fixtureApp('http-app'), settings: SETTINGS, ...options });
  return host.url;
}

const startStreams = () => start({ entry: new URL('../apps/stream-app.ts', import.meta.url) });

/** Sends lines as they are and reads the whole answer. */
async function send(
  url: string,
  lines: readonly string[],
  body = '',
): Promise<{ status: number; body: string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write([...lines, 'Host: localhost', 'Connection: close', '', body].join('\r\n'));
  const answer = await text(socket);
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body: rest.join('\r\n\r\n') };
}

const get = (url: string, target: string) => send(url, [`GET ${target} HTTP/1.1`]);

describe('the target of a request', () => {
  it.each([
    ['with two leading slashes', '//api/defaults', 404],
    ['with two slashes inside', '/api//defaults', 404],
    ['with a trailing slash', '/api/defaults/', 200],
    ['with two trailing slashes', '/api/defaults//', 404],
    ['with a host name', 'http://elsewhere/api/defaults', 200],
    ['with dots', '/x/../api/./defaults', 200],
    ['with encoded dots', '/x/%2e%2e/api/defaults', 200],
    ['with encoded letters', '/api/%64efaults', 200],
    ['with an encoded slash, which divides nothing', '/api%2Fdefaults', 404],
    ['with a null character', '/api/files/%00', 400],
    ['with a null character that matches no route', '/%00', 400],
    ['with a letter that is not ASCII', '/api/files/\u00e4', 400],
    ['of an extension', '/runtime/webhooks/x', 401],
    ['of an extension, in capitals', '/Runtime/WebHooks/x/y', 401],
    ['of no extension', '/runtime/webhooks', 404],
    ['of the operator', '/admin/host/status', 401],
    ['of the operator, unknown', '/admin/host/keys', 401],
  ])('%s: %s answers %i', async (_, target, status) => {
    expect((await get(await start(), target)).status).toBe(status);
  });

  it.each([
    ['/api/files/%zz', '%zz'],
    ['/api/files/a%2Fb', 'a%2Fb'],
    ['/api/files/%E0%A4%A', '%E0%A4%A'],
    ['/api/files/%ff%C3%A4', '%ff%C3%A4'],
    ['/api/files/%C3%A4%20', '\u00e4 '],
  ])('%s reaches the app as the parameter %s', async (target, value) => {
    const { status, body } = await get(await start(), target);

    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ params: { path: value } });
  });

  it('answers an empty 400 to a null character', async () => {
    expect(await get(await start(), '/api/files/%00')).toEqual({ status: 400, body: '' });
  });

  it.each([
    ['of exactly 8192 bytes', 8192, 200],
    ['one byte longer', 8193, 414],
    ['of 9 kB', 9000, 414],
    ['of 200 kB', 200_000, 414],
  ])('in a request line %s answers %i', async (_, length, status) => {
    const target = `/api/defaults?q=${'x'.repeat(length - 'GET /api/defaults?q= HTTP/1.1\r\n'.length)}`;

    expect((await get(await start(), target)).status).toBe(status);
  });
});

describe('the header of a request', () => {
  it.each([
    ['of 20 kB', 20_000, 200],
    ['of 30 kB', 30_000, 200],
    ['of 33 kB', 33_000, 431],
  ])('%s answers %i', async (_, length, status) => {
    const lines = ['GET /api/defaults HTTP/1.1', `X-Long: ${'x'.repeat(length)}`];

    expect((await send(await start(), lines)).status).toBe(status);
  });

  it.each([
    [100, 200],
    [101, 431],
  ])('with %i lines answers %i', async (lines, status) => {
    const own = Array.from({ length: lines - 2 }, (_, index) => `X-${index}: x`);

    expect((await send(await start(), ['GET /api/defaults HTTP/1.1', ...own])).status).toBe(status);
  });

  it('that comes twice reaches the app with both values, not with the first alone', async () => {
    const lines = ['GET /api/files/a HTTP/1.1', 'X-Probe: one', 'X-Probe: two'];
    const authorization = [
      'GET /api/authorization HTTP/1.1',
      'Authorization: Bearer a',
      'Authorization: Bearer b',
    ];
    const url = await start();

    expect(JSON.parse((await send(url, lines)).body)).toMatchObject({ header: 'one,two' });
    expect((await send(url, authorization)).body).toBe('Bearer a,Bearer b');
  });
});

describe('the method of a request', () => {
  it.each([
    ['GET', '/api/defaults', 200],
    ['PURGE', '/api/defaults', 404],
    ['WHATEVER', '/api/defaults', 404],
    ['X-OWN.1', '/', 404],
  ])('%s %s answers %i', async (method, target, status) => {
    expect((await send(await start(), [`${method} ${target} HTTP/1.1`])).status).toBe(status);
  });

  it.each([['no request at all'], ['GET /api/defaults FTP/1.1'], ['\u0016\u0003\u0001']])(
    'in %j, which is no request, answers an empty 400',
    async (line) => {
      expect(await send(await start(), [line])).toEqual({ status: 400, body: '' });
    },
  );
});

describe('the home page', () => {
  it.each(['GET', 'POST', 'DELETE'])('is shown to %s', async (method) => {
    const answer = await fetch(`${await start()}/`, { method });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await answer.text()).toContain('running');
  });

  it('is not shown where AzureWebJobsDisableHomepage says so', async () => {
    const url = await start({ settings: { ...SETTINGS, AzureWebJobsDisableHomepage: 'true' } });

    expect((await fetch(url)).status).toBe(204);
  });

  it('gives way to a route of the app', async () => {
    const hostJson = { version: '2.0', extensions: { http: { routePrefix: '' } } };
    const url = await start({ entry: new URL('../apps/root-app.ts', import.meta.url), hostJson });

    expect(await (await fetch(url)).text()).toBe('the app itself');
    expect(await (await fetch(url, { method: 'POST' })).text()).toContain('running');
  });
});

describe('a body in chunks, without a length', () => {
  const send = async (url: string) => {
    const body = new Blob(['hel', 'lo']).stream();
    const answer = await fetch(url, { method: 'POST', body, duplex: 'half' });
    return answer.json();
  };

  it('is empty for an app without HTTP streams', async () => {
    expect(await send(`${await start()}/api/echo/1`)).toMatchObject({ method: 'POST', body: '' });
  });

  it('reaches an app with HTTP streams', async () => {
    expect(await send(`${await startStreams()}/api/echo`)).toMatchObject({ body: 'hello' });
  });
});

describe('an app with HTTP streams', () => {
  it('gets bodies with a length too, and repeated query parameters one by one', async () => {
    const answer = await fetch(`${await startStreams()}/api/echo?x=1&x=2`, { method: 'POST', body: 'hello' });

    expect(await answer.json()).toEqual({ body: 'hello', values: ['1', '2'], params: {} });
  });

  it.each<[string, () => unknown]>([
    ['throws', () => Promise.reject(new Error('no luck'))],
    ['returns nothing', () => undefined],
    ['returns no answer', () => 'text'],
  ])('answers nothing at all when a handler %s', async (_, act) => {
    const url = await startStreams();
    acts.set('scripted', act);

    await expect(fetch(`${url}/api/scripted`)).rejects.toThrow('fetch failed');
    expect((await fetch(`${url}/api/echo`)).status).toBe(200);
  });

  it('leaves the next app of the process without', async () => {
    await startStreams();

    const answer = await fetch(`${await start()}/api/failing`);

    expect(answer.status).toBe(500);
  });

  it('cannot change that after its start', async () => {
    const url = await startStreams();
    acts.set('scripted', () => app.setup({ enableHttpStream: false }));

    await expect(fetch(`${url}/api/scripted`)).rejects.toThrow('fetch failed');
  });
});

describe('a function switched off', () => {
  it.each([
    ['AzureWebJobs.defaults.Disabled', 404],
    ['AzureWebJobs_defaults_Disabled', 404],
    ['AzureWebJobs__defaults__Disabled', 200],
  ])('by %s answers %i', async (name, status) => {
    const url = await start({ settings: { ...SETTINGS, [name]: 'true' } });

    expect((await fetch(`${url}/api/defaults`)).status).toBe(status);
  });
});
