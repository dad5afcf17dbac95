/** Rules over what the HSMs say of themselves, and over the silence of the logs that other rules read. */
import type { Row, Rows } from './kql-evaluate.ts';
import { type Alert, at, blobCall, identityOf, line, OBJECT_ID, SOMEBODY } from './samples.ts';

const HSM = 'https://contoso.managedhsm.azure.net';
const ELSEWHERE = 'https://elsewhere.managedhsm.azure.net';
const HOURLY = { everyMinutes: 60, lookBackMinutes: 120 };
const WITHIN_THE_HOUR = { everyMinutes: 15, lookBackMinutes: 60 };

/** What the audit log of the HSM says of a request, in its own table. */
function said(OperationName: string, path: string, fields: Row = {}): Row {
  return {
    TimeGenerated: at(20),
    OperationName,
    HttpStatusCode: 200,
    RequestUri: `${HSM}${path}`,
    Identity: identityOf(SOMEBODY),
    ...fields,
  };
}

/** The same in the table of all resources. */
function inDiagnostics(OperationName: string, path: string, fields: Row = {}): Row {
  return {
    TimeGenerated: at(20),
    ResourceProvider: 'MICROSOFT.KEYVAULT',
    ResourceType: 'MANAGEDHSMS',
    OperationName,
    requestUri_s: `${HSM}${path}`,
    httpStatusCode_d: 200,
    [OBJECT_ID]: SOMEBODY,
    ...fields,
  };
}

/** A rule over requests: each of `these` makes it fire, by either table; each of `others` does not, nor one of them that is unlike it. */
function onRequests(
  promise: string,
  severity: Alert['severity'],
  [first, ...these]: readonly [readonly [string, string], ...(readonly [string, string])[]],
  others: readonly (readonly [string, string])[],
): Alert {
  return {
    promise,
    severity,
    ...WITHIN_THE_HOUR,
    fires: { rows: { AZKVAuditLogs: [said(...first)] }, subject: 'contoso' },
    alsoFires: [
      ...these.map((one): Rows => ({ AZKVAuditLogs: [said(...one)] })),
      { AzureDiagnostics: [inDiagnostics(...first)] },
    ],
    silent: {
      AZKVAuditLogs: [
        ...others.map((one) => said(...one)),
        said(...first, { HttpStatusCode: 403 }),
        said(...first, { RequestUri: `${ELSEWHERE}${first[1]}` }),
        said(...first, { TimeGenerated: at(65) }),
      ],
      AzureDiagnostics: [inDiagnostics(...first, { ResourceType: 'VAULTS' })],
    },
  };
}

const ROLE = '/providers/Microsoft.Authorization/roleAssignments/1';
const LOOKED = line('watch looked', { hsm: 'contoso', ok: true }, 130);
const blobLog = (minutesAgo: number) => blobCall({ AccountName: 'stbackups', TimeGenerated: at(minutesAgo) });
const queueLog = (minutesAgo: number): Row => ({
  TimeGenerated: at(minutesAgo),
  AccountName: 'stqueues',
  OperationName: 'PutMessage',
  Uri: 'https://stqueues.queue.core.windows.net/watch-looks/messages',
});
const HEIGHT = line('audit log height', { height: 42, hash: '0' }, 130);

