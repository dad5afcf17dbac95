import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Ran, run } from '../support/cli.ts';
import { type ArmTable, type FakeArm, list, refused, startFakeArm, TOKEN } from './support/fake-arm.ts';
import {
  BACKUPS,
  ENVIRONMENT,
  GROUP,
  HSM,
  HSM_GROUP,
  hsm,
  OWNER,
  PERMISSIONS,
  READY,
  SUB,
  SUBSCRIPTION,
  skus,
  usages,
} from './support/ready-subscription.ts';

const Findings = z.array(
  z.object({
    check: z.string(),
    subject: z.string(),
    result: z.enum(['ok', 'warn', 'fail', 'unknown']),
    detail: z.string(),
    fix: z.string().optional(),
  }),
);

let arm: FakeArm;
let folder: string;
beforeAll(async () => {
  arm = await startFakeArm();
  folder = await mkdtemp(join(tmpdir(), 'warden-deploy-'));
  await writeFile(join(folder, 'ca.pem'), arm.caPem);
  await writeFile(join(folder, 'token'), TOKEN);
});
afterAll(async () => {
  await arm.close();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  expect(arm.bad, 'requests without a token or a version').toEqual([]);
});

function command(environment: Readonly<Record<string, string>>, args: readonly string[]): Promise<Ran> {
  const reach = [
    '--resource-manager',
    arm.url,
    '--ca-file',
    join(folder, 'ca.pem'),
    '--token-file',
    join(folder, 'token'),
  ];
  return run(['deploy', 'check', ...reach, ...args], { environment });
}

/** Runs the check against a ready subscription with `changes`. */
async function check(
  changes: ArmTable = {},
  environment: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
) {
  arm.table = { ...READY, ...changes };
  const ran = await command({ ...ENVIRONMENT, ...environment }, ['-o', 'json', ...args]);
  const findings = ran.stdout === '' ? [] : Findings.parse(JSON.parse(ran.stdout));
  return { ...ran, findings };
}

/** A file with these parameters. */
async function parameters(values: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const path = join(folder, 'parameters.json');
  const wrapped = Object.entries(values).map(([name, value]) => [name, { value }]);
  const parametersJson = JSON.stringify({ parameters: Object.fromEntries(wrapped) });
  await writeFile(path, JSON.stringify({ parametersJson, templateJson: '{}' }));
  return ['--parameters', path];
}

const GIVEN = {
  hsms: [{ name: 'contoso', resourceGroupName: 'rg-hsm' }],
  entra: { clientId: ENVIRONMENT.HSM_WARDEN_ENTRA_CLIENT_ID },
  alertReceivers: { emails: ['oncall@example.com'] },
};
const providers = (state: string) =>
  list(
    [
      'App',
      'Authorization',
      'EventGrid',
      'EventHub',
      'Insights',
      'KeyVault',
      'ManagedIdentity',
      'Network',
      'OperationalInsights',
      'Storage',
      'Web',
    ].map((name) => ({
      namespace: `Microsoft.${name}`,
      registrationState: name === 'App' ? state : 'Registered',
    })),
  );
const rights = (actions: readonly string[], notActions: readonly string[] = []) =>
  list([{ actions, notActions }]);

