/** One event of every kind of the product, as the product makes it, and the occasions on which a message differs. */
import type { CloudEvent } from '../../src/core/events/cloud-event.ts';
import { unsealedEvent } from '../../src/features/backup/events.ts';
import { poisonedEvent } from '../../src/features/dead-letters/events.ts';
import { failedEvent, foundEvent, vanishedEvent } from '../../src/features/fleet/model/events.ts';
import { channelEvent } from '../../src/features/notify/model/events.ts';
import { memoryLostEvent } from '../../src/features/notify/model/memory-lost.ts';
import {
  RECOVERY_EVENTS,
  type RecoveryEvent,
  toRecoveryCloudEvent,
} from '../../src/features/recovery/model/events.ts';
import { type Finding, toEvent } from '../../src/features/watch/model/events.ts';
import { drillSamples } from './drill-samples.ts';

/** When everything in the samples happens. */
export const SAMPLE_AT = Date.UTC(2026, 10, 24, 12);
const ISO = '2026-11-24T12:00:00.000Z';
const PURGE = '2026-12-01T12:00:00.000Z';
const LINK = 'https://warden.contoso.com/recoveries/0r5kq1w7c2m8xj3v9b6t4n0a1z';
const DELETED = {
  hsm: 'contoso',
  key: 'payments-data',
  deletedAt: ISO,
  scheduledPurgeAt: PURGE,
  secondsLeft: 604_800,
  recoveryLevel: 'Recoverable',
  recoverable: 'recover',
  afterPurge: 'restore',
  coverage: 'complete',
  versionsCovered: 3,
  versionsKnown: 3,
  backup: {
    blob: 'contoso/payments-data/20261124T020000123Z-0123456789abcdef0123456789abcdef.keybackup',
    capturedAt: ISO,
    sha256: 'd1'.repeat(32),
  },
} as const;
const CALLER = { upn: 'mallory@contoso.com', appId: 'an-app', address: '203.0.113.7' };

