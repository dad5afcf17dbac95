/** Each fault of a Managed HSM, or of the way to it, becomes one code, after one request. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { KeyVaultKeyService } from '../../../src/adapters/keyvault/key-vault-key-service.ts';
import { createJsonLogger } from '../../../src/adapters/system/json-logger.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { tokenCredential } from '../../support/emulator-world.ts';
import { failureOf } from '../../support/errors.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

const CHALLENGE =
  'Bearer authorization="https://login.microsoftonline.com/t", resource="https://managedhsm.azure.net"';

let servers: TlsServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

/** An HSM that lets everybody in and then answers as scripted. */
async function startHsm(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TlsServer> {
  const server = await startTlsServer((request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'www-authenticate': CHALLENGE }).end();
    } else {
      answer(request, response);
    }
  });
  servers.push(server);
  return server;
}

function failing(status: number, code: string, message: string, headers: Record<string, string> = {}) {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify({ error: { code, message } }));
  };
}

function serviceOn(
  server: TlsServer,
  changes: Partial<ConstructorParameters<typeof KeyVaultKeyService>[0]> = {},
) {
  return new KeyVaultKeyService({
    hsm: 'contoso',
    url: server.url,
    credential: tokenCredential('token'),
    clock: systemClock,
    caPem: server.caPem,
    disableChallengeResourceVerification: true,
    ...changes,
  });
}

