/** How the events of the watch and of the verification are said. */
import { definedOnly } from '../../../core/defined-only.ts';
import { epochOf } from '../../../core/time.ts';
import type { FindingData, WatchEvent } from '../../watch/model/events.ts';
import type { Fact } from '../model/message.ts';
import type { Occurrence } from '../model/occurrence.ts';

/** How a key is shown: its name, or what stands for it. */
export type ShowKey = (key: string) => string;

/** What differs from event to event; the rest follows from its envelope. */
type Said = Omit<Occurrence, 'id' | 'at' | 'hsm' | 'key' | 'severity' | 'rank'>;

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
    case 'HsmWarden.BackupOverdue':
    case 'HsmWarden.HsmUnreachable':
    case 'HsmWarden.PurgeProtectionOff':
    case 'HsmWarden.RetentionTooShort':
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
      | 'HsmWarden.RetentionTooShort';
  }
>;

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
        what: `HSM ${hsm} does not answer: its keys are neither watched nor backed up.`,
        todo: 'Find out why: hsm-warden doctor',
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
  }
}

function deleted(
  verb: string,
  data: FindingData<'purge-pending'> | FindingData<'key-deleted'>,
  show: ShowKey,
): Said {
  const { scheduledPurgeAt, afterPurge, coverage, versionsCovered, versionsKnown, deletedAt } = data;
  const then =
    afterPurge === 'lost'
      ? 'After its purge it is lost: no backup brings all of it back.'
      : 'After its purge it can still be restored from its backup.';
  return {
    family: 'deleted-key',
    subject: data.key,
    effect: 'open',
    lasting: true,
    what: `Key ${show(data.key)} on HSM ${data.hsm} ${verb}. ${then}`,
    todo: `If it is still needed, ask for its recovery: ${command('recovery request', data, show)} --reason '…'`,
    turn: 'the owner of the key',
    until: epochOf(scheduledPurgeAt),
    facts: [
      moment('Deleted', deletedAt),
      moment('Purge', scheduledPurgeAt),
      { label: 'Backups', text: `${coverage}, ${versionsCovered} of ${versionsKnown} known versions` },
      ...('deletedBy' in data && data.deletedBy !== undefined ? [caller('Deleted by', data.deletedBy)] : []),
    ],
  };
}

function used(data: FindingData<'key-used-while-deleted'>, show: ShowKey): Said {
  return {
    family: 'deleted-key',
    subject: data.key,
    effect: 'open',
    lasting: true,
    what: `Key ${show(data.key)} on HSM ${data.hsm} is soft-deleted, and something still tries to use it (${data.operation}).`,
    todo: `Ask for its recovery: ${command('recovery request', data, show)} --reason '…'`,
    turn: 'the owner of the key',
    until: epochOf(data.scheduledPurgeAt),
    facts: [
      moment('Used', data.usedAt),
      caller('Used by', data.caller),
      moment('Deleted', data.deletedAt),
      moment('Purge', data.scheduledPurgeAt),
    ],
  };
}

function purged(data: FindingData<'key-purged'>, show: ShowKey): Said {
  const isLost = data.recoverable === 'lost';
  const verb = data.presumed === true ? 'was probably purged' : 'was purged';
  return {
    family: 'deleted-key',
    subject: data.key,
    effect: 'open',
    lasting: true,
    what: `Key ${show(data.key)} on HSM ${data.hsm} ${verb}. ${isLost ? 'No backup brings all of it back.' : 'It can be restored from its backup.'}`,
    todo: isLost
      ? 'Find out who used it and what was encrypted with it.'
      : `If it is still needed, ask for its restore: ${command('recovery request', data, show)} --reason '…'`,
    turn: 'the owner of the key',
    facts: [
      moment('Noticed', data.noticedAt),
      {
        label: 'Backups',
        text: `${data.coverage}, ${data.versionsCovered} of ${data.versionsKnown} known versions`,
      },
      ...(data.purgedBy === undefined ? [] : [caller('Purged by', data.purgedBy)]),
    ],
  };
}

function broughtBack(data: FindingData<'key-brought-back-unapproved'>, show: ShowKey): Said {
  const { hsm, key, action, broughtBackAt, approval, noted, todo } = data;
  const which = key === undefined ? 'A key' : `Key ${show(key)}`;
  const why = {
    none: 'nobody had approved that',
    noted: `it was noted as break glass by ${noted?.by ?? 'somebody'}`,
    unknown: 'whether that was approved could not be found out',
  }[approval];
  return {
    family: 'brought-back',
    subject: `${key ?? 'a key'} ${broughtBackAt ?? ''}`,
    effect: 'open',
    lasting: approval !== 'noted',
    what: `${which} on HSM ${hsm} was ${action === 'restore' ? 'restored' : 'recovered'}, and ${why}.`,
    todo,
    turn: 'whoever runs HSM Warden',
    facts: [
      ...(broughtBackAt === undefined ? [] : [moment('Brought back', broughtBackAt)]),
      caller('By', data.caller),
      ...(noted === undefined ? [] : [{ label: 'Noted', text: noted.reason }]),
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

function command(
  name: string,
  { hsm, key }: { readonly hsm: string; readonly key: string },
  show: ShowKey,
): string {
  return `hsm-warden ${name} --hsm ${hsm} --key ${show(key)}`;
}

function moment(label: string, iso: string): Fact {
  return { label, at: epochOf(iso) };
}

function caller(
  label: string,
  { upn, appId, objectId, address }: FindingData<'key-used-while-deleted'>['caller'],
): Fact {
  const known = definedOnly({ who: upn ?? appId ?? objectId, address });
  const text = `${known.who ?? 'unknown'}${known.address === undefined ? '' : ` from ${known.address}`}`;
  return { label, text };
}
