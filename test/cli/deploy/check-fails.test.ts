/** `deploy check` where a deployment would fail: what it says, and what helps. */
import { describe, expect, it } from 'vitest';
import { deployCheck, providers, rights } from './support/deploy-check.ts';
import { type ArmTable, list, refused } from './support/fake-arm.ts';
import {
  BACKUPS,
  GROUP,
  HSM,
  HSM_GROUP,
  hsm,
  PERMISSIONS,
  SUB,
  skus,
  usages,
} from './support/ready-subscription.ts';

const { check } = deployCheck();

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
});
