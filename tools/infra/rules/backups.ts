/** The account of the backups: immutable, versioned, locked, outliving the apps, every access logged. */
import type { Expected } from '../expected.ts';
import type { Facts } from '../facts.ts';
import { SOMETHING } from '../pattern.ts';
import { ACCOUNT, accountProperties } from './storage.ts';

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

export function backups({ promise, names, id, backupId }: Facts): readonly Expected[] {
  const { days, location, tags } = promise;
  const name = names.backups;
  const account = backupId(ACCOUNT, name);
  const kept = { enabled: true, days: days.softDelete };
  return [
    {
      rule: 'immutability',
      type: ACCOUNT,
      name,
      like: {
        location,
        tags,
        kind: 'StorageV2',
        sku: { name: promise.skus.backups },
        properties: {
          ...accountProperties(promise.private, false),
          encryption: {
            keySource: 'Microsoft.Storage',
            requireInfrastructureEncryption: true,
            services: { blob: { enabled: true, keyType: 'Account' } },
          },
          immutableStorageWithVersioning: {
            enabled: true,
            immutabilityPolicy: {
              immutabilityPeriodSinceCreationInDays: days.immutable,
              allowProtectedAppendWrites: true,
              state: promise.locked ? 'Locked' : 'Unlocked',
            },
          },
        },
      },
    },
    {
      rule: 'versioning',
      type: `${ACCOUNT}/blobServices`,
      name: `${name}/default`,
      like: {
        properties: {
          isVersioningEnabled: true,
          deleteRetentionPolicy: kept,
          containerDeleteRetentionPolicy: kept,
        },
      },
    },
    ...['key-backups', 'warden-audit'].map((container) => ({
      rule: 'storage',
      type: `${ACCOUNT}/blobServices/containers`,
      name: `${name}/default/${container}`,
      like: { properties: { publicAccess: 'None' } },
    })),
    {
      // Appending to an immutable append blob is documented for the policy of a container.
      rule: 'immutability',
      type: `${ACCOUNT}/blobServices/containers/immutabilityPolicies`,
      name: `${name}/default/warden-audit/default`,
      like: {
        properties: {
          immutabilityPeriodSinceCreationInDays: days.immutable,
          allowProtectedAppendWrites: true,
        },
      },
    },
    {
      rule: 'lifecycle',
      type: `${ACCOUNT}/managementPolicies`,
      name: `${name}/default`,
      like: { properties: { policy: { rules: promise.hsms.map((hsm) => lifecycleOf(hsm.name, days)) } } },
    },
    {
      rule: 'delete-lock',
      type: 'Microsoft.Authorization/locks',
      name: 'backups-outlive-the-apps',
      on: account,
      like: { properties: { level: 'CanNotDelete', notes: SOMETHING } },
    },
    {
      rule: 'diagnostics',
      type: 'Microsoft.Insights/diagnosticSettings',
      name: 'hsm-warden',
      on: `${account}/blobServices/default`,
      like: {
        properties: {
          workspaceId: id('Microsoft.OperationalInsights/workspaces', names.workspace),
          logs: ['StorageRead', 'StorageWrite', 'StorageDelete'].map((category) => ({
            category,
            enabled: true,
          })),
        },
      },
    },
    {
      rule: 'append-only',
      type: 'Microsoft.Authorization/roleDefinitions',
      name: /^[0-9a-f-]{36}$/,
      like: {
        properties: {
          roleName: `HSM Warden Blob Appender (${name})`,
          description: SOMETHING,
          type: 'CustomRole',
          assignableScopes: [account.slice(0, account.indexOf('/providers/'))],
          permissions: [
            {
              actions: [],
              notActions: [],
              dataActions: [`${BLOBS}/read`, `${BLOBS}/add/action`],
              notDataActions: [],
            },
          ],
        },
      },
    },
  ];
}

/** One rule for the folders of one HSM, of its backups and of their public keys: a rule without a prefix, or with a shorter one, would reach the pinned backups. */
function lifecycleOf(hsm: string, days: Facts['promise']['days']) {
  return {
    name: `backups-of-${hsm}`,
    type: 'Lifecycle',
    enabled: true,
    definition: {
      filters: {
        blobTypes: ['blockBlob'],
        prefixMatch: [`key-backups/${hsm}/`, `key-backups/public-keys/${hsm}/`],
      },
      actions: {
        baseBlob: {
          tierToCool: { daysAfterCreationGreaterThan: days.cool },
          delete: { daysAfterCreationGreaterThan: days.delete },
        },
        version: { delete: { daysAfterCreationGreaterThan: days.delete } },
      },
    },
  };
}
