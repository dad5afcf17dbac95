/** Rules about the nightly run and the stored backups. */
import { type Alert, blobCall, line, SOON } from './samples.ts';

export const BACKUP_ALERTS: Readonly<Record<string, Alert>> = {
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
  'backup-store-touched': {
    promise: 'Nobody but the two apps writes to the backups, and nobody deletes.',
    severity: 1,
    ...SOON,
    fires: {
      rows: { StorageBlobLogs: [blobCall({ RequesterObjectId: 'somebody' })] },
      subject: 'PutBlob',
    },
    alsoFires: [
      blobCall({ OperationName: 'GetBlob', AuthenticationType: 'AccountKey' }),
      blobCall({ AuthenticationType: 'SAS' }),
      blobCall({ AuthenticationType: 'Anonymous' }),
      blobCall({ OperationName: 'DeleteBlob' }),
      blobCall({ StatusText: 'BlobImmutableDueToPolicy' }),
    ].map((call) => ({ StorageBlobLogs: [call] })),
    silent: {
      StorageBlobLogs: [blobCall({}), blobCall({ OperationName: 'GetBlob', RequesterObjectId: 'auditor' })],
    },
  },
};
