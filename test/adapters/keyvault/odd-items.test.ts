/** Items of a list are read one by one: one that is odd costs only itself, and is never left uncounted. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { KeyVaultKeyService } from '../../../src/adapters/keyvault/key-vault-key-service.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { tokenCredential } from '../../support/emulator-world.ts';
import { failureOf } from '../../support/errors.ts';
import { startTlsServer, type TlsServer } from '../../support/tls-server.ts';

let server: TlsServer;
afterEach(() => server.close());

async function answering(body: unknown): Promise<KeyVaultKeyService> {
  server = await startTlsServer((_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return new KeyVaultKeyService({
    hsm: 'contoso',
    url: server.url,
    credential: tokenCredential('token'),
    clock: systemClock,
    caPem: server.caPem,
    disableChallengeResourceVerification: true,
  });
}

const HOST = 'https://contoso.managedhsm.azure.net';

function item(name: string, changes: object = {}, attributes: object = {}) {
  return { kid: `${HOST}/keys/${name}`, attributes: { created: 1, updated: 2, ...attributes }, ...changes };
}

const DELETED = { recoveryId: `${HOST}/deletedkeys/a`, deletedDate: 3, scheduledPurgeDate: 4 };

describe('a listed key', () => {
  it.each([
    ['updated null', item('odd', {}, { updated: null })],
    ['created absent', item('odd', {}, { created: undefined })],
    ['a time that is text', item('odd', {}, { updated: '2026-01-01' })],
    ['a time beyond any calendar', item('odd', {}, { updated: 1e300 })],
    ['a time before 1970', item('odd', {}, { created: -1 })],
    ['attributes null', item('odd', { attributes: null })],
    ['tags that are no texts', item('odd', { tags: { owner: 1 } })],
  ])('with %s is named as odd, and the others are there', async (_what, odd) => {
    const keys = await answering({ value: [item('first'), odd, item('last')] });

    const page = await keys.listKeys();

    expect(page.items.map(({ name }) => name)).toEqual(['first', 'last']);
    expect(page.odd).toMatchObject([{ name: 'odd', error: { code: 'hsm-answer-unexpected', key: 'odd' } }]);
  });

  it.each([
    ['null', null],
    ['a text', 'key'],
    ['no kid', { attributes: { created: 1, updated: 2 } }],
    ['a kid that is no key', item('a/b/c/d')],
  ])('that is %s counts without a name', async (_what, odd) => {
    const page = await (await answering({ value: [odd, item('last')] })).listKeys();

    expect(page.items.map(({ name }) => name)).toEqual(['last']);
    expect(page.odd).toMatchObject([{ error: { code: 'hsm-answer-unexpected' } }]);
  });

  it.each([
    ['null', null],
    ['absent', undefined],
  ])('is whole when what is optional is %s', async (_what, nothing) => {
    const attributes = { enabled: nothing, nbf: nothing, exp: nothing, exportable: nothing };
    const page = await (
      await answering({ value: [item('a', { tags: nothing, managed: nothing }, attributes)] })
    ).listKeys();

    expect(page).toEqual({
      items: [
        {
          name: 'a',
          attributes: { enabled: true, createdAt: 1000, updatedAt: 2000 },
          tags: {},
          managed: false,
        },
      ],
    });
  });

  it('that expires after the end of all dates expires on the last of them', async () => {
    const page = await (await answering({ value: [item('far', {}, { exp: 1893456000000000 })] })).listKeys();

    expect(page.items[0]?.attributes.expiresAt).toBe(8_640_000_000_000_000);
  });
});

describe('a listed soft-deleted key', () => {
  it.each([
    ['deletedDate null', { deletedDate: null }],
    ['scheduledPurgeDate absent', { scheduledPurgeDate: undefined }],
  ])('with %s is named as odd, and the others are there', async (_what, changes) => {
    const keys = await answering({ value: [item('odd', { ...DELETED, ...changes }), item('a', DELETED)] });

    const page = await keys.listDeletedKeys();

    expect(page.items).toMatchObject([{ name: 'a', deletedAt: 3000, scheduledPurgeAt: 4000 }]);
    expect(page.odd).toMatchObject([{ name: 'odd' }]);
  });
});

describe('a list', () => {
  it.each([
    ['no array', { value: null }],
    ['nothing', {}],
    ['a text', 'sign in'],
  ])('with %s in it is no empty HSM', async (_what, body) => {
    expect((await failureOf((await answering(body)).listKeys())).code).toBe('hsm-answer-unexpected');
  });
});
