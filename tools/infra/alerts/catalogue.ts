/** Every rule over the logs: the promise it keeps, how soon and how far back it asks, and samples of both kinds. */
import type { Row, Rows } from './kql-evaluate.ts';

/** One rule. */
export interface Alert {
  /** What docs/operations.md promises. */
  readonly promise: string;
  readonly severity: 0 | 1 | 2 | 3;
  /** Minutes between two evaluations, at most. */
  readonly everyMinutes: number;
  /** Minutes that the query looks back. */
  readonly lookBackMinutes: number;
  /** Rows that make it fire, and the subject that it then names. */
  readonly fires: { readonly rows: Rows; readonly subject: string };
  /** Rows like those that must not. */
  readonly silent: Rows;
}

/** The moment of the samples. */
export const NOW = new Date('2026-11-24T12:00:00Z');

function at(minutesAgo: number): string {
  return new Date(NOW.getTime() - minutesAgo * 60_000).toISOString();
}

function line(message: string, fields: Row, minutesAgo = 3): Row {
  return { TimeGenerated: at(minutesAgo), Message: JSON.stringify({ message, ...fields }) };
}

function event(type: string, fields: Row = {}, minutesAgo = 3): Row {
  return line('event', { id: '1', type, subject: 'hsms/contoso/keys/signing', ...fields }, minutesAgo);
}

/** A rule about one event: it fires for that one, and for no other. */
function onEvent(
  promise: string,
  type: string,
  fields: Row,
  unlike: readonly Row[],
  rest: Pick<Alert, 'severity' | 'everyMinutes' | 'lookBackMinutes'>,
): Alert {
  return {
    promise,
    ...rest,
    fires: { rows: { AppTraces: [event(type, fields)] }, subject: 'hsms/contoso/keys/signing' },
    silent: {
      AppTraces: [event('HsmWarden.Heartbeat'), event(type, fields, rest.lookBackMinutes + 5), ...unlike],
    },
  };
}

const QUICK = { everyMinutes: 5, lookBackMinutes: 15 };
const SOON = { everyMinutes: 15, lookBackMinutes: 30 };
const APP = '11111111-2222-3333-4444-555555555555';
const BLOB = 'https://st.blob.core.windows.net/key-backups/contoso/signing';

function blobCall(fields: Row): Row {
  return {
    TimeGenerated: at(4),
    OperationName: 'PutBlob',
    AuthenticationType: 'OAuth',
    StatusText: 'Success',
    Uri: BLOB,
    RequesterObjectId: APP,
    ...fields,
  };
}

/** The placeholders that the deployment fills, as the samples have them. */
export const SAMPLE_VALUES: Readonly<Record<string, string>> = {
  hsms: '["contoso"]',
  sweepHours: '27',
  principals: `'${APP}'`,
};