describe('deploy check on a subscription that is ready', () => {
  it('finds nothing to fix, and says what it looked at', async () => {
    const { code, findings } = await check();
    expect(findings.filter(({ result }) => result !== 'ok')).toEqual([]);
    expect(code).toBe(0);
    expect(new Set(findings.map(({ check: name }) => name))).toEqual(
      new Set([
        'subscription',
        'parameters',
        'resource providers',
        'region',
        'Flex Consumption',
        'storage redundancy',
        'resource group',
        'your rights',
        'name',
        'quota',
        'limits',
        'policies',
        'HSM',
        'HSM region',
        'HSM protection',
        'HSM network',
        'HSM diagnostics',
      ]),
    );
  });

  it('asks, and changes nothing', async () => {
    const from = arm.requests.length;
    await check();
    const asked = arm.requests.slice(from);
    expect(asked.length).toBeGreaterThan(20);
    const changing = asked.filter(
      (request) =>
        !request.startsWith('GET ') && !/^POST \S+\/check(Mhsm)?name ?availability\?/i.test(request),
    );
    expect(changing).toEqual([]);
  });

  it('takes the names of an earlier deployment for its own', async () => {
    const { findings } = await check();
    const names = findings.filter(({ check: name }) => name === 'name').map(({ subject }) => subject);
    const [backup = '', ...others] = names.filter((name) => name.startsWith('st'));
    const again = await check({
      [`GET ${BACKUPS}/resources`]: list([{ type: 'Microsoft.Storage/storageAccounts', name: backup }]),
      [`GET ${GROUP}/resources`]: list([
        ...others.map((name) => ({ type: 'microsoft.storage/storageaccounts', name })),
        ...names
          .filter((name) => name.startsWith('func-'))
          .map((name) => ({ type: 'Microsoft.Web/sites', name })),
        { type: 'Microsoft.EventHub/namespaces', name: names.find((name) => name.startsWith('evhns-')) },
        { type: 'Microsoft.Network/virtualNetworks', name: 'vnet' },
      ]),
      // Everything is taken, by this very deployment, and there is no room for more.
      [`POST ${SUB}/providers/Microsoft.Storage/checkNameAvailability`]: { body: { nameAvailable: false } },
      [`POST ${SUB}/providers/Microsoft.Web/checknameavailability`]: { body: { nameAvailable: false } },
      [`POST ${SUB}/providers/Microsoft.EventHub/checkNameAvailability`]: { body: { nameAvailable: false } },
      [`GET ${SUB}/providers/Microsoft.Storage/locations/westeurope/usages`]: usages(['StorageAccounts'], 0),
    });
    expect(again.findings.filter(({ result }) => result !== 'ok')).toEqual([]);
    expect(again.code).toBe(0);
  });
});

const READ_ONLY = [
  '*/read',
  'Microsoft.Insights/diagnosticSettings/write',
  'Microsoft.KeyVault/managedHSMs/*',
];

