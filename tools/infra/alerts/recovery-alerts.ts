/** Rules about recoveries, the people who decide on them, and the log of both. */
import type { Row } from './kql-evaluate.ts';
import { type Alert, APP, at, event, identityOf, line, OBJECT_ID, QUICK } from './samples.ts';

const HSM = 'https://contoso.managedhsm.azure.net';

/** A restore in the audit log of the HSM; its request names no key. */
function restored(fields: Row): Row {
  return {
    TimeGenerated: at(20),
    OperationName: 'KeyRestore',
    HttpStatusCode: 200,
    RequestUri: `${HSM}/keys/restore`,
    Id: `${HSM}/keys/orders/0123456789abcdef0123456789abcdef`,
    Identity: identityOf(APP),
    ...fields,
  };
}

function recovered(fields: Row): Row {
  const RequestUri = `${HSM}/deletedkeys/orders/recover`;
  return { ...restored({ OperationName: 'KeyRecover', RequestUri, Id: '' }), ...fields };
}

/** A restore in the table of all resources. */
function inDiagnostics(fields: Row): Row {
  return {
    TimeGenerated: at(20),
    ResourceProvider: 'MICROSOFT.KEYVAULT',
    ResourceType: 'MANAGEDHSMS',
    OperationName: 'KeyRestore',
    requestUri_s: `${HSM}/keys/restore`,
    httpStatusCode_d: 200,
    [OBJECT_ID]: APP,
    ...fields,
  };
}

function claimed(fields: Row, minutesAgo = 21): Row {
  const about = { recoveryId: '01J', action: 'restore', hsm: 'contoso', key: 'orders', ...fields };
  return line('recovery claimed', about, minutesAgo);
}

function reconciled(minutesAgo: number, Success = true): Row {
  return { TimeGenerated: at(minutesAgo), Name: 'recoveryReconcile', ResultCode: '0', Success, Url: '' };
}

function height(lines: number, minutesAgo: number, hash = String(lines)): Row {
  return line('audit log height', { height: lines, hash }, minutesAgo);
}

