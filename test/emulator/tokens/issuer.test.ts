// Which tokens are taken: signature, audience, tenant and times.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createIssuer } from '../../../src/emulator/tokens/issuer.ts';

const TENANT = '11111111-1111-4111-8111-111111111111';
const START_MS = 1_800_000_000_000;

function pem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function issuer(key = pem(), tenantId = TENANT) {
  const clock = { ms: START_MS };
  return { clock, ...createIssuer(key, tenantId, () => clock.ms) };
}

test('a token says who calls', async () => {
  const { issue, verify } = issuer();
  const token = await issue({ objectId: 'ada', upn: 'ada@contoso.example', appId: 'app' });
  expect(await verify(token)).toEqual({
    objectId: 'ada',
    tenantId: TENANT,
    upn: 'ada@contoso.example',
    appId: 'app',
  });
});

describe('refused with 401 Unauthorized', () => {
  test.each([
    [
      'another audience',
      { audience: 'https://vault.azure.net' },
      'Found token with aud=https://vault.azure.net, but expected aud=https://managedhsm.azure.net',
    ],
    ['another tenant', { tenantId: '22222222-2222-4222-8222-222222222222' }, 'Unable to verify access token'],
  ])('%s', async (_, parts, message) => {
    const { issue, verify } = issuer();
    await expect(verify(await issue({ objectId: 'ada', ...parts }))).rejects.toMatchObject({
      status: 401,
      code: 'Unauthorized',
      message,
    });
  });

  test('a token of another issuer', async () => {
    const foreign = await issuer().issue({ objectId: 'ada' });
    await expect(issuer().verify(foreign)).rejects.toMatchObject({ status: 401 });
  });

  test('a token whose claims were changed', async () => {
    const { issue, verify } = issuer();
    const [header, payload = '', signature] = (await issue({ objectId: 'ada' })).split('.');
    const claims = Buffer.from(payload, 'base64url').toString().replace('"ada"', '"eve"');
    const forged = [header, Buffer.from(claims).toString('base64url'), signature].join('.');
    await expect(verify(forged)).rejects.toMatchObject({ status: 401 });
  });

  test.each(['not.a.token', 'garbage', ''])('"%s"', async (token) => {
    await expect(issuer().verify(token)).rejects.toMatchObject({
      status: 401,
      message: 'Unable to verify access token',
    });
  });

  test.each([
    ['a second before', 3599, true],
    ['at', 3600, false],
    ['a second after', 3601, false],
  ])('%s its end, also when it was verified before (%i s: taken %s)', async (_, seconds, taken) => {
    const { clock, issue, verify } = issuer();
    const token = await issue({ objectId: 'ada', lifetimeSeconds: 3600 });
    await verify(token);
    clock.ms += seconds * 1000;
    if (taken) await expect(verify(token)).resolves.toMatchObject({ objectId: 'ada' });
    else await expect(verify(token)).rejects.toMatchObject({ status: 401 });
  });
});