describe('deploy check', () => {
  it.each<[string, ArmTable, string, RegExp]>([
    [
      'a subscription that is not there',
      { [`GET ${SUB}`]: refused(404, 'SubscriptionNotFound') },
      'subscription',
      /az login --tenant/,
    ],
    [
      'a subscription of another tenant',
      { [`GET ${SUB}`]: refused(401, 'InvalidAuthenticationTokenTenant') },
      'subscription',
      /az login --tenant/,
    ],
    [
      'a disabled subscription',
      { [`GET ${SUB}`]: { body: { displayName: 'Old', state: 'Disabled' } } },
      'subscription',
      /billing/,
    ],
    [
      'Microsoft.App that was never registered',
      { [`GET ${SUB}/providers`]: providers('NotRegistered') },
      'resource providers',
      /^az provider register --namespace Microsoft.App --subscription/,
    ],
    [
      'a provider that the caller may not register',
      {
        [`GET ${SUB}/providers`]: providers('NotRegistered'),
        [`GET ${SUB}/${PERMISSIONS}`]: rights(['*/read']),
      },
      'resource providers',
      /^You may not\. Contributor or Owner of the subscription .* runs: az provider register/,
    ],
    [
      'a region without Flex Consumption',
      { [`GET ${SUB}/providers/Microsoft.Web/geoRegions`]: list([{ name: 'West US' }]) },
      'Flex Consumption',
      /list-flexconsumption-locations/,
    ],
    [
      'a redundancy that the region lacks',
      { [`GET ${SUB}/providers/Microsoft.Storage/skus`]: skus(['Standard_LRS', 'Standard_ZRS']) },
      'storage redundancy',
      /Standard_LRS, Standard_ZRS/,
    ],
    [
      'a redundancy that this subscription may not use',
      {
        [`GET ${SUB}/providers/Microsoft.Storage/skus`]: list([
          {
            name: 'Standard_GZRS',
            kind: 'StorageV2',
            locations: ['westeurope'],
            restrictions: [{ reasonCode: 'NotAvailableForSubscription' }],
          },
          { name: 'Standard_ZRS', kind: 'StorageV2', locations: ['westeurope'] },
        ]),
      },
      'storage redundancy',
      /one that the region has: Standard_ZRS/,
    ],
    [
      'no room for three storage accounts',
      {
        [`GET ${SUB}/providers/Microsoft.Storage/locations/westeurope/usages`]: usages(
          ['StorageAccounts'],
          2,
        ),
      },
      'quota',
      /Usage \+ quotas/,
    ],
    [
      'no room for a network',
      {
        [`GET ${SUB}/providers/Microsoft.Network/locations/westeurope/usages`]: usages(
          ['VirtualNetworks', 'NetworkSecurityGroups'],
          0,
        ),
      },
      'quota',
      /Microsoft.Network/,
    ],
    [
      'a storage name that others have',
      {
        [`POST ${SUB}/providers/Microsoft.Storage/checkNameAvailability`]: {
          body: { nameAvailable: false, reason: 'AlreadyExists', message: 'It is taken.' },
        },
      },
      'name',
      /namePrefix/,
    ],
    [
      'an app name that others have',
      {
        [`POST ${SUB}/providers/Microsoft.Web/checknameavailability`]: {
          body: { nameAvailable: false, reason: 'AlreadyExists' },
        },
      },
      'name',
      /namePrefix/,
    ],
    [
      'an Event Hub name that others have',
      {
        [`POST ${SUB}/providers/Microsoft.EventHub/checkNameAvailability`]: {
          body: { nameAvailable: false },
        },
      },
      'name',
      /namePrefix/,
    ],
    [
      'a lock that stops every write',
      {
        [`GET ${BACKUPS}/providers/Microsoft.Authorization/locks`]: list([
          { name: 'freeze', properties: { level: 'ReadOnly' } },
        ]),
      },
      'locks',
      /az lock delete --name freeze --resource-group rg-warden-backups/,
    ],
    [
      'a contributor who may not assign roles',
      { [`GET ${GROUP}/${PERMISSIONS}`]: rights(['*'], ['Microsoft.Authorization/*/Write']) },
      'your rights',
      /docs\/deploy\.md/,
    ],
    [
      'rights on the HSM, but not for a nested deployment in its group',
      { [`GET ${HSM_GROUP}/${PERMISSIONS}`]: rights(READ_ONLY) },
      'your rights',
      /rg-hsm/,
    ],
    [
      'no right to approve the private endpoint',
      { [`GET ${HSM}/${PERMISSIONS}`]: rights(['*/read', 'Microsoft.Insights/diagnosticSettings/write']) },
      'your rights',
      /contoso/,
    ],
    [
      'a missing group that the caller may not make',
      {
        [`GET ${GROUP}`]: refused(404, 'ResourceGroupNotFound'),
        [`GET ${GROUP}/resources`]: refused(404, 'ResourceGroupNotFound'),
        [`GET ${SUB}/${PERMISSIONS}`]: rights(['*/read']),
      },
      'resource group',
      /^Contributor or Owner of the subscription runs: az group create --name rg-warden --location westeurope --subscription/,
    ],
    [
      'an HSM that is not there',
      { [`GET ${HSM}`]: refused(404, 'ResourceNotFound') },
      'HSM',
      /HSM_WARDEN_HSM_RESOURCE_GROUP/,
    ],
    [
      'an HSM that is itself deleted',
      {
        [`GET ${HSM}`]: refused(404, 'ResourceNotFound'),
        [`GET ${SUB}/providers/Microsoft.KeyVault/deletedManagedHSMs`]: list([{ name: 'CONTOSO' }]),
      },
      'HSM',
      /az keyvault recover --hsm-name contoso/,
    ],
    [
      'an HSM that nobody activated',
      { [`GET ${HSM}`]: hsm({ securityDomainProperties: { activationStatus: 'NotActivated' } }) },
      'HSM',
      /security-domain download/,
    ],
    [
      'an HSM that is being made',
      { [`GET ${HSM}`]: hsm({ provisioningState: 'Provisioning', statusMessage: 'wait' }) },
      'HSM',
      /Wait/,
    ],
    [
      'an HSM in another region',
      { [`GET ${HSM}`]: hsm({}, 'North Europe') },
      'HSM region',
      /location: 'northeurope'/,
    ],
    [
      'an HSM with five diagnostic settings of others',
      {
        [`GET ${HSM}/providers/Microsoft.Insights/diagnosticSettings`]: list(
          ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })),
        ),
      },
      'HSM diagnostics',
      /a, b, c, d, e/,
    ],
  ])('says that a deployment fails at %s, and how to put it right', async (_what, changes, about, fix) => {
    const { code, findings } = await check(changes);
    const failed = findings.filter(({ result }) => result === 'fail');
    expect(code).toBe(1);
    expect(new Set(failed.map(({ check: name }) => name))).toEqual(new Set([about]));
    for (const one of failed) expect(`${one.fix} ${one.subject}`).toMatch(fix);
  });

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['no HSM', { hsms: [] }, 'parameters', /HSM_WARDEN_HSM_NAMES/],
    ['the HSM of the example', { hsms: [{ name: 'change-me' }] }, 'parameters', /HSM_WARDEN_HSM_NAMES/],
    [
      'no Entra application',
      { entra: { clientId: '00000000-0000-0000-0000-000000000000' } },
      'parameters',
      /entra-app\.sh/,
    ],
    [
      'nobody who hears an alert',
      { alertReceivers: { emails: [], webhooks: [] } },
      'parameters',
      /HSM_WARDEN_ALERT_EMAILS/,
    ],
    ['a prefix that begins with a digit', { namePrefix: '1warden' }, 'namePrefix', /a letter first/],
    ['a prefix that ends with a hyphen', { namePrefix: 'warden-' }, 'namePrefix', /hyphens/],
    ['a prefix that is too long', { namePrefix: 'wardensxy' }, 'namePrefix', /2 to 8/],
    ['zones that the region lacks', { location: 'West US' }, 'region', /regionHasZones = false/],
    [
      'zone redundancy that the region lacks',
      { location: 'westus', zoneRedundantApps: true, regionHasZones: false },
      'region',
      /zoneRedundantApps/,
    ],
    ['an unknown region', { location: 'atlantis' }, 'region', /list-locations/],
    [
      'backups in the group that azd down deletes',
      { backupResourceGroupName: 'RG-WARDEN' },
      'resource group',
      /HSM_WARDEN_BACKUP_RESOURCE_GROUP/,
    ],
    [
      'a new HSM in the group that azd down deletes',
      { newHsm: { name: 'fresh', administrators: ['x'], resourceGroupName: 'rg-warden' } },
      'new HSM',
      /newHsm\.resourceGroupName/,
    ],
  ])('says that these parameters fail: %s', async (_what, change, about, fix) => {
    const { code, findings } = await check({}, {}, await parameters({ ...GIVEN, ...change }));
    const [failed] = findings.filter(({ check: name, result }) => result === 'fail' && name === about);
    expect(code).toBe(1);
    expect(failed?.fix).toMatch(fix);
  });

  it('refuses an HSM in the group that azd down deletes', async () => {
    const path = `${GROUP}/providers/Microsoft.KeyVault/managedHSMs/contoso`;
    const { code, findings } = await check(
      {
        [`GET ${path}`]: hsm(),
        [`GET ${path}/${PERMISSIONS}`]: OWNER,
        [`GET ${path}/providers/Microsoft.Insights/diagnosticSettings`]: list([]),
      },
      { HSM_WARDEN_HSM_RESOURCE_GROUP: 'rg-warden' },
    );
    expect(code).toBe(1);
    expect(findings.find(({ check: name }) => name === 'HSM group')?.fix).toContain('AZURE_RESOURCE_GROUP');
  });

  it('says that a closed HSM is out of reach without a private network', async () => {
    const closed = { [`GET ${HSM}`]: hsm({ publicNetworkAccess: 'Disabled' }) };
    const { code, findings } = await check(closed, { HSM_WARDEN_PRIVATE_NETWORKING: 'false' });
    expect(code).toBe(1);
    expect(findings.find(({ check: name }) => name === 'HSM network')).toMatchObject({ result: 'fail' });
    expect((await check(closed)).code).toBe(0);
  });

  it('checks the new name of an HSM, and its group', async () => {
    const group = `${SUB}/resourceGroups/rg-warden-hsm`;
    const { code, findings } = await check(
      {
        [`GET ${group}`]: { body: { location: 'westeurope' } },
        [`GET ${group}/resources`]: list([]),
        [`GET ${group}/${PERMISSIONS}`]: OWNER,
        [`GET ${group}/providers/Microsoft.Authorization/locks`]: list([]),
        [`POST ${SUB}/providers/Microsoft.KeyVault/checkMhsmNameAvailability`]: {
          body: { nameAvailable: false },
        },
      },
      {},
      await parameters({ ...GIVEN, newHsm: { name: 'fresh', administrators: ['x'] } }),
    );
    expect(code).toBe(1);
    expect(findings.find(({ subject }) => subject === 'fresh')?.fix).toContain('keeps its name');
  });

  it('fails where the group of a new HSM is missing: no hook makes that', async () => {
    const { code, findings } = await check(
      {},
      {},
      await parameters({
        ...GIVEN,
        newHsm: { name: 'fresh', administrators: ['x'], resourceGroupName: 'rg-new' },
      }),
    );
    expect(code).toBe(1);
    expect(findings.find(({ subject, result }) => subject === 'rg-new' && result === 'fail')?.fix).toContain(
      'az group create --name rg-new --location westeurope',
    );
  });

  it('reads the subscription of an HSM that is in another one', async () => {
    const other = '00000000-0000-0000-0000-000000000002';
    const there = (text: string) => text.replaceAll(SUBSCRIPTION, other);
    const { code, findings } = await check(
      {
        [`GET /subscriptions/${other}/providers`]: list([
          { namespace: 'Microsoft.KeyVault', registrationState: 'Registered' },
        ]),
        [`GET ${there(HSM)}`]: hsm(),
        [`GET ${there(HSM)}/${PERMISSIONS}`]: OWNER,
        [`GET ${there(HSM_GROUP)}/${PERMISSIONS}`]: OWNER,
        [`GET ${there(HSM)}/providers/Microsoft.Insights/diagnosticSettings`]: list([]),
      },
      {},
      await parameters({
        ...GIVEN,
        hsms: [{ name: 'contoso', resourceGroupName: 'rg-hsm', subscriptionId: other }],
      }),
    );
    expect(code).toBe(1);
    expect(findings.filter(({ result }) => result === 'fail').map(({ subject }) => subject)).toEqual([
      'Microsoft.Insights',
    ]);
  });
});