describe('KeyVaultKeyService', () => {
  it.each([
    [400, 'BadParameter', 'Invalid key identifier or name', 'hsm-refused'],
    [401, 'Unauthorized', 'Unable to verify access token', 'hsm-unauthenticated'],
    [
      403,
      'AccessDenied',
      'Not authorized to access Microsoft.KeyVault/managedHsm/keys/backup/action',
      'hsm-forbidden',
    ],
    [404, 'KeyNotFound', 'Key not found: https://contoso/keys/orders', 'key-not-found'],
    [409, 'Conflict', 'User triggered Restore operation is in progress.', 'hsm-busy'],
    [429, 'TooManyRequests', 'slow down', 'hsm-throttled'],
    [500, 'UnknownError', 'Unknown error', 'hsm-unavailable'],
    [503, 'ServiceUnavailable', 'later', 'hsm-unavailable'],
  ])(
    'calls an answer %d %s what it is, and does not repeat the request',
    async (status, code, message, expected) => {
      const hsm = await startHsm(failing(status, code, message));

      const error = await failureOf(serviceOn(hsm).backupKey('orders'));

      expect(error).toMatchObject({ code: expected, hsm: 'contoso', key: 'orders' });
      expect(error.cause).toBeInstanceOf(Error);
      // The first is the challenge; the second carries the token.
      expect(hsm.requests.map((request) => request.split('?')[0])).toEqual([
        'POST /keys/orders/backup',
        'POST /keys/orders/backup',
      ]);
    },
  );

  it.each([
    ['MalformedBackupBlob', 400, 'belongs to a different crypto domain', 'backup-foreign'],
    ['Conflict', 409, 'Key orders exists', 'key-name-conflict'],
    ['Conflict', 409, 'User triggered Restore operation is in progress.', 'hsm-busy'],
  ])('tells why a restore was refused: %s %d %s', async (code, status, message, expected) => {
    const hsm = await startHsm(failing(status, code, message));

    expect((await failureOf(serviceOn(hsm).restoreKey(Buffer.from('a.b.c')))).code).toBe(expected);
  });

  it.each([
    [401, 'hsm-unauthenticated'],
    [403, 'hsm-forbidden'],
    [429, 'hsm-throttled'],
    [500, 'hsm-unavailable'],
    [503, 'hsm-unavailable'],
  ])('calls an answer %d what it is when it says nothing, or null', async (status, expected) => {
    for (const body of ['', 'null']) {
      const hsm = await startHsm((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '3' }).end(body);
      });

      expect(await failureOf(serviceOn(hsm).backupKey('orders'))).toMatchObject({
        code: expected,
        retryAfterMs: 3000,
        message: expect.stringContaining(`the HSM answered ${status}`),
      });
    }
  });

  it('passes on how long the HSM asked to wait', async () => {
    const hsm = await startHsm(failing(429, 'TooManyRequests', 'slow down', { 'retry-after': '3' }));

    expect((await failureOf(serviceOn(hsm).listKeys())).retryAfterMs).toBe(3000);
  });

  it('says that an answer was not understood', async () => {
    const hsm = await startHsm((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"key":{}}');
    });

    expect((await failureOf(serviceOn(hsm).getKey('orders'))).code).toBe('hsm-answer-unexpected');
  });

  it('repeats nothing of an answer that it could not parse: a backup must not reach a log', async () => {
    const hsm = await startHsm((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"value":"ZXlKaGJHY2lPaUprYVhJ');
    });

    const error = await failureOf(serviceOn(hsm).backupKey('orders'));

    const lines: string[] = [];
    createJsonLogger({ write: (line) => lines.push(line) }, systemClock).error('failed', { error });
    expect(error.code).toBe('hsm-answer-unexpected');
    expect(`${lines.join('')}${inspect(error)}`).not.toContain('ZXlKaGJHY2lPaUprYVhJ');
  });

  it('cannot reach an HSM that does not listen', async () => {
    const hsm = await startHsm(() => undefined);
    await hsm.close();
    servers = [];

    expect((await failureOf(serviceOn(hsm).getKey('orders'))).code).toBe('hsm-unreachable');
  });

  it('does not trust an HSM whose certificate comes from elsewhere', async () => {
    const hsm = await startHsm(failing(500, 'UnknownError', 'never asked'));
    const other = await startHsm(failing(500, 'UnknownError', 'never asked'));

    const error = await failureOf(serviceOn(hsm, { caPem: other.caPem }).getKey('orders'));

    expect(error.code).toBe('hsm-unreachable');
    expect(hsm.requests).toEqual([]);
  });

  it('gives an HSM that does not answer the time it was set to', async () => {
    const hsm = await startHsm(() => undefined);

    expect((await failureOf(serviceOn(hsm, { timeoutMs: 100 }).getKey('orders'))).code).toBe(
      'hsm-unreachable',
    );
  });

  it('says that no token could be had', async () => {
    const hsm = await startHsm(failing(500, 'UnknownError', 'never asked'));
    const unavailable = Object.assign(new Error('no identity'), { name: 'CredentialUnavailableError' });
    const credential = { getToken: () => Promise.reject(unavailable) };

    const error = await failureOf(serviceOn(hsm, { credential }).getKey('orders'));

    expect(error).toMatchObject({ code: 'hsm-token-unavailable', transient: true });
  });

  it('sends no token to a host that does not belong to the audience of the challenge', async () => {
    const hsm = await startHsm(failing(500, 'UnknownError', 'never asked'));

    const error = await failureOf(
      serviceOn(hsm, { disableChallengeResourceVerification: false }).getKey('orders'),
    );

    expect(error.code).toBe('hsm-unauthenticated');
    expect(hsm.requests).toHaveLength(1);
  });

  it('does not follow a link to another host, where its token would be seen', async () => {
    const other = await startHsm(failing(500, 'UnknownError', 'never asked'));
    const hsm = await startHsm((_request, response) => {
      const body = JSON.stringify({ nextLink: `${other.url}/keys?maxresults=25&$skiptoken=x`, value: [] });
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
    const service = serviceOn(hsm);
    const { next } = await service.listKeys();

    const error = await failureOf(service.listKeys(next));

    expect(error.code).toBe('hsm-answer-unexpected');
    expect(other.requests).toEqual([]);
  });

  it.each(['listKeys', 'listDeletedKeys'] as const)(
    'stops a %s that is under way, also of a later page',
    async (list) => {
      const asked = Promise.withResolvers<void>();
      const hsm = await startHsm(() => asked.resolve());
      const controller = new AbortController();

      const failure = failureOf(serviceOn(hsm)[list](`${hsm.url}/keys?$skiptoken=x`, controller.signal));
      await asked.promise;
      controller.abort();

      expect((await failure).code).toBe('aborted');
    },
  );
});
