// What Azure Resource Manager says of the pool, and to whom.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Emulator, startEmulator } from '../../../src/emulator/start-emulator.ts';
import { type RawAnswer, raw } from '../support/emulator.ts';

const SUBSCRIPTION = '6f2a4c1e-0d5c-4b1e-9c38-6f1f3b1e0a77';
const ARM = 'https://management.azure.com';
const VERSION = 'api-version=2024-11-01';
const READER = 'b1d3a9b0-2f2e-4a7e-8d0e-000000000001';
const Refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

let emulator: Emulator;
let token: string;

beforeAll(async () => {
  emulator = await startEmulator({
    name: 'drill-hsm',
    subscriptionId: SUBSCRIPTION,
    resourceGroup: 'Keys',
    location: 'swedencentral',
    retentionDays: 7,
    purgeProtection: true,
  });
  token = await emulator.issueToken({ objectId: READER, audience: ARM });
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.faults.clear();
  emulator.resource.change({ readers: null });
});

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Keys`;
const PATH = `${GROUP}/providers/Microsoft.KeyVault/managedHSMs/drill-hsm`;
const get = (path = `${PATH}?${VERSION}`, as: string | null = token) =>
  raw(emulator, 'GET', path, { token: as });

function codeOf({ status, json }: RawAnswer): [number, string] {
  return [status, Refusal.parse(json).error.code];
}

test('the resource has the members of the specification', async () => {
  const answer = await get();
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    id: PATH,
    location: 'swedencentral',
    name: 'drill-hsm',
    properties: {
      enablePurgeProtection: true,
      enableSoftDelete: true,
      hsmUri: `${emulator.url}/`,
      initialAdminObjectIds: [expect.any(String)],
      networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [] },
      provisioningState: 'Succeeded',
      publicNetworkAccess: 'Enabled',
      regions: [],
      securityDomainProperties: { activationStatus: 'Active', activationStatusMessage: expect.any(String) },
      softDeleteRetentionInDays: 7,
      statusMessage: expect.any(String),
      tenantId: emulator.tenantId,
    },
    sku: { family: 'B', name: 'Standard_B1' },
    tags: {},
    type: 'Microsoft.KeyVault/managedHSMs',
  });
});

test('purge protection and retention are those of the pool, not a second opinion', async () => {
  const open = await startEmulator({ retentionDays: 90 });
  const as = await open.issueToken({ objectId: READER, audience: ARM });
  const { json } = await raw(open, 'GET', `${open.resource.id}?${VERSION}`, { token: as });
  expect(json).toMatchObject({
    properties: { enablePurgeProtection: false, softDeleteRetentionInDays: 90 },
  });
  await open.close();
});

test.each([
  ['in any letter case', PATH.toUpperCase().replace('MICROSOFT', 'microsoft')],
  ['with a slash at the end', `${PATH}/`],
])('it is found %s', async (_, path) => {
  expect((await get(`${path}?${VERSION}`)).json).toMatchObject({ id: PATH });
});

test.each([
  ['its subscription', `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.KeyVault/managedHSMs`],
  ['its resource group', `${GROUP}/providers/Microsoft.KeyVault/managedHSMs`],
])('the list of %s has it', async (_, path) => {
  expect((await get(`${path}?${VERSION}`)).json).toMatchObject({ value: [{ id: PATH }] });
});

describe('who may read it', () => {
  test.each([
    ['nobody without a token', null, 401, 'AuthenticationFailed'],
    ['nobody with garbage', 'not.a.token', 401, 'InvalidAuthenticationToken'],
  ])('%s', async (_, as, status, code) => {
    const answer = await get(undefined, as);
    expect(codeOf(answer)).toEqual([status, code]);
    expect(answer.headers['www-authenticate']).toContain(emulator.tenantId);
  });

  test('a token for the HSM is none for Resource Manager, nor the other way round', async () => {
    expect(codeOf(await get(undefined, emulator.token))).toEqual([401, 'InvalidAuthenticationToken']);
    expect((await raw(emulator, 'GET', '/keys?api-version=7.4', { token })).status).toBe(401);
    // Both tokens are known by now, each for its own audience.
    expect(codeOf(await get(undefined, emulator.token))).toEqual([401, 'InvalidAuthenticationToken']);
    expect((await get()).status).toBe(200);
  });

  test('an expired token is none', async () => {
    const short = await emulator.issueToken({ objectId: READER, audience: ARM, lifetimeSeconds: 1 });
    await emulator.advanceClock(2000);
    token = await emulator.issueToken({ objectId: READER, audience: ARM });
    expect(codeOf(await get(undefined, short))).toEqual([401, 'InvalidAuthenticationToken']);
  });

  test.each(['https://management.azure.com/', 'https://management.core.windows.net/'])(
    'a token for %s counts',
    async (audience) => {
      expect((await get(undefined, await emulator.issueToken({ objectId: READER, audience }))).status).toBe(
        200,
      );
    },
  );

  test('readers, when they are named, and nobody else', async () => {
    emulator.resource.change({ readers: [READER.toUpperCase()] });
    expect((await get()).status).toBe(200);
    emulator.resource.change({ readers: [] });
    expect(codeOf(await get())).toEqual([403, 'AuthorizationFailed']);
    const list = `${GROUP}/providers/Microsoft.KeyVault/managedHSMs?${VERSION}`;
    expect((await get(list)).json).toEqual({ value: [] });
  });
});

describe('refused', () => {
  test.each([
    [
      'another HSM',
      `${GROUP}/providers/Microsoft.KeyVault/managedHSMs/other?${VERSION}`,
      404,
      'ResourceNotFound',
    ],
    [
      'another resource group',
      `${PATH.replace('/Keys/', '/Others/')}?${VERSION}`,
      404,
      'ResourceGroupNotFound',
    ],
    ['another subscription', `${PATH.replace(SUBSCRIPTION, READER)}?${VERSION}`, 404, 'SubscriptionNotFound'],
    ['no api-version', PATH, 400, 'MissingApiVersionParameter'],
    ['one of the data plane', `${PATH}?api-version=7.4`, 400, 'InvalidApiVersionParameter'],
    ['another type', `${GROUP}/providers/Microsoft.KeyVault/vaults/v?${VERSION}`, 404, 'NotFound'],
  ])('%s', async (_, path, status, code) => {
    expect(codeOf(await get(path))).toEqual([status, code]);
  });

  test('a change: Resource Manager is only read here', async () => {
    const answer = await raw(emulator, 'DELETE', `${PATH}?${VERSION}`, { token });
    expect(codeOf(answer)).toEqual([404, 'NotFound']);
  });
});

test('faults on demand meet it by its name', async () => {
  emulator.faults.add({ operation: 'getManagedHsm', fault: { type: 'error', status: 503 }, count: 1 });
  expect(codeOf(await get())).toEqual([503, 'ServiceUnavailable']);
  emulator.faults.add({ operation: 'getManagedHsm', fault: { type: 'reset', when: 'after' }, count: 1 });
  await expect(get()).rejects.toThrow();
  expect((await get()).status).toBe(200);
});

describe('PATCH /_emulator/managed-hsm', () => {
  test('sets what a drill reads and leaves the rest', async () => {
    const body = {
      networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7/32' }] },
      regions: [{ name: 'swedencentral', isPrimary: true }, { name: 'uksouth' }],
      publicNetworkAccess: 'Disabled',
      activationStatus: 'NotActivated',
    };
    expect((await raw(emulator, 'PATCH', '/_emulator/managed-hsm', { body })).status).toBe(200);
    expect((await get()).json).toMatchObject({
      properties: {
        networkAcls: {
          bypass: 'AzureServices',
          defaultAction: 'Deny',
          ipRules: [{ value: '203.0.113.7/32' }],
          virtualNetworkRules: [],
        },
        publicNetworkAccess: 'Disabled',
        regions: [
          { isPrimary: true, name: 'swedencentral', provisioningState: 'Succeeded' },
          { isPrimary: false, name: 'uksouth', provisioningState: 'Succeeded' },
        ],
        securityDomainProperties: { activationStatus: 'NotActivated' },
        provisioningState: 'Succeeded',
      },
    });
  });

  test.each([
    { enablePurgeProtection: false },
    { softDeleteRetentionInDays: 8 },
    { networkAcls: { defaultAction: 'Maybe' } },
  ])('refuses %o', async (body) => {
    expect((await raw(emulator, 'PATCH', '/_emulator/managed-hsm', { body })).status).toBe(400);
  });
});
