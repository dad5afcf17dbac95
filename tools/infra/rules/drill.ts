/** The rights of the drill app: exactly these, each on no more than it needs. */
import { differences, type Pattern } from '../pattern.ts';
import { type JsonValue, ofType, type Resource, type Snapshot } from '../snapshot.ts';
import { CONDITION } from './grants.ts';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000001';
const GROUP = `${SUBSCRIPTION}/resourceGroups/rg-warden/providers`;
const BACKUPS = `${SUBSCRIPTION}/resourceGroups/rg-warden-backups/providers`;
const DRILL_HSM = `${SUBSCRIPTION}/resourceGroups/rg-drill/providers/Microsoft.KeyVault/managedHSMs/drill`;
const STATE_ACCOUNT = `${GROUP}/Microsoft.Storage/storageAccounts/stwardenrabcdefghijklm`;
const BACKUP_HOST = `${GROUP}/Microsoft.Storage/storageAccounts/stwardenhabcdefghijklm`;
const BACKUP_ACCOUNT = `${BACKUPS}/Microsoft.Storage/storageAccounts/stwardenbabcdefghijklm`;
/** Of the drill app itself: made by the template. */
const OWN_HOST = `${GROUP}/Microsoft.Storage/storageAccounts/stwardendw3j23au7fj2oi`;
const OWN_IDENTITY = `ref(${GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/id-warden-drill-w3j23au7fj2oi).principalId`;

interface DrillGrant {
  readonly role: string;
  /** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
  readonly roleId: string;
  /** What it is given on: this very resource. */
  readonly on: string;
  readonly conditional?: true;
}

const GRANTS: readonly DrillGrant[] = [
  { role: 'Storage Blob Data Owner', roleId: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b', on: OWN_HOST },
  { role: 'Storage Queue Data Contributor', roleId: '974c5e8b-45b9-4653-ba55-5f855dd0fb88', on: OWN_HOST },
  { role: 'Storage Table Data Contributor', roleId: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3', on: OWN_HOST },
  {
    role: 'Storage Blob Data Contributor',
    roleId: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    on: `${STATE_ACCOUNT}/blobServices/default/containers/warden-state`,
    conditional: true,
  },
  ...['key-backups', 'notifications'].map((queue) => ({
    role: 'Storage Queue Data Message Sender',
    roleId: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a',
    on: `${BACKUP_HOST}/queueServices/default/queues/${queue}`,
  })),
  {
    role: 'EventGrid Data Sender',
    roleId: 'd5a91429-5739-47e2-a06b-3470a27159e7',
    on: `${GROUP}/Microsoft.EventGrid/topics/evgt-warden`,
  },
  {
    role: 'Monitoring Metrics Publisher',
    roleId: '3913510d-42f4-4e42-8a64-420c390055eb',
    on: `${GROUP}/Microsoft.Insights/components/appi-warden`,
  },
  {
    role: 'Storage Blob Data Reader',
    roleId: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    on: `${BACKUP_ACCOUNT}/blobServices/default/containers/key-backups`,
  },
  { role: 'Reader', roleId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', on: DRILL_HSM },
];

/** Every violation in the prediction for infra/tests/drill.bicepparam, a sentence each. */
export function checkDrillGrants(snapshot: Snapshot): readonly string[] {
  const left = new Set(ofType(snapshot, 'Microsoft.Authorization/roleAssignments'));
  const problems = GRANTS.flatMap((grant) => {
    const found = [...left].find((one) => isOf(one, grant));
    if (found === undefined) return [`drill: nobody gives ${grant.role} on ${grant.on}`];
    left.delete(found);
    const properties: JsonValue = JSON.parse(JSON.stringify(found.properties ?? null));
    return differences(properties, likeOf(grant)).map((one) => `drill: ${grant.role} on ${grant.on}: ${one}`);
  });
  const roles = snapshot.predictedResources.filter(
    ({ type }) =>
      type.startsWith('Microsoft.Authorization/') && type !== 'Microsoft.Authorization/roleAssignments',
  );
  return [
    ...problems,
    ...[...left, ...roles].map((one) => `drill: ${one.type} on ${scopeOf(one)} belongs to no rule`),
  ];
}

function isOf(one: Resource, { on, roleId }: DrillGrant): boolean {
  return scopeOf(one) === on && JSON.stringify(one.properties).includes(roleId);
}

function likeOf({ role, roleId, conditional }: DrillGrant): Pattern {
  return {
    principalId: OWN_IDENTITY,
    principalType: 'ServicePrincipal',
    roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
    description: new RegExp(`^${role}: \\S`),
    condition: conditional ? CONDITION : null,
    conditionVersion: conditional ? '2.0' : null,
  };
}

/** What an assignment is given on. */
function scopeOf({ id }: Resource): string {
  return id.split('/providers/Microsoft.Authorization/')[0] ?? id;
}
