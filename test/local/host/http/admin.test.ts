import { describe, expect, it, vi } from 'vitest';
import type { HostOptions } from '../../../../src/local/host/host-options.ts';
import { acts } from '../apps/script.ts';
import { fixtureApp, startTestHost } from '../support/start.ts';

const KEY = 'the-master';

function start(options: Partial<HostOptions> = {}) {
  const settings = {
    NIGHTLY: '0 0 2 * * *',
    WORK_QUEUE: 'w',
    'AzureWebJobs.worker.Disabled': '1',
  };
  return startTestHost({
    entry: fixtureApp('work-app'),
    settings,
    queues: false,
    timers: false,
    masterKey: KEY,
    ...options,
  });
}

function post(
  url: string,
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) {
  return fetch(url, { method: 'POST', body, headers: { ...headers, 'x-functions-key': KEY } });
}

function get(url: string, method = 'GET') {
  return fetch(url, { method, headers: { 'x-functions-key': KEY } });
}

describe('POST /admin/functions/{name}', () => {
  it('runs the function with the input and answers 202 without waiting for it', async () => {
    const { host } = await start();
    const gate = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    acts.set('audit', (value) => {
      seen.push(value);
      return gate.promise;
    });

    const answer = await post(`${host.url}/admin/functions/Audit`, '{"input":"{\\"a\\":1}"}');

    expect(answer.status).toBe(202);
    await vi.waitFor(() => expect(seen).toEqual([{ a: 1 }]));
    gate.resolve();
  });

  it('runs a timer with its own value, whatever the input', async () => {
    const { host } = await start();
    const seen: unknown[] = [];
    acts.set('nightly', (value) => {
      seen.push(value);
    });

    await post(`${host.url}/admin/functions/nightly`, '{"input":"x"}');

    await vi.waitFor(() => expect(seen).toEqual([expect.objectContaining({ isPastDue: false })]));
  });

  it('runs a disabled timer too, with a value that has no record', async () => {
    const { host } = await start({
      settings: { 'AzureWebJobs.nightly.Disabled': 'true', WORK_QUEUE: 'w' },
    });
    const seen: unknown[] = [];
    acts.set('nightly', (value) => {
      seen.push(value);
    });

    await post(`${host.url}/admin/functions/nightly`, '{}');

    await vi.waitFor(() => expect(seen).toEqual([expect.objectContaining({ scheduleStatus: null })]));
  });

  it.each([
    ['an unknown function', 'nobody', '{}', 'application/json', 404],
    ['no JSON', 'audit', 'input', 'application/json', 400],
    ['an empty body', 'audit', '', 'application/json', 400],
    ['an input that is no text', 'audit', '{"input":5}', 'application/json', 400],
    ['the media type of a web form', 'audit', '{"input":"x"}', 'text/plain', 415],
    ['a media type with parameters', 'audit', '{"input":"x"}', 'application/json; charset=utf-8', 202],
    ['no input', 'audit', '{}', 'application/json', 202],
    ['a null input', 'audit', '{"input":null}', 'application/json', 202],
  ])('with %s answers', async (_, name, body, contentType, status) => {
    const { host } = await start();

    const answer = await post(`${host.url}/admin/functions/${name}`, body, { 'content-type': contentType });

    expect(answer.status).toBe(status);
  });

  it('does not run an HTTP function', async () => {
    const { host } = await start({ entry: fixtureApp('http-app'), settings: { ROUTE_WORD: 'w' } });

    expect((await post(`${host.url}/admin/functions/echo`, '{}')).status).toBe(400);
  });
});

describe('/admin', () => {
  it('lists the functions, and whether they are disabled', async () => {
    const { host } = await start();

    const list: unknown = await (await get(`${host.url}/admin/functions`)).json();
    const one = await get(`${host.url}/admin/functions/nightly`);

    expect(list).toMatchObject([
      { name: 'audit', isDisabled: false },
      {
        name: 'nightly',
        isDisabled: false,
        config: { bindings: [{ type: 'timerTrigger', direction: 'in' }] },
      },
      { name: 'worker', isDisabled: true },
    ]);
    expect(await one.json()).toMatchObject({ name: 'nightly' });
  });

  it.each([
    ['GET', '/admin/host/status', 200],
    ['GET', '/admin/host/ping', 200],
    ['POST', '/admin/host/ping', 200],
    ['GET', '/ADMIN/host/ping', 200],
    ['GET', '/admin/functions/nobody', 404],
    ['GET', '/admin/host/keys', 404],
    ['GET', '/admin/functions/audit/more', 404],
    ['DELETE', '/admin/functions/audit', 404],
    ['GET', '/admin', 404],
  ])('%s %s answers %i', async (method, path, status) => {
    const { host } = await start();

    expect((await get(`${host.url}${path}`, method)).status).toBe(status);
  });

  it.each([
    ['without a key', undefined, 401],
    ['with a wrong key', 'wrong', 401],
    ['with the master key', 'the-master', 200],
  ])('%s answers', async (_, key, status) => {
    const { host } = await start();
    const url = `${host.url}/admin/host/status`;

    const byHeader = await fetch(url, key ? { headers: { 'x-functions-key': key } } : {});
    const byQuery = await fetch(key ? `${url}?code=${key}` : url);

    expect([byHeader.status, byQuery.status]).toEqual([status, status]);
  });

  it('opens to nobody on a host without a master key', async () => {
    const { host } = await start({ masterKey: undefined });

    for (const key of ['', 'undefined', 'the-master']) {
      const answer = await fetch(`${host.url}/admin/host/status`, { headers: { 'x-functions-key': key } });
      expect(answer.status).toBe(401);
    }
  });
});
