/** How it is said that a key was deleted, used meanwhile, purged, or brought back. */
import { epochOf } from '../../../core/time.ts';
import type { FindingData } from '../../watch/model/events.ts';
import { caller, command, moment, type Said, type ShowKey } from './words.ts';

/** A key that is soft-deleted: `verb` says since when. */
export function deleted(
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

/** A use of a key that is soft-deleted. */
export function used(data: FindingData<'key-used-while-deleted'>, show: ShowKey): Said {
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

/** A key that was purged. */
export function purged(data: FindingData<'key-purged'>, show: ShowKey): Said {
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

/** A key that came back without a decision of the product. */
export function broughtBack(data: FindingData<'key-brought-back-unapproved'>, show: ShowKey): Said {
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