describe('deploy check warns, and goes on,', () => {
  it.each<[string, ArmTable, string]>([
    [
      'of an HSM without purge protection',
      { [`GET ${HSM}`]: hsm({ enablePurgeProtection: false }) },
      'HSM protection',
    ],
    [
      'of an HSM whose answer does not say whether it is protected',
      { [`GET ${HSM}`]: hsm({ enablePurgeProtection: null }) },
      'HSM protection',
    ],
    [
      'of a provider that is being registered',
      { [`GET ${SUB}/providers`]: providers('Registering') },
      'resource providers',
    ],
    [
      'of a group that azd up will make',
      {
        [`GET ${BACKUPS}`]: refused(404, 'ResourceGroupNotFound'),
        [`GET ${BACKUPS}/resources`]: refused(404, 'ResourceGroupNotFound'),
        [`GET ${SUB}/providers/Microsoft.Authorization/policyAssignments`]: list([]),
      },
      'resource group',
    ],
    [
      'of local roles that need a way to the HSM',
      { [`GET ${HSM}`]: hsm({ networkAcls: { defaultAction: 'Deny' } }) },
      'local roles',
    ],
  ])('%s', async (_what, changes, about) => {
    const { code, findings } = await check(changes);
    expect(findings.filter(({ result }) => result === 'warn').map(({ check: name }) => name)).toEqual([
      about,
    ]);
    expect(code).toBe(0);
  });
});

