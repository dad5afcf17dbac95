/** How the events of the watch and of the verification are said. */
import type { FindingData, WatchEvent } from '../../watch/model/events.ts';
import { broughtBack, deleted, purged, used } from './say-deletion.ts';
import { command, moment, type Said, type ShowKey } from './words.ts';

/** What a finding of the watch means; undefined for a heartbeat, which says nothing to people. */
export function sayFinding(event: WatchEvent, show: ShowKey): Said | undefined {
  switch (event.type) {
    case 'HsmWarden.KeyDeleted':
    case 'HsmWarden.PurgePending':
      return deleted(
        event.type === 'HsmWarden.KeyDeleted' ? 'was deleted' : 'is soft-deleted',
        event.data,
        show,
      );
    case 'HsmWarden.KeyUsedWhileDeleted':
      return used(event.data, show);
    case 'HsmWarden.KeyPurged':
      return purged(event.data, show);
    case 'HsmWarden.KeyRecovered':
      return {
        family: 'deleted-key',
        subject: event.data.key,
        effect: 'resolve',
        lasting: false,
        what: `Key ${show(event.data.key)} on HSM ${event.data.hsm} is active again: it was recovered.`,
        todo: 'Nothing is left to do.',
        turn: 'nobody',
        facts: [moment('Deleted', event.data.deletedAt)],
      };
    case 'HsmWarden.KeyBroughtBackUnapproved':
      return broughtBack(event.data, show);
    case 'HsmWarden.KeyUnprotected':
      return {
        family: 'unprotected-key',
        subject: event.data.key,
        effect: 'open',
        lasting: true,
        what: `Key ${show(event.data.key)} on HSM ${event.data.hsm} has no backup.`,
        todo: `Back it up: ${command('backup run', event.data, show)}`,
        turn: 'whoever runs HSM Warden',
        facts: [moment('Created', event.data.createdAt), moment('Without a backup since', event.data.since)],
      };
    case 'HsmWarden.BackupDamaged':
      return damaged(event.data, show);
    case 'HsmWarden.BackupReplaced':
      return {
        family: 'damaged-backup',
        subject: event.data.key,
        effect: 'resolve',
        lasting: false,
        what: `Key ${show(event.data.key)} on HSM ${event.data.hsm} has a backup again, taken after its last one was found damaged.`,
        todo: 'Nothing is left to do.',
        turn: 'nobody',
        facts: [
          moment('Damage noticed', event.data.noticedAt),
          moment('Taken', event.data.backup.capturedAt),
        ],
      };
    case 'HsmWarden.BackupOverdue':
    case 'HsmWarden.HsmUnreachable':
    case 'HsmWarden.PurgeProtectionOff':
    case 'HsmWarden.RetentionTooShort':
    case 'HsmWarden.RestoresUnproven':
      return sayCondition(event, show);
    case 'HsmWarden.Heartbeat':
      return undefined;
  }
}

type Condition = Extract<
  WatchEvent,
  {
    type:
      | 'HsmWarden.BackupOverdue'
      | 'HsmWarden.HsmUnreachable'
      | 'HsmWarden.PurgeProtectionOff'
      | 'HsmWarden.RetentionTooShort'
      | 'HsmWarden.RestoresUnproven';
  }
>;

function unreachable(hsm: string, code: string): Pick<Said, 'what' | 'todo'> {
  if (code === 'hsm-settings-invalid') {
    return {
      what: `HSM ${hsm} cannot be used, for its settings are wrong: its keys are neither watched nor backed up.`,
      todo: 'Correct WARDEN_HSMS: hsm-warden doctor says what is wrong.',
    };
  }
  return {
    what: `HSM ${hsm} does not answer: its keys are neither watched nor backed up.`,
    todo: 'Find out why: hsm-warden doctor',
  };
}

