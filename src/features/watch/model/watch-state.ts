/** What the watch remembers of one HSM between scans, and the events that no topic has accepted yet. */

import { z } from 'zod';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { readDocument, updateDocumentWith } from '../../../core/documents/update-document.ts';
import { Caller, LogWord, WatchEvent } from './events.ts';
import { Unjudged } from './signals.ts';

const Time = z.int().nonnegative();

const Remembered = {
  /** `created` of the newest version, as listed. */
  createdAt: Time,
  /** Set where another key of this name existed before: older backups of the name are not this key's. */
  oldestVersion: z.string().exactOptional(),
  /** The tags, as last seen, by which the settings leave the key out of the backups. */
  tags: z.record(z.string(), z.string()).exactOptional(),
  /** Another Azure service manages the key. */
  managed: z.literal(true).exactOptional(),
  /** When it was last seen; only while it is in no list and may be on its way from one region of its HSM to the other. */
  lastSeenAt: Time.exactOptional(),
};

/** An active key as last seen. A fault that is absent does not hold. */
const ActiveKey = z.strictObject({
  state: z.literal('active'),
  ...Remembered,
  unprotected: z.strictObject({ since: Time, told: z.boolean() }).exactOptional(),
  /** When the backup was due that is overdue, and was reported so. */
  overdueSince: Time.exactOptional(),
});
export type ActiveKey = z.infer<typeof ActiveKey>;

/** A soft-deleted key as last seen. */
const DeletedKey = z.strictObject({
  state: z.literal('deleted'),
  ...Remembered,
  deletedAt: Time,
  scheduledPurgeAt: Time,
  /** Thresholds already reported, milliseconds before the purge. */
  told: z.array(z.int()),
  /** Uses already reported, by caller, operation and hour. */
  uses: z.array(z.string()),
  /** Who deleted it, as far as the HSM's audit log says. */
  deletedBy: Caller.exactOptional(),
  /** The last try to use it since: a sign that the deletion was a mistake. */
  lastUse: z.strictObject({ at: Time, operation: LogWord, caller: Caller }).exactOptional(),
});
export type DeletedKey = z.infer<typeof DeletedKey>;

/** A key that the watch knows. */
const KnownKey = z.discriminatedUnion('state', [ActiveKey, DeletedKey]);
export type KnownKey = z.infer<typeof KnownKey>;

/** The purges reported of a name: when the last was, whether its audit record is still to come, and the records seen. */
const PastPurge = z.strictObject({
  at: Time,
  awaitsRecord: z.boolean(),
  records: z.array(Time),
  /** What no backup brings back; absent where one does, and in what was noted before this was. */
  lost: z.enum(['key', 'newest-version']).exactOptional(),
  /** Of no backup, for the settings left out every key of the name that was purged; absent in what was noted before this was. */
  excluded: z.literal(true).exactOptional(),
  /** Since when the catalogue names no backup of the purged key any more; absent while it does, and where `lost` is the key. */
  backupGoneSince: Time.exactOptional(),
  /** Of the last purge, as far as it is known: when the key had been deleted, by whom, and who purged it. */
  deletedAt: Time.exactOptional(),
  deletedBy: Caller.exactOptional(),
  purgedBy: Caller.exactOptional(),
});

/** Conditions of a whole HSM. */
export const CONDITIONS = [
  'purge-protection-off',
  'retention-too-short',
  'hsm-unreachable',
  'backup-overdue',
  'restores-unproven',
  'no-drill',
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** The memory of one HSM's watch. Times are epoch milliseconds. */
const WatchState = z.strictObject({
  format: z.literal(1),
  hsm: z.string(),
  /** The first scan; promises are counted from here. */
  watchingSince: Time.exactOptional(),
  /** The last scan that saw every key. */
  lookedAt: Time.exactOptional(),
  /** When it began. */
  lookBeganAt: Time.exactOptional(),
  keys: z.record(z.string(), KnownKey),
  /** The purges reported, by name. */
  purges: z.record(z.string(), PastPurge),
  /** What the audit log reported and no scan could judge yet: it is in no message that could be given up. */
  unjudged: Unjudged.exactOptional(),
  /** Keys whose last good backup was reported as damaged, and when: until another one was taken. */
  damaged: z.record(z.string(), Time).exactOptional(),
  /** Conditions that hold, since when, and whether that was reported. */
  conditions: z.partialRecord(z.enum(CONDITIONS), z.strictObject({ since: Time, told: z.boolean() })),
  /** Found, but accepted by no topic yet; oldest first. */
  outbox: z.array(WatchEvent),
  /** The last events that the topic will never take; kept for a person to see. */
  refused: z.array(WatchEvent),
  /** How many refused events before these are kept no more; absent for none. */
  refusedBefore: z.int().positive().exactOptional(),
  /** Backups that are still to be pinned. */
  pins: z.array(z.string()),
});
export type WatchState = z.infer<typeof WatchState>;

/** The memory of a watch that has never scanned. */
function emptyWatchState(hsm: string): WatchState {
  return { format: 1, hsm, keys: {}, purges: {}, conditions: {}, outbox: [], refused: [], pins: [] };
}

/** How the memory of a watch is stored. */
const WATCH_DOCUMENT: DocumentType<'watch', WatchState> = {
  kind: 'watch',
  schema: WatchState,
  name: ({ hsm }) => `The memory of the watch over HSM ${hsm}`,
  advice:
    'Keep a copy, then delete it: the watch starts again and reports everything once more, events that no topic had accepted are in the copy.',
};

/** Reads the memory of an HSM's watch; an HSM never scanned has an empty one. Fails with `state-corrupt` or a storage code. */
export async function readWatchState(
  store: DocumentStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<WatchState> {
  const { value } = await readDocument(store, WATCH_DOCUMENT, { kind: 'watch', hsm }, signal);
  return value ?? emptyWatchState(hsm);
}

/**
 * Changes the memory of a watch. A change that returns the state it was given writes nothing. Fails with what `change`
 * throws, `state-corrupt`, `state-conflict` after many conflicts, or a storage code.
 */
export async function updateWatchState(
  store: DocumentStore,
  hsm: string,
  change: (state: WatchState) => WatchState,
  signal?: AbortSignal,
): Promise<WatchState> {
  const decide = async (state: WatchState) => ({ state: change(state) });
  return (await updateWatchStateWith(store, hsm, decide, signal)).state;
}

/** As {@link updateWatchState}, for a change that takes time and finds out more than the next state. */
export async function updateWatchStateWith<Found extends { readonly state: WatchState }>(
  store: DocumentStore,
  hsm: string,
  change: (state: WatchState) => Promise<Found>,
  signal?: AbortSignal,
): Promise<Found> {
  const address = { kind: 'watch', hsm } as const;
  const decide = async (stored: WatchState | undefined) => {
    const state = stored ?? emptyWatchState(hsm);
    const result = await change(state);
    return { value: result.state === state ? stored : result.state, result };
  };
  return (await updateDocumentWith(store, WATCH_DOCUMENT, address, decide, signal)).result;
}
