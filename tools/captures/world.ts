/** The world of the captures: one HSM that is well but for a deleted and a lost key, and one that does not answer. */
import type { RestoredKey } from '../../src/cli/backup/restore-report.ts';
import type { WaitingRequest } from '../../src/cli/status/waiting.ts';
import type { StoredBackup } from '../../src/core/ports.ts';
import type { RecoveryView } from '../../src/features/recovery/model/asking.ts';
import type { HsmStatus } from '../../src/features/status/hsm-status.ts';

/** Three at night. */
export const NOW = Date.UTC(2026, 10, 28, 3);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ID = 'ttghios9nhv9e4qpu6pm1fq9st';
const SHA256 = '6f1d5c0e9b7a48236f1d5c0e9b7a48236f1d5c0e9b7a48236f1d5c0e9b7a4823';
const BOB = 'bob@contoso.com';

export const STATUSES: readonly HsmStatus[] = [
  {
    hsm: 'contoso',
    verdict: 'at-risk',
    sealed: true,
    active: 212,
    covered: 212,
    excluded: 0,
    risks: [],
    lost: [{ key: 'poc-encryption', lost: 'key', finding: '3f9a02c1d4e5b6a7', noticedAt: NOW - 2 * DAY }],
    acknowledged: [
      {
        key: 'load-test',
        lost: 'key',
        finding: '81c0ffee00112233',
        noticedAt: NOW - 40 * DAY,
        acknowledged: { by: { id: 'bob', name: BOB }, at: NOW - 39 * DAY, reason: 'a test key, ticket 4711' },
      },
    ],
    deleted: [
      {
        key: 'payments-data',
        deletedAt: NOW - 3 * HOUR,
        scheduledPurgeAt: NOW - 3 * HOUR + 90 * DAY,
        leftMs: 90 * DAY - 3 * HOUR,
        coverage: 'complete',
        versionsCovered: 3,
        versionsKnown: 3,
        severity: 'info',
        backup: 'contoso/payments-data/20261127T020011123Z-6f1d5c0e9b7a48236f1d5c0e9b7a4823.keybackup',
      },
    ],
    restorable: 4,
    oldestBackupAt: NOW - 6 * DAY,
    scannedAt: NOW - 9 * 60_000,
    lastRun: {
      format: 1,
      hsm: 'contoso',
      runId: '20261128T020000Z-nightly',
      state: 'succeeded',
      startedAt: NOW - HOUR,
      endedAt: NOW - 58 * 60_000,
    },
    verifiedAt: NOW - 22 * HOUR,
    warnings: [],
  },
  {
    hsm: 'fabrikam',
    verdict: 'unknown',
    trouble: {
      code: 'hsm-unavailable',
      message: 'Could not list the keys of HSM fabrikam: it answered 503.',
      reason: '503',
    },
  },
];

export const WAITING: readonly WaitingRequest[] = [
  {
    id: ID,
    state: 'requested',
    action: 'recover',
    hsm: 'contoso',
    key: 'payments-data',
    requester: 'alice@contoso.com',
    approvals: 1,
    approvalsNeeded: 2,
    expiresAt: '2026-11-29T00:30:00Z',
  },
];

export const REQUEST: RecoveryView = {
  id: ID,
  state: 'requested',
  operation: {
    action: 'recover',
    hsm: 'contoso',
    target: 'contoso',
    key: 'payments-data',
    deletedAt: '2026-11-28T00:00:00.000Z',
  },
  requester: { kind: 'person', id: 'alice', name: 'alice@contoso.com' },
  reason: 'deleted by mistake, ticket 4712',
  policy: { approvals: 2, groups: ['security', 'key-owner'] },
  createdAt: '2026-11-28T00:30:00.000Z',
  expiresAt: '2026-11-29T00:30:00.000Z',
  digest: SHA256,
  preflight: [
    'The key is soft-deleted on HSM contoso until 2027-02-26T00:00:00.000Z; it will be recovered.',
    `It was deleted at 2026-11-28T00:00:00.000Z by ${BOB} (object 3a1f0c52-7d0e-4b7c-9a51-0c1d2e3f4a5b) from 203.0.113.7.`,
    'It is missed: the last try to use it since was KeyUnwrap at 2026-11-28T02:58:12.000Z by application 9e8d7c6b-5a49-4382-9170-615243342516 from 10.1.4.20.',
    'Its newest version is 0123456789abcdef0123456789abcdef (RSA-HSM, enabled).',
    'Its tags: owner=payments, env=prod.',
  ],
  approvals: [
    {
      by: { kind: 'person', id: 'carol', name: 'carol@contoso.com' },
      groups: ['security'],
      at: '2026-11-28T00:41:00.000Z',
    },
  ],
  missingApprovals: 1,
  missingGroups: ['key-owner'],
};

export const BACKUPS: readonly StoredBackup[] = ['code-signing', 'disk-encryption-prod', 'payments-data'].map(
  (key, place) => {
    const capturedAt = NOW - HOUR - place * DAY;
    const version = { version: '0123456789abcdef0123456789abcdef' };
    return {
      blob: `contoso/${key}/2026112${8 - place}T020011123Z-6f1d5c0e9b7a48236f1d5c0e9b7a4823.keybackup`,
      storedAt: capturedAt,
      record: {
        format: 1,
        hsm: 'contoso',
        key,
        keyId: `https://contoso.managedhsm.azure.net/keys/${key}`,
        createdAt: capturedAt - 300 * DAY,
        updatedAt: capturedAt - 30 * DAY,
        capturedAt,
        sha256: SHA256,
        bytes: 21_904 + place * 4_096,
        runId: '20261128T020000Z-nightly',
        versions: Array.from({ length: place + 1 }, () => version),
      },
    };
  },
);

const RIGHT =
  'Could not restore KEY into HSM contoso-new: the local role lacks the data action keys/restore/action.';

export const RESTORED: readonly RestoredKey[] = Array.from({ length: 150 }, (_, place): RestoredKey => {
  const key = `service-${String(place + 1).padStart(4, '0')}`;
  if (place >= 147) {
    const problem = { code: 'hsm-forbidden', message: RIGHT.replace('KEY', key) };
    return { key, outcome: 'failed', durationMs: 120, notes: [], problem };
  }
  return {
    key,
    outcome: 'restored',
    blob: `contoso/${key}/20261128T020011123Z-6f1d5c0e9b7a48236f1d5c0e9b7a4823.keybackup`,
    capturedAt: '2026-11-28T02:00:11.123Z',
    sha256: SHA256,
    evidence: 'sealed',
    versions: 1,
    verified: 1,
    durationMs: 140,
    notes: [],
  };
});