const FINDINGS: readonly Finding[] = [
  {
    kind: 'key-deleted',
    discriminator: 'x',
    data: { ...DELETED, severity: 'info', deletedBy: CALLER },
  },
  {
    kind: 'purge-pending',
    discriminator: 'x',
    data: { ...DELETED, severity: 'notice', thresholdSeconds: 604_800 },
  },
  {
    kind: 'key-brought-back-unapproved',
    discriminator: 'x',
    data: {
      hsm: 'contoso',
      key: 'payments-data',
      severity: 'critical',
      action: 'restore',
      broughtBackAt: ISO,
      caller: CALLER,
      approval: 'none',
      todo: 'Ask who did it.',
    },
  },
  {
    kind: 'key-purged',
    discriminator: 'x',
    data: {
      hsm: 'contoso',
      key: 'payments-data',
      severity: 'critical',
      recoverable: 'lost',
      foundBy: 'look',
      noticedAt: ISO,
      purgedBy: CALLER,
      coverage: 'none',
      versionsCovered: 0,
      versionsKnown: 1,
    },
  },
  {
    kind: 'key-recovered',
    discriminator: 'x',
    data: { hsm: 'contoso', key: 'payments-data', severity: 'info', deletedAt: ISO },
  },
  {
    kind: 'key-unprotected',
    discriminator: 'x',
    data: { hsm: 'contoso', key: 'payments-data', severity: 'high', createdAt: ISO, since: ISO },
  },
  {
    kind: 'backup-overdue',
    discriminator: 'x',
    data: { hsm: 'contoso', key: 'payments-data', severity: 'warning', dueAt: ISO, reason: 'changed' },
  },
  {
    kind: 'backup-overdue',
    discriminator: 'hsm',
    data: { hsm: 'contoso', severity: 'high', dueAt: ISO, lastBackupAt: ISO, reason: 'no-run' },
  },
  {
    kind: 'purge-protection-off',
    discriminator: 'x',
    data: { hsm: 'contoso', severity: 'warning', recoveryLevel: 'Recoverable+Purgeable' },
  },
  {
    kind: 'retention-too-short',
    discriminator: 'x',
    data: { hsm: 'contoso', severity: 'warning', days: 7, expectedDays: 30 },
  },
  {
    kind: 'restores-unproven',
    discriminator: 'x',
    data: {
      hsm: 'contoso',
      severity: 'warning',
      reason: 'no-drill-hsm',
      since: ISO,
      todo: 'Make an HSM of the same security domain without purge protection, and name it in WARDEN_DRILL_HSMS: docs/drills.md.',
    },
  },
  {
    kind: 'restores-unproven',
    discriminator: 'no-drill',
    data: {
      hsm: 'contoso',
      severity: 'high',
      reason: 'no-drill',
      since: ISO,
      drillHsm: 'contoso-drill',
      lastDrillAt: ISO,
      todo: 'Find out why the drill app does not run: its log, and hsm-warden drill list.',
    },
  },
  {
    kind: 'hsm-unreachable',
    discriminator: 'x',
    data: { hsm: 'contoso', severity: 'high', since: ISO, code: 'hsm-unreachable', message: 'no connection' },
  },
  {
    kind: 'key-used-while-deleted',
    discriminator: 'x',
    data: {
      hsm: 'contoso',
      key: 'payments-data',
      severity: 'high',
      operation: 'KeyDecrypt',
      usedAt: ISO,
      httpStatus: 404,
      caller: CALLER,
      deletedAt: ISO,
      scheduledPurgeAt: PURGE,
      secondsLeft: 604_800,
    },
  },
  {
    kind: 'backup-damaged',
    discriminator: 'x',
    data: {
      hsm: 'contoso',
      key: 'payments-data',
      severity: 'critical',
      blob: DELETED.backup.blob,
      reason: 'its hash is another',
      capturedAt: ISO,
      noticedAt: ISO,
      expectedSha256: 'd2'.repeat(32),
    },
  },
  {
    kind: 'backup-replaced',
    discriminator: 'x',
    data: {
      hsm: 'contoso',
      key: 'payments-data',
      severity: 'info',
      noticedAt: ISO,
      backup: DELETED.backup,
    },
  },
];

/** A happening of one request. */
export function aRequestEvent(
  type: RecoveryEvent['type'],
  change: Partial<RecoveryEvent> = {},
  n = 1,
): CloudEvent {
  return toRecoveryCloudEvent({
    id: `0r5kq1w7c2m8xj3v9b6t4n0a1z/${type}/${n}`,
    type,
    at: SAMPLE_AT,
    hsm: 'contoso',
    key: 'payments-data',
    recoveryId: '0r5kq1w7c2m8xj3v9b6t4n0a1z',
    link: LINK,
    action: 'recover',
    requestedBy: { id: '11111111-1111-4111-8111-111111111111', name: 'Alice' },
    expiresAt: '2026-11-25T12:00:00.000Z',
    approvedBy: [],
    missingApprovals: 2,
    missingGroups: ['security', 'key-owner'],
    ...change,
  });
}

/** A finding of the watch as an event. */
export function aFinding(finding: Finding, at = SAMPLE_AT): CloudEvent {
  return toEvent(finding, at);
}

/** A key was deleted. */
export function aDeletion(
  key: string,
  change: Partial<Extract<Finding, { kind: 'key-deleted' }>['data']> = {},
  at = SAMPLE_AT,
): CloudEvent {
  const data = { ...DELETED, severity: 'info' as const, key, ...change };
  return aFinding({ kind: 'key-deleted', discriminator: `deleted ${data.deletedAt}`, data }, at);
}

/** A deleted key is active again. */
export function aRecoveredKey(key: string, at: number, hsm = 'contoso'): CloudEvent {
  const data = { hsm, key, severity: 'info' as const, deletedAt: ISO };
  return aFinding({ kind: 'key-recovered', discriminator: `recovered ${at}`, data }, at);
}

