/** The rule over the sealing vault, which is made with that vault. */
import type { Row } from './kql-evaluate.ts';
import { type Alert, APP, at, DRILL_APP, identityOf, OBJECT_ID, RECOVERY_APP, SOMEBODY } from './samples.ts';

const KEYS = 'https://kv-seals.vault.azure.net/keys/warden-seal';
const KEY = `${KEYS}-recovery`;
/** Each app with the keys that it may sign with. */
const SIGNERS: readonly (readonly [app: string, key: string])[] = [
  [APP, 'backup'],
  [RECOVERY_APP, 'recovery'],
  [DRILL_APP, 'drill'],
  [DRILL_APP, 'drill-faults'],
];
const VERSION = '0123456789abcdef0123456789abcdef';

/** What the audit log of the vault says, in its own table. */
function said(OperationName: string, fields: Row = {}): Row {
  return {
    TimeGenerated: at(20),
    OperationName,
    HttpStatusCode: 200,
    RequestUri: `${KEY}/${VERSION}`,
    Identity: identityOf(SOMEBODY),
    ...fields,
  };
}

function signed(app: string, key: string): Row {
  return said('KeySign', { Identity: identityOf(app), RequestUri: `${KEYS}-${key}/${VERSION}/sign` });
}

/** The same in the table of all resources. */
function inDiagnostics(OperationName: string, fields: Row = {}): Row {
  return {
    TimeGenerated: at(20),
    ResourceProvider: 'MICROSOFT.KEYVAULT',
    ResourceType: 'VAULTS',
    OperationName,
    requestUri_s: KEY,
    httpStatusCode_d: 200,
    [OBJECT_ID]: SOMEBODY,
    ...fields,
  };
}

const TOUCHES = [
  'KeyDelete',
  'KeyPurge',
  'KeyCreate',
  'KeyImport',
  'KeyRotate',
  'KeyBackup',
  'KeyRestore',
  'VaultPatch',
];
const READS = ['KeyGet', 'KeyList', 'KeyListVersions', 'KeyGetDeleted', 'KeyListDeleted', 'KeyVerify'];

export const SEAL_ALERTS: Readonly<Record<string, Alert>> = {
  'seal-key-touched': {
    promise:
      'A sealing key that is disabled, deleted, renewed, copied, or used by anybody but its app is reported, by the vault itself.',
    madeBy: 'seals',
    severity: 0,
    everyMinutes: 15,
    lookBackMinutes: 60,
    // A key is disabled by an update.
    fires: { rows: { AZKVAuditLogs: [said('KeyUpdate')] }, subject: 'kv-seals' },
    alsoFires: [
      ...[...TOUCHES, 'KeySign', 'NeverHeardOf'].map((operation) => ({ AZKVAuditLogs: [said(operation)] })),
      { AZKVAuditLogs: [said('KeySign', { Identity: undefined })] },
      // None with a key of another.
      ...[APP, RECOVERY_APP, DRILL_APP].flatMap((app) =>
        SIGNERS.filter(([owner]) => owner !== app).map(([, key]) => ({ AZKVAuditLogs: [signed(app, key)] })),
      ),
      { AZKVAuditLogs: [signed(DRILL_APP, 'other')] },
      // The apps sign, and do nothing else: not even with their own keys.
      ...SIGNERS.map(([app, key]) => ({
        AZKVAuditLogs: [
          said('KeyUpdate', { Identity: identityOf(app), RequestUri: `${KEYS}-${key}/${VERSION}` }),
        ],
      })),
      { AzureDiagnostics: [inDiagnostics('KeyUpdate')] },
      { AzureDiagnostics: [inDiagnostics('KeySign')] },
    ],
    silent: {
      AZKVAuditLogs: [
        ...SIGNERS.map(([app, key]) => signed(app, key)),
        ...[...READS, 'KeyRotationPolicyGet', 'VaultGet', 'Authentication'].map((operation) =>
          said(operation),
        ),
        said('KeyUpdate', { HttpStatusCode: 403 }),
        said('KeyUpdate', { TimeGenerated: at(65) }),
        said('KeyUpdate', { RequestUri: 'https://kv-other.vault.azure.net/keys/x' }),
      ],
      AzureDiagnostics: [
        inDiagnostics('KeySign', { [OBJECT_ID]: RECOVERY_APP, requestUri_s: `${KEY}/${VERSION}/sign` }),
        inDiagnostics('KeyUpdate', { ResourceType: 'MANAGEDHSMS' }),
      ],
    },
  },
};
