/** Situations that the logs of the services show, with the apps alive or dead: which rules fire. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Rows } from '../../tools/infra/alerts/kql-evaluate.ts';
import { reportsChange, reportsMetric } from '../../tools/infra/alerts/platform-samples.ts';
import { APP, at, blobCall, identityOf } from '../../tools/infra/alerts/samples.ts';
import { PUBLIC_CLOUD } from '../../tools/infra/clouds.ts';
import { evaluated } from '../../tools/infra/evaluated.ts';
import { ofType, Snapshot } from '../../tools/infra/snapshot.ts';
import {
  expectFiring,
  firing,
  HSM,
  healthy,
  healthyWith,
  record,
  type Situation,
} from './support/log-rows.ts';

/** What a service says of itself, and the rule that needs no app to hear it. */
const SAID_BY_SERVICES: readonly (readonly [situation: string, rows: Rows, fires: string])[] = [
  ...['KeyDelete', 'KeyPurge'].map((OperationName): [string, Rows, string] => [
    `the HSM says ${OperationName}`,
    { AZKVAuditLogs: [{ ...record, OperationName, RequestUri: `${HSM}/keys/orders` }] },
    'key-removed: contoso',
  ]),
  [
    'the security domain is downloaded',
    {
      AZKVAuditLogs: [
        { ...record, OperationName: 'SecurityDomainDownload', RequestUri: `${HSM}/securitydomain/download` },
      ],
    },
    'security-domain-touched: contoso',
  ],
  [
    'a local role is given',
    {
      AZKVAuditLogs: [
        {
          ...record,
          OperationName: 'RoleAssignmentCreate',
          RequestUri: `${HSM}/keys/providers/Microsoft.Authorization/roleAssignments/1`,
        },
      ],
    },
    'hsm-administered: contoso',
  ],
  [
    'a sealing key is disabled',
    {
      AZKVAuditLogs: [
        {
          ...record,
          OperationName: 'KeyUpdate',
          RequestUri: 'https://kv-seals.vault.azure.net/keys/warden-seal-backup/1',
        },
      ],
    },
    'seal-key-touched: kv-seals',
  ],
  [
    'a message is poisoned, and nobody lives to say so',
    {
      StorageQueueLogs: [
        {
          TimeGenerated: at(12),
          OperationName: 'PutMessage',
          Uri: 'https://st.queue.core.windows.net/hsm-sweeps-poison/messages',
        },
      ],
    },
    'poison-queue: hsm-sweeps-poison',
  ],
  [
    'a backup is deleted',
    { StorageBlobLogs: [blobCall({ OperationName: 'DeleteBlob' })] },
    'backup-store-touched: DeleteBlob',
  ],
];

const SITUATIONS: readonly Situation[] = [
  [
    'a message is poisoned',
    healthyWith({
      StorageQueueLogs: [
        {
          TimeGenerated: at(12),
          OperationName: 'PutMessage',
          Uri: 'https://st.queue.core.windows.net/hsm-sweeps-poison/messages',
        },
      ],
    }),
    ['poison-queue: hsm-sweeps-poison'],
  ],
  ...[
    { RequesterObjectId: 'somebody' },
    { OperationName: 'DeleteBlob' },
    { AuthenticationType: 'AccountKey' },
    { AuthenticationType: 'SAS' },
    { StatusText: 'BlobImmutableDueToPolicy' },
  ].map((fields): [string, Rows, string[]] => [
    `backups are touched: ${JSON.stringify(fields)}`,
    healthyWith({ StorageBlobLogs: [blobCall(fields)] }),
    [`backup-store-touched: ${String(blobCall(fields).OperationName)}`],
  ]),
  ...['KeyRestore', 'KeyRecover'].map((OperationName): [string, Rows, string[]] => [
    `the HSM says ${OperationName}, and no decision is sealed`,
    healthyWith({
      AZKVAuditLogs: [
        {
          ...record,
          OperationName,
          RequestUri: `${HSM}/deletedkeys/orders/recover`,
          Identity: identityOf(APP),
        },
      ],
    }),
    ['key-brought-back-unapproved: contoso'],
  ]),
  [
    'the same, with every app dead',
    { AZKVAuditLogs: [{ ...record, OperationName: 'KeyRestore', Identity: identityOf('somebody') }] },
    ['key-brought-back-unapproved: contoso', 'no-heartbeat: contoso', 'recovery-app-dead: recoveryReconcile'],
  ],
  [
    'the audit log of the HSMs does not come',
    healthy({ but: ['AZKVAuditLogs'] }),
    ['audit-log-missing: contoso', 'audit-log-missing: fabrikam', 'drill-log-missing: drill'],
  ],
  [
    'the log of the backups does not come',
    healthy({ but: ['StorageBlobLogs'] }),
    ['storage-log-missing: stbackups'],
  ],
  [
    'the log of the queues does not come',
    healthy({ but: ['StorageQueueLogs'] }),
    ['storage-log-missing: stqueues'],
  ],
];