export const RECOVERY_ALERTS: Readonly<Record<string, Alert>> = {
  'gate-disarmed': {
    promise: 'A gate that is not armed is reported.',
    severity: 1,
    ...QUICK,
    fires: {
      rows: { AppRequests: [{ TimeGenerated: at(3), Name: 'recoveryApprove', ResultCode: '503', Url: '/' }] },
      subject: 'recoveryApprove answers 503',
    },
    alsoFires: [
      ...['RecoveryGateDisarmed', 'RecoveryOverrideInForce', 'RecoveryRestoredOtherKey'].map((type) => ({
        AppTraces: [event(`HsmWarden.${type}`)],
      })),
      ...['recoveryAsk', 'health'].map((Name) => ({
        AppRequests: [{ TimeGenerated: at(3), Name, ResultCode: '503', Url: '' }],
      })),
    ],
    silent: { AppRequests: [{ TimeGenerated: at(3), Name: 'recoveryApprove', ResultCode: '200', Url: '/' }] },
  },
  'approval-forged': {
    promise:
      'A decision that the audit log does not bear out is refused and reported, and so is a key that came back without any.',
    severity: 0,
    ...QUICK,
    fires: {
      rows: {
        AppTraces: [line('a stored recovery is not borne out by the audit log', { recoveryId: '01J' })],
      },
      subject: '01J',
    },
    alsoFires: [
      { AppTraces: [event('HsmWarden.RecoveryRestoredOtherKey', { recoveryId: '01J' })] },
      { AppTraces: [event('HsmWarden.KeyBroughtBackUnapproved', { severity: 'critical' })] },
      { AppTraces: [line('keys that came back could not be reported', { hsm: 'contoso', events: [] })] },
    ],
    silent: {
      AppTraces: [
        line('recovery ended', { recoveryId: '01J' }),
        // Noted as break glass.
        event('HsmWarden.KeyBroughtBackUnapproved', { severity: 'warning' }),
      ],
    },
  },
  'key-brought-back-unapproved': {
    promise: 'A key that comes back without a decision of ours is reported, by the HSM itself.',
    severity: 0,
    everyMinutes: 15,
    lookBackMinutes: 60,
    fires: { rows: { AZKVAuditLogs: [restored({})] }, subject: 'contoso' },
    alsoFires: [
      // Without any claim; then with one of another key, another operation, another HSM, or too long ago.
      { AZKVAuditLogs: [recovered({})] },
      { AZKVAuditLogs: [recovered({ Identity: undefined })] },
      { AZKVAuditLogs: [restored({})], AppTraces: [claimed({ key: 'other' })] },
      { AZKVAuditLogs: [recovered({})], AppTraces: [claimed({ action: 'recover', key: 'other' })] },
      { AZKVAuditLogs: [recovered({})], AppTraces: [claimed({ action: 'restore' })] },
      { AZKVAuditLogs: [restored({ Id: '' })], AppTraces: [claimed({ action: 'recover' })] },
      { AZKVAuditLogs: [restored({})], AppTraces: [claimed({ hsm: 'fabrikam' })] },
      { AZKVAuditLogs: [restored({})], AppTraces: [claimed({}, 200)] },
      // Claimed, and done by somebody else than the recovery app.
      { AZKVAuditLogs: [restored({ Identity: identityOf('somebody') })], AppTraces: [claimed({})] },
      { AzureDiagnostics: [inDiagnostics({})] },
      { AzureDiagnostics: [inDiagnostics({ [OBJECT_ID]: 'somebody' })], AppTraces: [claimed({})] },
    ],
    silent: {
      AZKVAuditLogs: [
        restored({}),
        restored({ Id: '' }),
        restored({ Identity: undefined }),
        recovered({ RequestUri: `${HSM}/deletedkeys/Orders/recover` }),
        restored({ HttpStatusCode: 403, Identity: identityOf('somebody') }),
        // Drills restore into an HSM of their own.
        restored({
          RequestUri: 'https://drill.managedhsm.azure.net/keys/restore',
          Identity: identityOf('drill'),
        }),
        restored({ OperationName: 'KeyGet', Identity: identityOf('somebody') }),
      ],
      AzureDiagnostics: [inDiagnostics({}), inDiagnostics({ ResourceType: 'VAULTS', [OBJECT_ID]: 'other' })],
      AppTraces: [claimed({}), claimed({ action: 'recover', key: 'orders' })],
    },
  },
  'audit-height-falls': {
    promise: 'The audit log only grows; one that is shorter than it was is reported.',
    severity: 0,
    everyMinutes: 15,
    lookBackMinutes: 2 * 1440,
    fires: {
      rows: { AppTraces: [height(41, 3), height(41, 8), height(42, 60)] },
      subject: 'audit log',
    },
    alsoFires: [
      { AppTraces: [height(0, 3), height(1, 2870)] },
      { AppTraces: [height(40, 14), height(42, 16)] },
      // Written again: as long as before, or longer.
      { AppTraces: [height(42, 3, 'another'), height(42, 8)] },
      { AppTraces: [height(43, 3), height(42, 4, 'another'), height(42, 2870)] },
    ],
    silent: {
      AppTraces: [
        height(42, 3),
        // Two instances may say so in another order than they wrote.
        height(41, 4),
        height(42, 16),
        height(50, 2900),
        line('audit log height unknown', { error: 'x' }),
      ],
    },
  },
  'recovery-activity': {
    promise: 'Each step of a recovery is reported.',
    severity: 3,
    ...QUICK,
    fires: {
      rows: { AppTraces: [event('HsmWarden.RecoveryApproved', { recoveryId: '01J' })] },
      subject: 'hsms/contoso/keys/signing',
    },
    alsoFires: [
      ...[
        'RecoveryRequested',
        'RecoveryStarted',
        'RecoverySucceeded',
        'RecoveryFailed',
        'RecoveryRestoredOtherKey',
        'RecoveryGateRearmed',
      ].map((type) => ({ AppTraces: [event(`HsmWarden.${type}`)] })),
      // Noted as break glass, or not to be compared with an approved recovery that fits.
      { AppTraces: [event('HsmWarden.KeyBroughtBackUnapproved', { severity: 'warning' })] },
      // No event got out.
      ...['recoveryAsk', 'recoveryApprove'].map((Name) => ({
        AppRequests: [{ TimeGenerated: at(3), Name, ResultCode: '202', Url: '/' }],
      })),
      ...['200', '201'].map((ResultCode) => ({
        AppRequests: [{ TimeGenerated: at(3), Name: 'recoveryAsk', ResultCode, Url: '/' }],
      })),
    ],
    silent: { AppTraces: [event('HsmWarden.RecoveryCancelled', { recoveryId: '01J' })] },
  },
  'recovery-app-dead': {
    promise: 'The recovery app reconciles its requests every five minutes.',
    severity: 1,
    everyMinutes: 15,
    lookBackMinutes: 45,
    fires: { rows: { AppRequests: [reconciled(50)] }, subject: 'recoveryReconcile' },
    alsoFires: [{}, { AppRequests: [reconciled(6, false), reconciled(11, false)] }],
    silent: { AppRequests: [reconciled(44), reconciled(6, false)] },
  },
  'audit-height-unknown': {
    promise:
      'How many lines the audit log has is said every five minutes; silence about it is reported while it lasts.',
    severity: 1,
    everyMinutes: 15,
    lookBackMinutes: 45,
    fires: {
      rows: { AppTraces: [height(42, 50), line('audit log height unknown', { error: 'x' })] },
      subject: 'audit log',
    },
    alsoFires: [
      {},
      // The line has lost a field.
      { AppTraces: [line('audit log height', { hash: '0' })] },
      { AppTraces: [line('audit log height', { height: 42 })] },
    ],
    silent: { AppTraces: [height(0, 44), line('audit log height unknown', { error: 'x' })] },
  },
};
