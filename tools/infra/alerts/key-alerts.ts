/** Rules about what becomes of the keys. */
import { type Alert, event, line, onEvent, QUICK, SOON } from './samples.ts';

export const KEY_ALERTS: Readonly<Record<string, Alert>> = {
  'no-heartbeat': {
    promise: 'No heartbeat of an HSM for 45 minutes means that nobody is watching it.',
    severity: 1,
    everyMinutes: 15,
    lookBackMinutes: 45,
    fires: { rows: { AppTraces: [line('watch looked', { hsm: 'contoso' }, 50)] }, subject: 'contoso' },
    silent: { AppTraces: [line('watch looked', { hsm: 'contoso' }, 40)] },
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
    {
      severity: 1,
      ...QUICK,
      alsoFires: [{ AppTraces: [event('HsmWarden.PurgePending', { severity: 'high' })] }],
    },
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
    {
      severity: 2,
      ...SOON,
      alsoFires: [
        'KeyUnprotected',
        'BackupOverdue',
        'BackupsUnsealed',
        'KeyUsedWhileDeleted',
        'PurgeProtectionOff',
        'RetentionTooShort',
        'HsmUnreachable',
      ].map((type) => ({ AppTraces: [event(`HsmWarden.${type}`)] })),
    },
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
    alsoFires: [
      line('watch looked', { hsm: 'contoso', ok: true, open: { 'key-backup-overdue': 1 } }),
      line('watch looked', { hsm: 'contoso', ok: true, open: { 'key-unreadable': 1 } }),
      line('watch could not see the HSM', { hsm: 'contoso', ok: false, open: {} }),
    ].map((row) => ({ AppTraces: [row] })),
    silent: {
      AppTraces: [
        line('watch looked', { hsm: 'contoso', ok: true, open: { 'key-unprotected': 1 } }, 30),
        line('watch looked', { hsm: 'contoso', ok: true, open: {} }),
      ],
    },
  },
};