export const SERVICE_ALERTS: Readonly<Record<string, Alert>> = {
  'key-removed': onRequests(
    'A deletion and a purge are reported by the HSM itself, with every app dead, too.',
    1,
    [
      ['KeyDelete', '/keys/orders'],
      ['KeyPurge', '/deletedkeys/orders'],
    ],
    [
      ['KeyRecover', '/deletedkeys/orders/recover'],
      ['KeySign', '/keys/orders/1/sign'],
      ['KeyListDeleted', '/deletedkeys'],
    ],
  ),
  'security-domain-touched': onRequests(
    'Who reads or replaces the security domain, or restores the whole HSM, is reported by the HSM itself.',
    0,
    [
      ['SecurityDomainDownload', '/securitydomain/download'],
      ['SecurityDomainUpload', '/securitydomain/upload'],
      ['RestoreCreate', '/restore'],
      ['RestoreStatus', '/restore/1/pending'],
      ['SelectiveRestore', '/keys/orders/selectiverestore'],
    ],
    [
      ['KeyRestore', '/keys/restore'],
      ['BackupCreate', '/backup'],
      ['RoleAssignmentCreate', ROLE],
    ],
  ),
  'hsm-administered': onRequests(
    'A change of the local roles or the settings of an HSM is reported by the HSM itself.',
    1,
    [
      ['RoleAssignmentCreate', ROLE],
      ['RoleAssignmentDelete', ROLE],
      ['RoleDefinitionSet', '/keys/providers/Microsoft.Authorization/roleDefinitions/1'],
      ['SettingUpdate', '/settings/AllowKeyManagementOperationsThroughARM'],
      ['NeverHeardOf', '/x'],
      ['AllowListTargetUpdate', '/settings/x'],
    ],
    [
      ['RoleAssignmentList', '/providers/Microsoft.Authorization/roleAssignments'],
      ['RoleDefinitionGet', '/providers/Microsoft.Authorization/roleDefinitions/1'],
      ['SettingsRead', '/settings'],
      ['KeyCreate', '/keys/orders/create'],
      ['EkmProxyOperation', '/ekm'],
      ['Authentication', '/keys'],
      ['BackupCreate', '/backup'],
      ['BackupStatus', '/backup/1/pending'],
      ['RestoreStatus', '/restore/1/pending'],
      ['SecurityDomainDownload', '/securitydomain/download'],
      ['RestoreCreate', '/restore'],
      ['SelectiveRestore', '/keys/orders/selectiverestore'],
    ],
  ),
  'audit-log-missing': {
    promise:
      'The audit log of an HSM reaches the workspace, where it is to; one that is missing is reported while it is.',
    severity: 1,
    ...HOURLY,
    fires: {
      rows: { AppTraces: [LOOKED], AZKVAuditLogs: [said('KeyList', '/keys', { TimeGenerated: at(125) })] },
      subject: 'contoso',
    },
    alsoFires: [
      // That of another HSM is there, or of a vault.
      {
        AppTraces: [line('watch looked', { hsm: 'Contoso', ok: true }, 230)],
        AZKVAuditLogs: [said('KeyList', '/keys', { RequestUri: `${ELSEWHERE}/keys` })],
        AzureDiagnostics: [inDiagnostics('KeyList', '/keys', { ResourceType: 'VAULTS' })],
      },
    ],
    silent: {
      AppTraces: [
        LOOKED,
        // Its log goes to the Event Hub alone.
        line('watch looked', { hsm: 'elsewhere', ok: true }, 130),
      ],
      AZKVAuditLogs: [said('KeyList', '/keys', { TimeGenerated: at(115) })],
    },
    alsoSilent: [
      { AppTraces: [LOOKED], AzureDiagnostics: [inDiagnostics('KeyList', '/keys')] },
      // Scanned for less than two hours; out of reach, which hsm-unreachable reports; by nobody, which no-heartbeat does.
      { AppTraces: [line('watch looked', { hsm: 'contoso', ok: true }, 110)] },
      { AppTraces: [line('watch could not see the HSM', { hsm: 'contoso', ok: false }, 130)] },
      {},
    ],
  },
  'storage-log-missing': {
    promise: 'The logs of the storage reach the workspace; one that is missing is reported while it is.',
    severity: 1,
    ...HOURLY,
    fires: {
      rows: {
        AppTraces: [HEIGHT, LOOKED],
        StorageBlobLogs: [blobLog(125)],
        StorageQueueLogs: [queueLog(10)],
      },
      subject: 'stbackups',
    },
    alsoFires: [
      { AppTraces: [HEIGHT, LOOKED], StorageBlobLogs: [blobLog(10)], StorageQueueLogs: [queueLog(125)] },
      { AppTraces: [line('watch could not see the HSM', { hsm: 'contoso', ok: false }, 130)] },
      { AppTraces: [HEIGHT], StorageBlobLogs: [blobCall({ AccountName: 'stother' })] },
    ],
    silent: {
      AppTraces: [HEIGHT, LOOKED],
      StorageBlobLogs: [blobLog(115)],
      StorageQueueLogs: [queueLog(115)],
    },
    alsoSilent: [
      // Used for less than two hours, or by nobody.
      { AppTraces: [line('audit log height', { height: 42, hash: '0' }, 110)] },
      {},
    ],
  },
};
