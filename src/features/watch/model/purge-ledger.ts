/** Keeps apart the purges of one name: those reported already, and those the audit log reports late or once more. */
import { definedOnly } from '../../../core/defined-only.ts';
import { type KeySelection, reasonToSkipName } from '../../../core/model/selection.ts';
import { CLOCK_SKEW_MS } from '../../../core/time.ts';
import type { KeySignal } from './signals.ts';
import type { DeletedKey, WatchState } from './watch-state.ts';

/** The purges reported of one name. */
export type PastPurge = WatchState['purges'][string];

/** Records remembered per name: an Event Hub repeats hours at most, nobody purges one name this often in that time. */
const REMEMBER = 20;

/** The audit log's purges of a name, sorted out. */
export interface Accounted {
  /** The ledger with records noted that are about a purge reported before. */
  readonly past: PastPurge | undefined;
  /** Purges nobody has reported yet, oldest first. */
  readonly fresh: readonly KeySignal[];
}

/** Sorts out which of the audit log's purges of a name are news. */
export function account(past: PastPurge | undefined, signals: readonly KeySignal[]): Accounted {
  let ledger = past;
  const fresh: KeySignal[] = [];
  for (const signal of [...signals].sort((a, b) => a.at - b.at)) {
    if (ledger?.records.includes(signal.at) || fresh.some(({ at }) => at === signal.at)) continue;
    if (ledger?.awaitsRecord === true && signal.at <= ledger.at + CLOCK_SKEW_MS) {
      // A scan was quicker than the log: this is the record of the purge it reported.
      const records = remember(ledger.records, signal.at);
      ledger = { ...ledger, awaitsRecord: false, records, purgedBy: ledger.purgedBy ?? signal.caller };
    } else {
      fresh.push(signal);
    }
  }
  return { past: ledger, fresh };
}

/** The ledger after a purge was reported at `at`, on the word of `record` if there was one. */
export function enter(
  past: PastPurge | undefined,
  reported: {
    readonly at: number;
    readonly record: KeySignal | undefined;
    readonly isExpiry: boolean;
    /** The key as it was remembered before its purge, if it was. */
    readonly known?: DeletedKey | undefined;
  },
): PastPurge {
  const records = past?.records ?? [];
  return {
    at: Math.max(reported.at, past?.at ?? 0),
    // The service logs no request when a retention ends.
    awaitsRecord: reported.record === undefined && !reported.isExpiry,
    records: reported.record === undefined ? records : remember(records, reported.record.at),
    // Of the purge before nothing will be asked any more: what is lost of it stays lost.
    ...definedOnly({ lost: past && lostOf(past) }),
    ...definedOnly({
      deletedAt: reported.known?.deletedAt,
      deletedBy: reported.known?.deletedBy,
      purgedBy: reported.record?.caller,
    }),
  };
}

/** What no backup brings back of a purged key; undefined where one brings all of it back. */
export function lostOf({ lost, backupGoneSince }: PastPurge): PastPurge['lost'] {
  return backupGoneSince === undefined ? lost : 'key';
}

/** Since when it is lost: what is lost since a backup went is another loss than what was lost with the purge. */
export function lostSince({ at, backupGoneSince }: PastPurge): number {
  return backupGoneSince ?? at;
}

/** Whether a purged key without a backup was to have none, as far as that is known. */
export function isExcused(name: string, { excluded }: PastPurge, selection: KeySelection): boolean {
  return excluded === true || reasonToSkipName(name, selection) !== undefined;
}

function remember(records: readonly number[], at: number): number[] {
  return [...records, at].slice(-REMEMBER);
}