describe('the truth table of what services log', () => {
  it.each(SAID_BY_SERVICES)(
    '%s: reported with the apps alive, and with all of them dead',
    (_situation, rows, fires) => {
      expect(firing(healthyWith(rows))).toEqual([fires]);
      expect(firing(rows)).toEqual(expect.arrayContaining([fires, 'no-heartbeat: contoso']));
    },
  );

  it.each(SITUATIONS)('%s', (_situation, rows, fires) => {
    expectFiring(rows, fires);
  });

  const stored = JSON.parse(readFileSync('infra/tests/defaults.snapshot.json', 'utf8'));
  const snapshot = evaluated(Snapshot.parse(stored), PUBLIC_CLOUD);
  const group = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-warden';

  it.each([
    ['a lock', 'Microsoft.Authorization/locks/delete', `${group}-backups`],
    ['the immutability policy', 'Microsoft.Storage/storageAccounts/write', `${group}-backups`],
    ['the lifecycle', 'Microsoft.Storage/storageAccounts/managementPolicies/write', `${group}-backups`],
    ['a role', 'Microsoft.Authorization/roleAssignments/write', group],
    [
      'a diagnostic setting',
      'Microsoft.Insights/diagnosticSettings/delete',
      `${group}/providers/Microsoft.KeyVault/managedHSMs/contoso`,
    ],
    ['an alert rule', 'Microsoft.Insights/scheduledQueryRules/delete', group],
    ['who is notified', 'Microsoft.Insights/actionGroups/write', group],
    ['what mutes alerts', 'Microsoft.AlertsManagement/actionRules/write', group],
    [
      'what mutes alerts, in a group of others',
      'Microsoft.AlertsManagement/actionRules/write',
      `${group}-of-others`,
    ],
    [
      'what muted alerts, in a group of others',
      'Microsoft.AlertsManagement/actionRules/delete',
      `${group}-of-others`,
    ],
    [
      'the group of the backups',
      'Microsoft.Resources/subscriptions/resourceGroups/delete',
      `${group}-backups`,
    ],
    [
      'an HSM, and deletes it',
      'Microsoft.KeyVault/managedHSMs/delete',
      `${group}/providers/Microsoft.KeyVault/managedHSMs/contoso`,
    ],
    [
      'a deleted HSM, and purges it',
      'Microsoft.KeyVault/locations/deletedManagedHSMs/purge/action',
      '/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.KeyVault/locations/westeurope',
    ],
    [
      'who reaches an HSM',
      'Microsoft.KeyVault/managedHSMs/privateEndpointConnectionsApproval/action',
      `${group}/providers/Microsoft.KeyVault/managedHSMs/contoso`,
    ],
    ['an app', 'Microsoft.Web/sites/stop/action', group],
    ['the workspace', 'Microsoft.OperationalInsights/workspaces/write', group],
    ['the topic', 'Microsoft.EventGrid/topics/delete', group],
    ['the Event Hub', 'Microsoft.EventHub/namespaces/eventhubs/delete', group],
  ])('somebody changes %s', (_what, operationName, scope) => {
    const change = {
      category: 'Administrative',
      status: 'Succeeded',
      operationName,
      resourceId: `${scope}/providers/x/y/z`,
    };
    const rules = ofType(snapshot, 'Microsoft.Insights/activityLogAlerts');

    expect(rules.filter((rule) => reportsChange(rule, change))).not.toEqual([]);
  });

  it.each([
    ['dead-letters', 1],
    ['dropped-events', 1],
    ['publish-failures', 1],
    ['delivery-failures', 6],
  ])('events do not get out: %s', (name, count) => {
    const rule = ofType(snapshot, 'Microsoft.Insights/metricAlerts').find((one) =>
      one.name.startsWith(`alert-${name}-`),
    );

    expect(rule && reportsMetric(rule, count)).toBe(true);
  });
});
