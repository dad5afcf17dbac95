/** What docs/operations.md promises of each event: the rules that report it, what says so while it lasts, and who is dead when it cannot come. */

/** The rule that reports a dead app, and so everything that the app can no longer report. */
export const DEAD_APP = {
  backup: 'no-heartbeat',
  recovery: 'recovery-app-dead',
  drill: 'no-drill',
} as const;

/** One event. */
export interface Promised {
  readonly from: keyof typeof DEAD_APP;
  /** Rules that fire at once, for one set of facts each; `independently` of the event: by the log of a service. */
  readonly reported: readonly {
    readonly by: string;
    readonly facts?: Readonly<Record<string, unknown>>;
    readonly independently?: true;
  }[];
  /** The rule that reports it again while it lasts; or why none does, in a sentence. */
  readonly lasting:
    | { readonly by: string | readonly string[]; readonly finding?: string }
    | { readonly none: string };
}

const PASSES = { none: 'It is something that happened, and does not last.' };
const DAILY = { none: 'The event comes again once a day.' };
const OVER = { none: 'It is over.' };
const NOTHING_TO_DO = 'Nothing to do.';
const AT_EACH_THRESHOLD = { by: 'purge-pending' };

function reported(by: string, lasting: Promised['lasting'], from: Promised['from'] = 'backup'): Promised {
  return { from, reported: [{ by }], lasting };
}

/** A finding that each scan counts while it is open. */
function lasts(finding: string, by = 'open-findings'): Promised['lasting'] {
  return { by, finding };
}

function unreported(why: string, from: Promised['from'] = 'backup'): Promised {
  return { from, reported: [], lasting: { none: why } };
}

/** By the type of the event. */
export const PROMISES: Readonly<Record<string, Promised>> = {
  'HsmWarden.KeyDeleted': {
    from: 'backup',
    reported: [{ by: 'key-deleted' }, { by: 'key-removed', independently: true }],
    lasting: AT_EACH_THRESHOLD,
  },
  'HsmWarden.PurgePending': {
    from: 'backup',
    reported: [
      { by: 'purge-pending', facts: { severity: 'warning' } },
      { by: 'purge-pending-critical', facts: { severity: 'high' } },
      { by: 'purge-pending-critical', facts: { severity: 'critical' } },
    ],
    lasting: AT_EACH_THRESHOLD,
  },
  'HsmWarden.KeyPurged': {
    from: 'backup',
    reported: [
      { by: 'key-lost', facts: { recoverable: 'lost' } },
      { by: 'key-purged', facts: { recoverable: 'restore' } },
      { by: 'key-removed', independently: true },
    ],
    lasting: { by: ['key-lost-still', 'keys-gone-still'] },
  },
  'HsmWarden.KeyRecovered': unreported(NOTHING_TO_DO),
  'HsmWarden.KeyBroughtBackUnapproved': {
    from: 'backup',
    reported: [
      { by: 'key-brought-back-unapproved', independently: true },
      { by: 'approval-forged', facts: { severity: 'critical' } },
      { by: 'recovery-activity', facts: { severity: 'warning' } },
    ],
    lasting: PASSES,
  },
  'HsmWarden.KeyUnprotected': reported('key-unprotected', lasts('key-unprotected')),
  'HsmWarden.BackupOverdue': reported('key-unprotected', lasts('key-backup-overdue')),
  'HsmWarden.PurgeProtectionOff': reported(
    'key-unprotected',
    lasts('purge-protection-off', 'hsm-set-up-weakly'),
  ),
  'HsmWarden.RetentionTooShort': reported(
    'key-unprotected',
    lasts('retention-too-short', 'hsm-set-up-weakly'),
  ),
  'HsmWarden.RestoresUnproven': reported('key-unprotected', lasts('restores-unproven', 'hsm-set-up-weakly')),
  'HsmWarden.HsmUnreachable': reported('key-unprotected', { by: 'hsm-unreachable' }),
  'HsmWarden.KeyUsedWhileDeleted': reported('key-unprotected', {
    none: 'It is reported again once an hour while the key is used.',
  }),
  'HsmWarden.Heartbeat': unreported(NOTHING_TO_DO),
  'HsmWarden.BackupDamaged': reported('key-unprotected', { by: 'backups-damaged' }),
  'HsmWarden.BackupReplaced': unreported(OVER.none),
  'HsmWarden.BackupsUnsealed': reported('key-unprotected', {
    none: 'Each run that ends so reports it again.',
  }),
  'HsmWarden.HsmFound': reported('key-unprotected', DAILY),
  'HsmWarden.HsmVanished': reported('key-unprotected', DAILY),
  'HsmWarden.DiscoveryFailed': reported('key-unprotected', DAILY),
  'HsmWarden.MessagePoisoned': {
    from: 'backup',
    reported: [{ by: 'poison-queue', independently: true }],
    lasting: { by: 'work-waits' },
  },
  'HsmWarden.NotificationChannelFailing': reported('channel-failing', { by: 'channel-silent' }),
  'HsmWarden.NotificationMemoryLost': reported('channel-failing', PASSES),
  'HsmWarden.NotificationChannelWorking': unreported(OVER.none),
  'HsmWarden.RecoveryRequested': reported('recovery-activity', PASSES, 'recovery'),
  'HsmWarden.RecoveryApprovalGiven': unreported(
    '`recovery-activity` reports the request and what follows.',
    'recovery',
  ),
  'HsmWarden.RecoveryApproved': reported('recovery-activity', PASSES, 'recovery'),
  'HsmWarden.RecoveryStarted': reported('recovery-activity', PASSES, 'recovery'),
  'HsmWarden.RecoveryResumed': unreported(NOTHING_TO_DO, 'recovery'),
  'HsmWarden.RecoverySucceeded': reported('recovery-activity', OVER, 'recovery'),
  'HsmWarden.RecoveryFailed': reported('recovery-activity', OVER, 'recovery'),
  'HsmWarden.RecoveryRestoredOtherKey': {
    from: 'recovery',
    reported: [{ by: 'approval-forged' }, { by: 'gate-disarmed' }],
    lasting: PASSES,
  },
  'HsmWarden.RecoveryRejected': unreported('Nothing was done.', 'recovery'),
  'HsmWarden.RecoveryCancelled': unreported('Nothing was done.', 'recovery'),
  'HsmWarden.RecoveryExpired': unreported('Nothing was done.', 'recovery'),
  'HsmWarden.RecoveryGateDisarmed': reported(
    'gate-disarmed',
    { none: 'The event comes again once a day, and each refused request is reported.' },
    'recovery',
  ),
  'HsmWarden.RecoveryGateRearmed': reported('recovery-activity', OVER, 'recovery'),
  'HsmWarden.RecoveryOverrideInForce': reported('gate-disarmed', DAILY, 'recovery'),
  'HsmWarden.DrillFailed': reported('drill-failed', PASSES, 'drill'),
  'HsmWarden.DrillBroken': reported('drill-failed', PASSES, 'drill'),
  'HsmWarden.DrillRefused': reported('drill-refused', DAILY, 'drill'),
  'HsmWarden.DrillOverdue': reported('no-drill', DAILY, 'drill'),
  'HsmWarden.DrillCaughtUp': unreported(OVER.none, 'drill'),
  'HsmWarden.DrillEnded': unreported(NOTHING_TO_DO, 'drill'),
  'HsmWarden.DrillProven': unreported(NOTHING_TO_DO, 'drill'),
  'HsmWarden.DrillTrusted': unreported(OVER.none, 'drill'),
};
