/** `deploy check` where a deployment would go through. */
import { describe, expect, it } from 'vitest';
import { deployCheck, providers } from './support/deploy-check.ts';
import { type ArmTable, list, refused } from './support/fake-arm.ts';
import { BACKUPS, GROUP, HSM, hsm, SUB, usages } from './support/ready-subscription.ts';

const { arm, check } = deployCheck();

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
    const from = arm().requests.length;
    await check();
    const asked = arm().requests.slice(from);
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
