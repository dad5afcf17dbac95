/** What the backups, the verification and the watch know of one key, on its timeline. */
import { definedOnly } from '../../core/defined-only.ts';
import { NameMap } from '../../core/model/key-name.ts';
import type { StoredBackup } from '../../core/ports.ts';
import { isoTime } from '../../core/time.ts';
import type { Caller as HsmCaller } from '../watch/model/events.ts';
import type { WatchState } from '../watch/model/watch-state.ts';
import type { KeyBackup, TimelineEvent } from './model/keys.ts';

/** When it was captured. */
export function backupEvent({ blob, capturedAt, versions, sealed, damaged }: KeyBackup): TimelineEvent {
  const state = damaged === true ? ', damaged' : sealed === false ? ', without a good seal' : '';
  return {
    at: capturedAt,
    kind: 'backup',
    text: `Backed up with ${versions} version${versions === 1 ? '' : 's'}${state}`,
    blob,
    ...(damaged === null ? {} : { damaged }),
    ...(sealed === null ? {} : { sealed }),
  };
}

/** A version is known from the first backup that holds it: it was made before that. */
export function versionEvents(newestFirst: readonly StoredBackup[]): TimelineEvent[] {
  const seen = new Set<string>();
  return newestFirst.toReversed().flatMap(({ record }) =>
    record.versions.flatMap(({ version }, index): TimelineEvent[] => {
      if (seen.has(version)) return [];
      seen.add(version);
      const isNewest = index === record.versions.length - 1;
      const text = isNewest
        ? `Version ${version} was made`
        : `Version ${version} was there when it was first backed up`;
      return [
        { at: isoTime(isNewest ? record.createdAt : record.capturedAt), kind: 'version', text, version },
      ];
    }),
  );
}

/** When the verification reported it; nothing where it did not. */
export function damageEvent(blob: string, at: number | undefined): TimelineEvent[] {
  return at === undefined
    ? []
    : [
        {
          at: isoTime(at),
          kind: 'damage',
          text: `The verification found the backup ${blob} damaged`,
          blob,
          damaged: true,
        },
      ];
}

/** What the watch saw. `backups`: all of the key, newest first; `undefined` where they could not be read. */
export function watchEvents(
  { keys, purges }: WatchState,
  key: string,
  backups: readonly KeyBackup[] | undefined,
): TimelineEvent[] {
  const known = new NameMap(Object.entries(keys)).get(key);
  const purge = new NameMap(Object.entries(purges)).get(key);
  return [
    ...(known?.state === 'deleted' ? [deleted(known.deletedAt, known.deletedBy)] : []),
    ...(known?.state === 'deleted' && known.lastUse !== undefined
      ? [
          {
            at: isoTime(known.lastUse.at),
            kind: 'use-while-deleted' as const,
            text: `Somebody tried to use it while it is deleted (${known.lastUse.operation})`,
            ...definedOnly({ by: callerText(known.lastUse.caller) }),
          },
        ]
      : []),
    ...(purge?.deletedAt === undefined ? [] : [deleted(purge.deletedAt, purge.deletedBy)]),
    ...(purge === undefined
      ? []
      : [
          {
            at: isoTime(purge.at),
            kind: 'purged' as const,
            text: `Purged; ${whatIsLeft(purge, backups)}`,
            ...definedOnly({ by: callerText(purge.purgedBy) }),
          },
        ]),
  ];
}

function deleted(at: number, by: HsmCaller | undefined): TimelineEvent {
  return { at: isoTime(at), kind: 'deleted', text: 'Deleted', ...definedOnly({ by: callerText(by) }) };
}

/** What of a purged key can come back: said to be there only where a backup of it is, and counts. */
function whatIsLeft(
  { at, lost }: WatchState['purges'][string],
  backups: readonly KeyBackup[] | undefined,
): string {
  if (lost === 'key') return 'no backup brings it back';
  if (lost === 'newest-version') return 'no backup holds its newest version';
  // A backup captured later is of another key of this name.
  const ofIt = backups?.filter(({ capturedAt }) => capturedAt <= isoTime(at));
  if (ofIt === undefined) return 'whether a backup brings it back is not known';
  const [newest] = ofIt;
  if (newest === undefined) return 'no backup of it is known';
  // The one that is kept aside while a key is deleted is as good as the one it was made of.
  const copies = ofIt.filter(({ capturedAt }) => capturedAt === newest.capturedAt);
  if (copies.some(isGood)) return 'a backup brings it back';
  if (copies.some((copy) => !isBad(copy))) return 'whether its newest backup counts is not known';
  const fault = copies.every(({ damaged }) => damaged === true) ? 'is damaged' : 'has no good seal';
  return `its newest backup ${fault}${ofIt.some(isGood) ? '; there is an older one' : ''}`;
}

function isBad({ damaged, sealed }: KeyBackup): boolean {
  return damaged === true || sealed === false;
}

/** Read, and without a fault: `why` says what could not be. */
function isGood(backup: KeyBackup): boolean {
  return !isBad(backup) && backup.damaged !== null && backup.why === undefined;
}

function callerText(caller: HsmCaller | undefined): string | undefined {
  return caller?.upn ?? caller?.objectId ?? caller?.appId;
}