function sayCondition(event: Condition, show: ShowKey): Said {
  const { hsm } = event.data;
  const common = { effect: 'open', lasting: true, family: 'hsm', turn: 'whoever runs HSM Warden' } as const;
  switch (event.type) {
    case 'HsmWarden.BackupOverdue':
      return overdue(event.data, show);
    case 'HsmWarden.HsmUnreachable':
      return {
        ...common,
        subject: 'hsm-unreachable',
        ...unreachable(hsm, event.data.code),
        facts: [moment('Since', event.data.since), { label: 'Error', text: event.data.code }],
      };
    case 'HsmWarden.PurgeProtectionOff':
      return {
        ...common,
        subject: 'purge-protection-off',
        what: `HSM ${hsm} has no purge protection: a deleted key can be purged at once.`,
        todo: 'Switch purge protection on for this HSM.',
        turn: `the owner of HSM ${hsm}`,
        facts: [{ label: 'Recovery level', text: event.data.recoveryLevel }],
      };
    case 'HsmWarden.RetentionTooShort':
      return {
        ...common,
        subject: 'retention-too-short',
        what: `HSM ${hsm} keeps deleted keys for ${event.data.days} days only; ${event.data.expectedDays} are expected.`,
        todo: 'The retention of an HSM cannot be changed: plan with the shorter time, or lower WARDEN_MIN_RETENTION_DAYS.',
        turn: `the owner of HSM ${hsm}`,
        facts: [],
      };
    case 'HsmWarden.RestoresUnproven':
      return { ...common, ...unproven(event.data) };
  }
}

/** The subjects are the conditions that a scan reports as open. */
function unproven({
  hsm,
  reason,
  drillHsm = 'unknown',
  lastDrillAt,
  todo,
}: FindingData<'restores-unproven'>): Pick<Said, 'subject' | 'what' | 'todo' | 'facts'> {
  if (reason === 'no-drill-hsm') {
    const what = `Restores of the keys of HSM ${hsm} are unproven: no drill HSM is named.`;
    return { subject: 'restores-unproven', what, todo, facts: [] };
  }
  return {
    subject: 'no-drill',
    what: `Restores of the keys of HSM ${hsm} are unproven: no drill ends on the drill HSM ${drillHsm}.`,
    todo,
    facts: [
      lastDrillAt === undefined ? { label: 'Last drill', text: 'never' } : moment('Last drill', lastDrillAt),
    ],
  };
}

function overdue(data: FindingData<'backup-overdue'>, show: ShowKey): Said {
  const { hsm, key, dueAt, lastBackupAt, reason } = data;
  const why = { changed: 'it changed', 'too-old': 'its backup grew too old', 'no-run': 'no run has ended' }[
    reason
  ];
  return {
    family: 'overdue-backup',
    subject: key ?? 'backup-overdue',
    effect: 'open',
    lasting: true,
    what:
      key === undefined
        ? `The nightly backup of HSM ${hsm} is overdue.`
        : `The backup of key ${show(key)} on HSM ${hsm} is overdue: ${why}.`,
    todo: `See why, then back up: hsm-warden status --hsm ${hsm}`,
    turn: 'whoever runs HSM Warden',
    facts: [
      moment('Due', dueAt),
      ...(lastBackupAt === undefined ? [] : [moment('Last backup', lastBackupAt)]),
    ],
  };
}

function damaged(data: FindingData<'backup-damaged'>, show: ShowKey): Said {
  const { hsm, key, backup, noticedAt, capturedAt, reason } = data;
  return {
    family: 'damaged-backup',
    subject: key,
    effect: 'open',
    // With another good backup it is news; without one it lasts.
    lasting: backup === undefined,
    what: `A stored backup of key ${show(key)} on HSM ${hsm} is damaged or gone. ${backup === undefined ? 'There is no other good backup of this key.' : 'Another good backup of this key is there.'}`,
    todo: `A fresh backup was asked for; see that it was made: hsm-warden backup list --hsm ${hsm} --key ${show(key)}`,
    turn: 'whoever runs HSM Warden',
    facts: [moment('Taken', capturedAt), moment('Noticed', noticedAt), { label: 'Fault', text: reason }],
  };
}
