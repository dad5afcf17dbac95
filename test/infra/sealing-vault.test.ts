/** The rule over the sealing vault: silent about what is deployed, and loud about one changed value. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { checkSealingVault } from '../../tools/infra/rules/sealing-vault.ts';
import { type Resource, Snapshot } from '../../tools/infra/snapshot.ts';

const text = readFileSync('infra/tests/sealing-vault.snapshot.json', 'utf8');

/** What would be deployed. */
function predicted(): Snapshot {
  return evaluated(Snapshot.parse(JSON.parse(text)), PUBLIC_CLOUD);
}

/** The prediction with one resource changed. */
function changed(type: string, of: string, change: (resource: Resource) => void): Snapshot {
  const snapshot = predicted();
  const found = snapshot.predictedResources.find((one) => one.type === type && one.id.includes(of));
  if (found === undefined) throw new Error(`expected a ${type} of ${of}`);
  change(found);
  return snapshot;
}

const VAULT = 'Microsoft.KeyVault/vaults';
const KEY = 'Microsoft.KeyVault/vaults/keys';
const ROLE = 'Microsoft.Authorization/roleDefinitions';
const ASSIGNMENT = 'Microsoft.Authorization/roleAssignments';
const EXPORTABLE = { attributes: { enabled: true, exportable: true } };

it('says nothing about what is deployed', () => {
  expect(checkSealingVault(predicted())).toEqual([]);
});

describe('is loud about', () => {
  it.each<[string, string, string, Record<string, unknown>]>([
    ['a vault without purge protection', VAULT, 'kv-warden', { enablePurgeProtection: false }],
    ['a vault with access policies', VAULT, 'kv-warden', { enableRbacAuthorization: false }],
    ['a vault open to every network', VAULT, 'kv-warden', { publicNetworkAccess: 'Enabled' }],
    ['a vault whose templates may read it', VAULT, 'kv-warden', { enabledForTemplateDeployment: true }],
    ['a key that may leave', KEY, 'seal-backup', EXPORTABLE],
    ['a key that may decrypt', KEY, 'seal-backup', { keyOps: ['sign', 'verify', 'unwrapKey'] }],
    ['a key of another curve', KEY, 'seal-recovery', { curveName: 'P-384' }],
    ['a role at every scope', ROLE, '', { assignableScopes: ['/'] }],
    [
      'the key of the recovery app in the hands of the backup app',
      ASSIGNMENT,
      'seal-recovery',
      { principalId: '55555555-5555-5555-5555-555555555555' },
    ],
    [
      'the key of the backup app in the hands of the drill app',
      ASSIGNMENT,
      'seal-backup',
      { principalId: '77777777-7777-7777-7777-777777777777' },
    ],
    ['a key of the drills that must fail that may leave', KEY, 'drill-faults', EXPORTABLE],
    [
      'another role than the two',
      ASSIGNMENT,
      'seal-backup',
      {
        roleDefinitionId:
          '/providers/Microsoft.Authorization/roleDefinitions/14b46e9e-c2b7-41b4-b07b-48a6ebf60603',
      },
    ],
    ['uses that nobody logs', 'Microsoft.Insights/diagnosticSettings', 'kv-warden', { logs: [] }],
  ])('%s', (_, type, of, change) => {
    const snapshot = changed(type, of, (resource) => {
      resource.properties = { ...resource.properties, ...JSON.parse(JSON.stringify(change)) };
    });

    expect(checkSealingVault(snapshot)).not.toEqual([]);
  });

  it('a role that may do more', () => {
    const snapshot = changed(ROLE, '', (resource) => {
      resource.properties = JSON.parse(
        JSON.stringify(resource.properties).replace(
          'keys/sign/action',
          'keys/sign/action","Microsoft.KeyVault/vaults/keys/decrypt/action',
        ),
      );
    });

    expect(checkSealingVault(snapshot)).not.toEqual([]);
  });

  it('a right on the whole vault', () => {
    const snapshot = changed(ASSIGNMENT, 'seal-backup', (resource) => {
      resource.id = resource.id.replace('/keys/warden-seal-backup', '');
    });

    expect(checkSealingVault(snapshot)).not.toEqual([]);
  });

  it('a key of the drills that must fail among the pinned ones, by never having it there', () => {
    const bicep = readFileSync('infra/sealing-vault.bicep', 'utf8');
    const pinned = bicep.slice(bicep.indexOf('output publicKeys'));

    expect(pinned).toContain('vault::drillKey!');
    expect(pinned).not.toContain('faultKey');
  });

  it('a key more, and a right more', () => {
    const snapshot = predicted();
    const extra = snapshot.predictedResources.filter(({ type }) => type === KEY || type === ASSIGNMENT);
    snapshot.predictedResources.push(
      ...extra.map((one) => ({ ...one, id: one.id.replace('warden-seal', 'other') })),
    );

    expect(checkSealingVault(snapshot).length).toBeGreaterThanOrEqual(extra.length);
  });
});