describe('deploy check says that it is unknown', () => {
  it.each(
    Object.keys(READY).filter(
      (call) => call !== `GET ${SUB}` && call !== `GET ${GROUP}` && call !== `GET ${BACKUPS}`,
    ),
  )('what it may not read, and never that all is well: %s', async (call) => {
    const { code, findings } = await check({ [call]: refused(403, 'AuthorizationFailed') });
    const needless = call === `GET ${SUB}/${PERMISSIONS}` || /checkMhsm|deletedManagedHSMs/.test(call);
    expect(code).toBe(needless ? 0 : 2);
    expect(findings.some(({ result }) => result === 'unknown')).toBe(!needless);
    expect(findings.filter(({ result }) => result === 'fail')).toEqual([]);
  });

  it.each<[string, ArmTable]>([
    ['an answer that is no list', { [`GET ${SUB}/providers`]: { body: { nothing: true } } }],
    ['an answer that is no JSON', { [`GET ${SUB}/locations`]: { body: undefined } }],
    [
      'a service that fails',
      { [`GET ${SUB}/providers/Microsoft.Storage/skus`]: refused(400, 'InternalError') },
    ],
    [
      'a list that goes on elsewhere',
      { [`GET ${SUB}/providers`]: { body: { value: [], nextLink: 'https://elsewhere.example/next' } } },
    ],
    [
      'a right that a condition narrows',
      {
        [`GET ${GROUP}/${PERMISSIONS}`]: list([
          { actions: ['*'], notActions: ['Microsoft.Authorization/roleAssignments/write'] },
          { actions: ['Microsoft.Authorization/roleAssignments/write'], notActions: [], condition: '(…)' },
        ]),
      },
    ],
    [
      'a quota that Azure does not list',
      { [`GET ${SUB}/providers/Microsoft.Storage/locations/westeurope/usages`]: list([]) },
    ],
  ])('with %s', async (_what, changes) => {
    const { code, findings } = await check(changes);
    expect(code).toBe(2);
    expect(findings.filter(({ result }) => result === 'unknown')).toHaveLength(1);
  });

  it('when a list goes on at another service, which gets no token', async () => {
    // The same server by another name: what is followed would be seen, and answered.
    const elsewhere = arm.url.replace('127.0.0.1', 'localhost');
    const from = arm.requests.length;
    const { code, findings } = await check({
      [`GET ${SUB}/providers`]: { body: { value: [], nextLink: `${elsewhere}/stolen?api-version=1` } },
      'GET /stolen': list([]),
    });
    expect(code).toBe(2);
    expect(findings.find(({ result }) => result === 'unknown')?.detail).toContain('at another service');
    expect(arm.requests.slice(from).filter((request) => request.includes('/stolen'))).toEqual([]);
  });

  it('for people, too', async () => {
    arm.table = { ...READY, [`GET ${SUB}/locations`]: refused(403, 'AuthorizationFailed') };
    const { code, stdout } = await command(ENVIRONMENT, []);
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^\?{4} {2}region \(westeurope\): it could not be read: it answered 403 AuthorizationFailed$/m,
    );
    expect(stdout).toContain('Nothing has to be fixed; 1 thing could not be seen; 0 warnings.');
  });

  it('a failure counts more than what could not be read', async () => {
    const { code } = await check({
      [`GET ${SUB}/locations`]: refused(403, 'AuthorizationFailed'),
      [`GET ${HSM}`]: refused(404, 'ResourceNotFound'),
    });
    expect(code).toBe(1);
  });
});

