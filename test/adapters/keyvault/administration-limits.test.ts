/** An operator's calls end: in time when the HSM is silent, at once on Ctrl-C, and whatever Retry-After says. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { onWaits, type WaitNotice } from '../../../src/adapters/http/waits.ts';
import {
  KeyAdministration,
  type KeyAdministrationOptions,
} from '../../../src/adapters/keyvault/key-administration.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { tokenCredential } from '../../support/emulator-world.ts';
import { CIRCLES } from '../../support/endless-list.ts';
import { failureOf } from '../../support/errors.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

let server: TlsServer;
afterEach(() => server.close());

async function adminOn(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  changes: Partial<KeyAdministrationOptions> = {},
): Promise<KeyAdministration> {
  server = await startTlsServer(answer);
  return new KeyAdministration({
    hsm: 'contoso',
    url: server.url,
    credential: tokenCredential('token'),
    clock: systemClock,
    caPem: server.caPem,
    disableChallengeResourceVerification: true,
    signal: new AbortController().signal,
    attempts: { attempts: 2, firstDelayMs: 1, maxDelayMs: 1 },
    ...changes,
  });
}

function json(response: ServerResponse, status: number, body: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const asksForAnHour = (_request: IncomingMessage, response: ServerResponse) =>
  json(response, 429, { error: { code: 'TooManyRequests', message: 'x' } }, { 'retry-after': '3600' });

describe('an operator', () => {
  it('who presses Ctrl-C while the HSM asks for an hour is free at once, and was shown why it takes so long', async () => {
    const interrupt = new AbortController();
    const admin = await adminOn(asksForAnHour, { signal: interrupt.signal });
    const notices: WaitNotice[] = [];
    const paused = Promise.withResolvers<void>();
    const stop = onWaits((notice) => {
      notices.push(notice);
      if (notice.kind === 'pausing') paused.resolve();
    });

    const failure = failureOf(admin.list());
    await paused.promise;
    interrupt.abort();
    stop();

    expect((await failure).code).toBe('aborted');
    expect(notices).toContainEqual({ kind: 'pausing', of: 'contoso', why: '429', nextTryInMs: 60_000 });
  });

  it.each([
    ['is silent', () => undefined],
    [
      'sends half an answer',
      (_request: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{');
      },
    ],
  ])('is not held by an HSM that %s', async (_what, answer) => {
    const admin = await adminOn(answer, { limitMs: 50 });

    expect((await failureOf(admin.list())).code).toBe('hsm-unreachable');
  });

  it.each(CIRCLES)('is not held by a list whose page leads back to %s', async (_what, circle) => {
    const list = circle();
    const nextLink = () => (list.isExhausted ? null : `${server.url}/keys?$skiptoken=${list.nextToken()}`);
    const admin = await adminOn((_request, response) =>
      json(response, 200, { value: [], nextLink: nextLink() }),
    );

    expect(await failureOf(admin.list())).toMatchObject({ code: 'hsm-answer-unexpected', hsm: 'contoso' });
  });

  it('waits for a deleted key to be seen, but not for ever', async () => {
    const bundle = {
      key: {
        kid: 'https://contoso.managedhsm.azure.net/keys/a/0123456789abcdef0123456789abcdef',
        kty: 'EC-HSM',
      },
      attributes: { enabled: true, created: 1, updated: 1 },
      recoveryId: 'https://contoso.managedhsm.azure.net/deletedkeys/a',
    };
    const admin = await adminOn(
      ({ method }, response) =>
        method === 'DELETE'
          ? json(response, 200, bundle)
          : json(response, 404, { error: { code: 'KeyNotFound', message: 'not found' } }),
      { deletionLimitMs: 600 },
    );

    const error = await failureOf(admin.delete('a'));

    expect(error).toMatchObject({ code: 'hsm-answer-unexpected', key: 'a' });
    expect(error.message).toContain('accepted the deletion');
    expect(server.requests.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
  });

  it('is reported when the new key does not expire as asked', async () => {
    const moment = new Date('2050-01-01T00:00:00Z');
    const admin = await adminOn(({ method }, response) => {
      if (method === 'GET') json(response, 404, { error: { code: 'KeyNotFound', message: 'not found' } });
      else {
        const kid = 'https://contoso.managedhsm.azure.net/keys/a/0123456789abcdef0123456789abcdef';
        json(response, 200, { key: { kid, kty: 'EC-HSM' }, attributes: { exp: 1, created: 1, updated: 1 } });
      }
    });

    const error = await failureOf(admin.create('a', 'EC-HSM', { expiresOn: moment }));

    expect(error).toMatchObject({ code: 'hsm-answer-unexpected', key: 'a' });
    expect(error.message).toContain('2050-01-01T00:00:00.000Z');
    expect(server.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  });
});
