/** Rules about the nightly run and the stored backups. */
import { type Alert, blobCall, line, SOON } from './samples.ts';

export const BACKUP_ALERTS: Readonly<Record<string, Alert>> = {
  'no-completed-run': {
    promise: 'A run over every HSM ends each night.',
    severity: 1,
    everyMinutes: 60,
    lookBackMinutes: 27 * 60,
    fires: { rows: { AppTraces: [line('sweep ended', { hsm: 'contoso' }, 28 * 60)] }, subject: 'contoso' },
    alsoFires: [
      // Dead for days: nothing of it is in the log that a query may read.
      {},
      // Watched for longer than a day, and no run ended.
      {
        AppTraces: [
          line('watch looked', { hsm: 'contoso' }, 28 * 60),
          line('watch looked', { hsm: 'contoso' }),
        ],
      },
      { AppTraces: [line('sweep ended', { hsm: 'fabrikam' }, 60)] },
    ],
    silent: { AppTraces: [line('sweep ended with keys lacking a backup', { hsm: 'contoso' }, 26 * 60)] },
    // The first night has not come yet.
    alsoSilent: [
      { AppTraces: [line('watch looked', { hsm: 'contoso' }, 26 * 60)] },
      { AppTraces: [line('watch could not see the HSM', { hsm: 'contoso' }, 26 * 60)] },
      { AppTraces: [line('sweep ended', { hsm: 'contoso' }, 26 * 60)] },
    ],
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
    alsoFires: [
      {},
      {
        AppTraces: [
          line('watch looked', { hsm: 'contoso' }, 28 * 60),
          line('sweep ended', { hsm: 'contoso' }, 60),
        ],
      },
      // One that goes on and on never ends.
      {
        AppTraces: [
          line('verification ended', { hsm: 'contoso' }, 28 * 60),
          line('verification continues later', { hsm: 'contoso', runId: 'r', checked: 1 }, 60),
        ],
      },
    ],
    silent: { AppTraces: [line('verification ended with damaged backups', { hsm: 'contoso' }, 60)] },
    alsoSilent: [
      { AppTraces: [line('verification ended', { hsm: 'contoso' }, 26 * 60)] },
      { AppTraces: [line('watch looked', { hsm: 'contoso' }, 26 * 60)] },
      { AppTraces: [line('watch could not see the HSM', { hsm: 'contoso' }, 26 * 60)] },
    ],
  },
  'backups-damaged': {
    promise: 'Damaged backups are reported every night while one is stored.',
    severity: 2,
    ...SOON,
    fires: {
      rows: {
        AppTraces: [
          line('verification ended with damaged backups', { hsm: 'contoso', damaged: 1, runId: 'r' }),
        ],
      },
      subject: 'contoso',
    },
    silent: { AppTraces: [line('verification ended', { hsm: 'contoso', damaged: 0, runId: 'r' })] },
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
      ...['DeleteContainer', 'SetBlobTier', 'UndeleteBlob', 'DeleteBlobImmutabilityPolicy'].map(
        (OperationName) => blobCall({ OperationName }),
      ),
      ...['SetBlobImmutabilityPolicy', 'SetBlobLegalHold'].map((OperationName) =>
        blobCall({ OperationName }),
      ),
      blobCall({ StatusText: 'BlobImmutableDueToPolicy' }),
      blobCall({ StatusText: 'BlobImmutableDueToLegalHold' }),
      blobCall({
        Uri: 'https://st.blob.core.windows.net/warden-audit/2026-11-24/1.jsonl',
        AuthenticationType: 'SAS',
      }),
      // Whatever is no read, done by somebody else; and what is of the whole service.
      ...['PutBlobFromURL', 'SetContainerACL', 'LeaseBlob', 'SetBlobTags', 'Unheard'].map((OperationName) =>
        blobCall({ OperationName, RequesterObjectId: 'somebody' }),
      ),
      blobCall({
        OperationName: 'SetBlobServiceProperties',
        Uri: 'https://st.blob.core.windows.net/?restype=service&comp=properties',
        RequesterObjectId: 'somebody',
      }),
    ].map((call) => ({ StorageBlobLogs: [call] })),
    silent: {
      StorageBlobLogs: [
        blobCall({}),
        ...['GetBlob', 'ListBlobs', 'BlobPreflightRequest'].map((OperationName) =>
          blobCall({ OperationName, RequesterObjectId: 'auditor' }),
        ),
        blobCall({
          Uri: 'https://st.blob.core.windows.net/elsewhere/x',
          OperationName: 'DeleteBlob',
          RequesterObjectId: 'other',
        }),
      ],
    },
  },
};
