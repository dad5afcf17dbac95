/** `deploy check` of what a deployment was asked for. */
import { describe, expect, it } from 'vitest';
import { deployCheck, GIVEN, rights } from './support/deploy-check.ts';
import { list } from './support/fake-arm.ts';
import {
  GROUP,
  HSM,
  HSM_GROUP,
  hsm,
  OWNER,
  PERMISSIONS,
  SUB,
  SUBSCRIPTION,
} from './support/ready-subscription.ts';

const { check, parameters } = deployCheck();

describe('deploy check of the parameters', () => {
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

  it('asks, for an HSM in another subscription, for the right to the rule that is made beside it', async () => {
    const other = '00000000-0000-0000-0000-000000000002';
    const there = (text: string) => text.replaceAll(SUBSCRIPTION, other);
    const audit = rights(['*/read', 'Microsoft.Resources/deployments/*']);
    const { findings } = await check(
      {
        [`GET /subscriptions/${other}/providers`]: list([]),
        [`GET ${there(HSM)}`]: hsm(),
        [`GET ${there(HSM)}/${PERMISSIONS}`]: OWNER,
        [`GET ${there(HSM_GROUP)}/${PERMISSIONS}`]: audit,
        [`GET ${there(HSM)}/providers/Microsoft.Insights/diagnosticSettings`]: list([]),
      },
      {},
      await parameters({
        ...GIVEN,
        hsms: [{ name: 'contoso', resourceGroupName: 'rg-hsm', subscriptionId: other }],
      }),
    );
    expect(JSON.stringify(findings.filter(({ result }) => result === 'fail'))).toContain(
      'Microsoft.Insights/activityLogAlerts/write',
    );
  });
});