export const ALERTS: Readonly<Record<string, Alert>> = {
  'no-heartbeat': {
    promise: 'No heartbeat of an HSM for 45 minutes means that nobody is watching it.',
    severity: 1,
    everyMinutes: 15,
    lookBackMinutes: 45,
    fires: { rows: { AppTraces: [line('watch looked', { hsm: 'contoso' }, 50)] }, subject: 'contoso' },
    silent: { AppTraces: [line('watch looked', { hsm: 'contoso' }, 40)] },
  },
  'no-completed-run': {
    promise: 'A run over every HSM ends each night.',
    severity: 1,
    everyMinutes: 60,
    lookBackMinutes: 27 * 60,
    fires: { rows: { AppTraces: [line('sweep ended', { hsm: 'contoso' }, 28 * 60)] }, subject: 'contoso' },
    silent: { AppTraces: [line('sweep ended with keys lacking a backup', { hsm: 'contoso' }, 26 * 60)] },
  },
  'run-partial': {
    promise: 'Each run leaves every key with a backup.',
    severity: 2,
    ...SOON,
    fires: {
      rows: { AppTraces: [line('sweep ended with keys lacking a backup', { hsm: 'contoso', failed: 2 })] },
      subject: 'contoso',
    },
    silent: { AppTraces: [line('sweep ended', { hsm: 'contoso', failed: 0 })] },
  },
  'key-lost': onEvent(
    'A key that was purged and that nothing brings back is reported immediately.',
    'HsmWarden.KeyPurged',
    { recoverable: 'lost' },
    [event('HsmWarden.KeyPurged', { recoverable: 'restore' })],
    { severity: 0, ...QUICK },
  ),
  'key-purged': onEvent(
    'A key that was purged and can be restored is reported.',
    'HsmWarden.KeyPurged',
    { recoverable: 'restore' },
    [event('HsmWarden.KeyPurged', { recoverable: 'lost' })],
    { severity: 1, ...QUICK },
  ),
  'key-deleted': onEvent(
    'A deletion is reported.',
    'HsmWarden.KeyDeleted',
    {},
    [event('HsmWarden.KeyRecovered')],
    {
      severity: 2,
      ...QUICK,
    },
  ),
  'purge-pending-critical': onEvent(
    'A deleted key close to its purge is reported, with little time or no backup loudly.',
    'HsmWarden.PurgePending',
    { severity: 'critical' },
    [event('HsmWarden.PurgePending', { severity: 'warning' })],
    { severity: 1, ...QUICK },
  ),
  'purge-pending': onEvent(
    'Each threshold before a purge is reported.',
    'HsmWarden.PurgePending',
    { severity: 'warning' },
    [event('HsmWarden.PurgePending', { severity: 'high' })],
    { severity: 3, ...SOON },
  ),
  'key-unprotected': onEvent(
    'Whatever makes a loss likelier is reported: no backup, damage, a key missed by its users, an HSM set up too weakly.',
    'HsmWarden.BackupDamaged',
    {},
    [event('HsmWarden.KeyRecovered')],
    { severity: 2, ...SOON },
  ),
  'open-findings': {
    promise: 'Open findings are reported again and again while they last.',
    severity: 2,
    everyMinutes: 60,
    lookBackMinutes: 120,
    fires: {
      rows: {
        AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, open: { 'key-unprotected': 1 } })],
      },
      subject: 'contoso',
    },
    silent: {
      AppTraces: [
        line('watch looked', { hsm: 'contoso', ok: true, open: { 'key-unprotected': 1 } }, 30),
        line('watch looked', { hsm: 'contoso', ok: true, open: {} }),
      ],
    },
  },
  'gate-disarmed': {
    promise: 'A gate that is not armed is reported.',
    severity: 1,
    ...QUICK,
    fires: {
      rows: { AppRequests: [{ TimeGenerated: at(3), Name: 'recoveryApprove', ResultCode: '503', Url: '/' }] },
      subject: 'recoveryApprove answers 503',
    },
    silent: { AppRequests: [{ TimeGenerated: at(3), Name: 'recoveryApprove', ResultCode: '200', Url: '/' }] },
  },
  'approval-forged': {
    promise: 'A decision that the audit log does not bear out is refused and reported.',
    severity: 0,
    ...QUICK,
    fires: {
      rows: {
        AppTraces: [line('a stored recovery is not borne out by the audit log', { recoveryId: '01J' })],
      },
      subject: '01J',
    },
    silent: { AppTraces: [line('recovery ended', { recoveryId: '01J' })] },
  },
  'key-brought-back-unapproved': {
    promise: 'A key that comes back without a decision of ours is reported, by the HSM itself.',
    severity: 0,
    everyMinutes: 15,
    lookBackMinutes: 60,
    fires: {
      rows: {
        AZKVAuditLogs: [
          {
            TimeGenerated: at(20),
            OperationName: 'KeyRestore',
            HttpStatusCode: 200,
            RequestUri: 'https://contoso.managedhsm.azure.net/keys/restore',
          },
        ],
      },
      subject: 'contoso',
    },
    silent: {
      AZKVAuditLogs: [
        {
          TimeGenerated: at(20),
          OperationName: 'KeyRestore',
          HttpStatusCode: 200,
          RequestUri: 'https://contoso.managedhsm.azure.net/keys/restore',
        },
      ],
      AppTraces: [event('HsmWarden.RecoveryStarted', { hsm: 'contoso' }, 21)],
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
    silent: { AppTraces: [event('HsmWarden.RecoveryCancelled', { recoveryId: '01J' })] },
  },
  'recovery-app-dead': {
    promise: 'The recovery app reconciles its requests every five minutes.',
    severity: 1,
    everyMinutes: 15,
    lookBackMinutes: 45,
    fires: {
      rows: { AppRequests: [{ TimeGenerated: at(50), Name: 'recoveryReconcile', ResultCode: '0' }] },
      subject: 'recoveryReconcile',
    },
    silent: { AppRequests: [{ TimeGenerated: at(6), Name: 'recoveryReconcile', ResultCode: '0' }] },
  },
  'verification-missing': {
    promise: 'Every stored backup is read again each night.',
    severity: 2,
    everyMinutes: 60,
    lookBackMinutes: 27 * 60,
    fires: {
      rows: { AppTraces: [line('verification ended', { hsm: 'contoso' }, 28 * 60)] },
      subject: 'contoso',
    },
    silent: { AppTraces: [line('verification ended with damaged backups', { hsm: 'contoso' }, 60)] },
  },
  'topic-refuses': {
    promise: 'Events that do not get out are reported by another way.',
    severity: 2,
    ...SOON,
    fires: {
      rows: {
        AppTraces: [line('events wait, the topic does not take them', { hsm: 'contoso', error: 'x' })],
      },
      subject: 'events wait, the topic does not take them',
    },
    silent: { AppTraces: [event('HsmWarden.Heartbeat')] },
  },
  'pin-failed': {
    promise: 'The last backup of a purged key is kept for good.',
    severity: 1,
    ...SOON,
    fires: {
      rows: { AppTraces: [line('backup could not be pinned', { hsm: 'contoso', blob: 'b' })] },
      subject: 'contoso',
    },
    silent: { AppTraces: [line('backup pinned', { hsm: 'contoso', blob: 'b' })] },
  },
  'poison-queue': {
    promise: 'Work that was given up is reported, whoever gave it up.',
    severity: 1,
    ...SOON,
    fires: {
      rows: {
        StorageQueueLogs: [
          {
            TimeGenerated: at(3),
            OperationName: 'PutMessage',
            Uri: 'https://st.queue.core.windows.net/hsm-sweeps-poison/messages',
          },
        ],
      },
      subject: 'hsm-sweeps-poison',
    },
    silent: {
      StorageQueueLogs: [
        {
          TimeGenerated: at(3),
          OperationName: 'PutMessage',
          Uri: 'https://st.queue.core.windows.net/hsm-sweeps/messages',
        },
      ],
    },
  },
  'backup-store-touched': {
    promise: 'Nobody but the two apps writes to the backups, and nobody deletes.',
    severity: 1,
    ...SOON,
    fires: {
      rows: { StorageBlobLogs: [blobCall({ RequesterObjectId: 'somebody' })] },
      subject: 'PutBlob',
    },
    silent: {
      StorageBlobLogs: [blobCall({}), blobCall({ OperationName: 'GetBlob', RequesterObjectId: 'auditor' })],
    },
  },
};