/** A sign of life of the watch with what is open. */
export function aHeartbeat(open: Readonly<Record<string, number>>, at: number, ok = true): CloudEvent {
  return aFinding(
    {
      kind: 'heartbeat',
      discriminator: `looked ${at}`,
      data: {
        hsm: 'contoso',
        severity: 'info',
        ok,
        lookedAt: ISO,
        activeKeys: 10,
        deletedKeys: 1,
        open: { ...open },
        waitingEvents: 0,
      },
    },
    at,
  );
}

const SAMPLE_HSM = {
  name: 'sandbox',
  resource: '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/managedHSMs/sandbox',
  url: 'https://sandbox.managedhsm.azure.net',
  firstSeenAt: SAMPLE_AT,
  lastSeenAt: SAMPLE_AT,
};

/** By what it shows. */
export const SAMPLES: ReadonlyMap<string, CloudEvent> = new Map<string, CloudEvent>([
  ...FINDINGS.map((finding): [string, CloudEvent] => [
    `${finding.kind}${finding.discriminator === 'x' ? '' : `-${finding.discriminator}`}`,
    aFinding(finding),
  ]),
  ...RECOVERY_EVENTS.map(({ kind, fact }): [string, CloudEvent] => [
    kind,
    fact.startsWith('gate-') || fact === 'override-in-force'
      ? toRecoveryCloudEvent({
          id: `gate/${fact}`,
          type: fact,
          at: SAMPLE_AT,
          detail: 'audit: the chain is broken',
        })
      : aRequestEvent(fact, fact === 'failed' ? { detail: 'the HSM does not answer' } : {}),
  ]),
  [
    'message-poisoned',
    poisonedEvent({
      queue: 'hsm-sweeps',
      id: '5974b586-0df3-4e2d-ad0c-18e3892bfca2',
      setAsideAt: SAMPLE_AT,
      message: { kind: 'sweep', hsm: 'contoso', runId: 'nightly' },
    }),
  ],
  [
    'backups-unsealed',
    unsealedEvent({
      hsm: 'contoso',
      runId: '20261121T023000Z-nightly',
      keys: ['orders', 'payroll'],
      at: SAMPLE_AT,
      reason: 'the vault of the sealing key does not answer',
    }),
  ],
  ['hsm-found', foundEvent({ ...SAMPLE_HSM, role: 'missing', why: 'HSM sandbox answered 403.' }, SAMPLE_AT)],
  ['hsm-vanished', vanishedEvent({ ...SAMPLE_HSM, vanishedAt: SAMPLE_AT }, SAMPLE_AT)],
  ['discovery-failed', failedEvent('Azure Resource Graph answered 503.', SAMPLE_AT, SAMPLE_AT)],
  ...(['failing', 'working'] as const).map((state): [string, CloudEvent] => [
    `notification-channel-${state}`,
    channelEvent(
      state,
      { channel: 'ops', since: SAMPLE_AT, waiting: 2, error: 'channel-unavailable (503)' },
      SAMPLE_AT,
    ),
  ]),
  [
    'notification-memory-lost',
    memoryLostEvent('hsm-contoso', 'notify/incidents/hsm-contoso-unreadable-0a1b2c3d.json', SAMPLE_AT),
  ],
  [
    'notification-lost',
    channelEvent(
      'failing',
      { channel: 'ops', since: SAMPLE_AT, waiting: 0, error: 'channel-refused (400)', lost: 2 },
      SAMPLE_AT,
    ),
  ],
  ...(['failing', 'working'] as const).map((state): [string, CloudEvent] => [
    state === 'failing' ? 'notification-behind' : 'notification-caught-up',
    channelEvent(
      state,
      {
        ...{ channel: 'mail', since: SAMPLE_AT, trouble: 'behind' },
        ...(state === 'failing'
          ? { waiting: 3, behind: 2, error: 'channel-throttled (450)' }
          : { waiting: 0, behind: 0 }),
      },
      SAMPLE_AT,
    ),
  ]),
  ...drillSamples(ISO),
]);