describe('the command line of deploy check', () => {
  it.each([
    ['AZURE_SUBSCRIPTION_ID', ''],
    ['AZURE_SUBSCRIPTION_ID', 'production'],
    ['AZURE_RESOURCE_GROUP', ''],
    ['AZURE_RESOURCE_GROUP', '../rg'],
    ['AZURE_LOCATION', ''],
    ['AZURE_LOCATION', 'west/europe'],
  ])('is refused with %s=%s', async (name, value) => {
    const { code, stdout, stderr } = await check({}, { [name]: value });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(name);
  });

  it.each([
    ['a file that is not there', 'missing.json', undefined],
    ['a file that is no JSON', 'text.json', 'hsms'],
    ['a file of another form', 'other.json', '{"hsms":[]}'],
    ['an HSM whose name is none', 'names.json', '{"parameters":{"hsms":{"value":[{"name":"../x"}]}}}'],
  ])('is refused with %s', async (_what, name, text) => {
    const path = join(folder, name);
    if (text !== undefined) await writeFile(path, text);
    expect(await check({}, {}, ['--parameters', path])).toMatchObject({ code: 2, stdout: '' });
  });

  it('keeps a token of this machine from Azure', async () => {
    const ran = await run(['deploy', 'check', '--token-file', join(folder, 'token')], {
      environment: ENVIRONMENT,
    });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
  });

  it('ends at once when it is interrupted', async () => {
    arm.table = READY;
    const signal = AbortSignal.abort(new Error('Ctrl-C'));
    const reach = [
      '--resource-manager',
      arm.url,
      '--ca-file',
      join(folder, 'ca.pem'),
      '--token-file',
      join(folder, 'token'),
    ];
    expect(await run(['deploy', 'check', ...reach], { environment: ENVIRONMENT, signal })).toMatchObject({
      code: 130,
      stdout: '',
    });
  });
});