/** More rows that make a rule fire, one by one: ways that it must not miss. */
export const ALSO_FIRES: readonly (readonly [rule: string, rows: Rows])[] = [
  [
    'backup-store-touched',
    { StorageBlobLogs: [blobCall({ OperationName: 'GetBlob', AuthenticationType: 'AccountKey' })] },
  ],
  [
    'backup-store-touched',
    { StorageBlobLogs: [blobCall({ OperationName: 'PutBlob', AuthenticationType: 'SAS' })] },
  ],
  ['backup-store-touched', { StorageBlobLogs: [blobCall({ OperationName: 'DeleteBlob' })] }],
  ['backup-store-touched', { StorageBlobLogs: [blobCall({ StatusText: 'BlobImmutableDueToPolicy' })] }],
  ...[
    'KeyUnprotected',
    'BackupOverdue',
    'KeyUsedWhileDeleted',
    'PurgeProtectionOff',
    'RetentionTooShort',
    'HsmUnreachable',
  ].map((type) => ['key-unprotected', { AppTraces: [event(`HsmWarden.${type}`)] }] as const),
  ...['RecoveryGateDisarmed', 'RecoveryOverrideInForce'].map(
    (type) => ['gate-disarmed', { AppTraces: [event(`HsmWarden.${type}`)] }] as const,
  ),
  ...['recoveryAsk', 'health'].map(
    (Name) =>
      [
        'gate-disarmed',
        { AppRequests: [{ TimeGenerated: at(3), Name, ResultCode: '503', Url: '' }] },
      ] as const,
  ),
  ...['RecoveryRequested', 'RecoveryStarted', 'RecoverySucceeded', 'RecoveryFailed'].map(
    (type) => ['recovery-activity', { AppTraces: [event(`HsmWarden.${type}`)] }] as const,
  ),
  ['approval-forged', { AppTraces: [event('HsmWarden.RecoveryRestoredOtherKey', { recoveryId: '01J' })] }],
  ['purge-pending-critical', { AppTraces: [event('HsmWarden.PurgePending', { severity: 'high' })] }],
  ...['key-backup-overdue', 'key-unreadable'].map(
    (kind) =>
      [
        'open-findings',
        { AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, open: { [kind]: 1 } })] },
      ] as const,
  ),
  [
    'open-findings',
    { AppTraces: [line('watch could not see the HSM', { hsm: 'contoso', ok: false, open: {} })] },
  ],
  ...[
    'the topic refused an event for good',
    'refused events are kept no more',
    'heartbeat was not accepted',
  ].map((message) => ['topic-refuses', { AppTraces: [line(message, { hsm: 'contoso' })] }] as const),
  [
    'key-brought-back-unapproved',
    {
      AZKVAuditLogs: [
        {
          TimeGenerated: at(20),
          OperationName: 'KeyRecover',
          HttpStatusCode: 200,
          RequestUri: 'https://contoso.managedhsm.azure.net/deletedkeys/a/recover',
        },
      ],
    },
  ],
];
