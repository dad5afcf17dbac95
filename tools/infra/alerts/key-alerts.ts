/** Rules about what becomes of the keys. */
import { type Alert, event, line, onEvent, QUICK, SOON } from './samples.ts';

const LOST = 'keys are lost, and nobody has acknowledged it';

export const KEY_ALERTS: Readonly<Record<string, Alert>> = {
  'no-heartbeat': {
    promise: 'No heartbeat of an HSM for 45 minutes means that nobody is watching it.',
    severity: 1,
    everyMinutes: 15,
    lookBackMinutes: 45,
    fires: { rows: { AppTraces: [line('watch looked', { hsm: 'contoso' }, 50)] }, subject: 'contoso' },
    silent: { AppTraces: [line('watch looked', { hsm: 'contoso' }, 40)] },
    // It was looked at, and hsm-unreachable says what came of it.
    alsoSilent: [{ AppTraces: [line('watch could not see the HSM', { hsm: 'contoso' }, 40)] }],
  },
  'key-lost': onEvent(
    'A key that was purged and that nothing brings back is reported immediately.',
    'HsmWarden.KeyPurged',
    { recoverable: 'lost' },
    [event('HsmWarden.KeyPurged', { recoverable: 'restore' })],
    { severity: 0, ...QUICK },
  ),
  'key-lost-still': {
    promise: 'A lost key is reported every hour until somebody acknowledges it.',
    severity: 1,
    everyMinutes: 60,
    lookBackMinutes: 120,
    fires: {
      rows: { AppTraces: [line(LOST, { hsm: 'contoso', keys: 1, named: ['orders'] }, 50)] },
      subject: 'contoso',
    },
    silent: {
      AppTraces: [
        line(LOST, { hsm: 'contoso', keys: 1, named: ['orders'] }, 125),
        event('HsmWarden.KeyPurged', { recoverable: 'lost' }),
      ],
    },
  },
  'keys-gone-still': {
    promise: 'A purged key that a backup brings back is reported every day until it is back, for 14 days.',
    severity: 2,
    everyMinutes: 1440,
    lookBackMinutes: 25 * 60,
    fires: {
      rows: { AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, purgedKeys: 2 }, 23 * 60)] },
      subject: 'contoso',
    },
    alsoFires: [
      { AppTraces: [line('watch could not see the HSM', { hsm: 'contoso', ok: false, purgedKeys: 1 })] },
    ],
    silent: {
      AppTraces: [
        line('watch looked', { hsm: 'contoso', ok: true, purgedKeys: 1 }, 30),
        line('watch looked', { hsm: 'contoso', ok: true, purgedKeys: 0 }),
      ],
    },
  },
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
        'RestoresUnproven',
        'HsmUnreachable',
        'HsmFound',
        'HsmVanished',
        'DiscoveryFailed',
      ].map((type) => ({ AppTraces: [event(`HsmWarden.${type}`)] })),
    },
  ),
  'hsm-unreachable': {
    promise:
      'An HSM that no look could see for 45 minutes is reported, one of several as well, while it lasts.',
    severity: 1,
    everyMinutes: 15,
    lookBackMinutes: 45,
    fires: {
      rows: {
        AppTraces: [
          line('watch could not see the HSM', { hsm: 'contoso', ok: false, open: {} }, 40),
          line('watch could not see the HSM', { hsm: 'contoso', ok: false, open: {} }, 10),
          line('watch looked', { hsm: 'fabrikam', ok: true, open: {} }, 10),
          line('watch looked', { hsm: 'contoso', ok: true, open: {} }, 55),
        ],
      },
      subject: 'contoso',
    },
    silent: {
      AppTraces: [
        line('watch looked', { hsm: 'contoso', ok: true, open: {} }, 40),
        line('watch could not see the HSM', { hsm: 'contoso', ok: false, open: {} }, 25),
        // Nobody looks: that is no-heartbeat.
        line('watch could not see the HSM', { hsm: 'fabrikam', ok: false, open: {} }, 50),
      ],
    },
  },
  'hsm-set-up-weakly': {
    promise: 'An HSM that is set up too weakly is reported every day while it is.',
    severity: 2,
    everyMinutes: 1440,
    lookBackMinutes: 25 * 60,
    fires: {
      rows: {
        AppTraces: [line('watch looked', { hsm: 'contoso', ok: true, open: { 'purge-protection-off': 1 } })],
      },
      subject: 'contoso',
    },
    alsoFires: [
      line('watch looked', { hsm: 'contoso', ok: true, open: { 'retention-too-short': 1 } }, 23 * 60),
      line('watch could not see the HSM', { hsm: 'contoso', ok: false, open: { 'retention-too-short': 1 } }),
      line('watch looked', { hsm: 'contoso', ok: true, open: { 'restores-unproven': 1 } }),
      line('watch looked', { hsm: 'contoso', ok: true, open: { 'no-drill': 1 } }),
    ].map((row) => ({ AppTraces: [row] })),
    silent: {
      AppTraces: [
        line('watch looked', { hsm: 'contoso', ok: true, open: { 'purge-protection-off': 1 } }, 30),
        line('watch looked', { hsm: 'contoso', ok: true, open: { 'key-unprotected': 1 } }),
      ],
    },
  },
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
      line('watch looked', {
        hsm: 'contoso',
        ok: true,
        open: { 'backup-overdue': 1, 'retention-too-short': 1 },
      }),
      line('watch could not see the HSM', { hsm: 'contoso', ok: false, open: { 'hsm-unreachable': 1 } }),
    ].map((row) => ({ AppTraces: [row] })),
    silent: {
      AppTraces: [
        line('watch looked', { hsm: 'contoso', ok: true, open: { 'key-unprotected': 1 } }, 30),
        line('watch looked', { hsm: 'contoso', ok: true, open: {} }),
        // Reported once a day by hsm-set-up-weakly.
        line('watch looked', { hsm: 'fabrikam', ok: true, open: { 'purge-protection-off': 1 } }),
      ],
    },
  },
};
