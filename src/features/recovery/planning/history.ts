/** What the watch has noted of a key's deletion, in sentences for the approvers: who, when, from where, and who misses it. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError } from '../../../core/errors.ts';
import { NameMap } from '../../../core/model/key-name.ts';
import { visibleText } from '../../../core/model/plain-text.ts';
import { isoTime } from '../../../core/time.ts';
import { isSameDeletion } from '../../watch/model/context.ts';
import type { Caller } from '../../watch/model/events.ts';
import { type DeletedKey, readWatchState, type WatchState } from '../../watch/model/watch-state.ts';

/** Tags named in a sentence. */
const NAMED = 10;
const LONGEST_TAG = 200;
const UNKNOWN =
  'Who did so is not known: the HSM’s audit log has not said so (it is minutes late, and reaches the watch only where the audit feed is set up).';

/**
 * The sentences. `deletedAt`: of a key that is soft-deleted now, epoch milliseconds. A memory of the watch that cannot be read is one of them.
 * Fails with the storage codes.
 */
export async function keyHistory(
  store: DocumentStore,
  { hsm, key }: { readonly hsm: string; readonly key: string },
  deletedAt: number | undefined,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  try {
    return describeHistory(await readWatchState(store, hsm, signal), key, deletedAt);
  } catch (error) {
    if (!isWardenError(error, 'state-corrupt')) throw error;
    return [`Who deleted the key is not known: ${error.message}`];
  }
}

/** As {@link keyHistory}, from what the watch remembers. */
export function describeHistory(
  { keys, purges }: Pick<WatchState, 'keys' | 'purges'>,
  key: string,
  deletedAt: number | undefined,
): readonly string[] {
  const known = new NameMap(Object.entries(keys)).get(key);
  if (deletedAt !== undefined) {
    const isThis = known?.state === 'deleted' && isSameDeletion(known.deletedAt, deletedAt);
    return isThis ? ofDeleted(known) : [`It was deleted at ${isoTime(deletedAt)}.`, UNKNOWN];
  }
  if (known?.state === 'deleted') return ofDeleted(known);
  const purge = new NameMap(Object.entries(purges)).get(key);
  if (purge === undefined) return ['The watch has noted nothing of its deletion.'];
  const { deletedBy, purgedBy, at } = purge;
  return [
    ...(purge.deletedAt === undefined
      ? []
      : [`It was deleted at ${isoTime(purge.deletedAt)}${by(deletedBy)}.`]),
    `It was purged${by(purgedBy)}; the watch noticed that at ${isoTime(at)}.`,
  ];
}

/** The tags of a key in a sentence; nothing where it has none. */
export function describeTags(tags: Readonly<Record<string, string>>): readonly string[] {
  const all = Object.entries(tags);
  if (all.length === 0) return [];
  // Whoever makes keys writes them: no more may come of them than words within this sentence.
  const named = all
    .slice(0, NAMED)
    .map(([name, value]) => visibleText(`${name}=${value}`, LONGEST_TAG, 'one that cannot be shown'));
  return [`Its tags: ${named.join(', ')}${all.length > NAMED ? ` and ${all.length - NAMED} more` : ''}.`];
}

function ofDeleted({ deletedAt, deletedBy, lastUse }: DeletedKey): readonly string[] {
  const use =
    lastUse === undefined
      ? 'Nobody is known to have tried to use it since.'
      : `It is missed: the last try to use it since was ${lastUse.operation} at ${isoTime(lastUse.at)}${by(lastUse.caller)}.`;
  const when = `It was deleted at ${isoTime(deletedAt)}${by(deletedBy)}.`;
  return [...(deletedBy === undefined ? [when, UNKNOWN] : [when]), use];
}

/** ` by bob@contoso.com (object …) from 203.0.113.7`; empty when nothing is known. */
function by(caller: Caller | undefined): string {
  const { upn, objectId, appId, address } = caller ?? {};
  const ids = [
    ...(objectId === undefined ? [] : [`object ${objectId}`]),
    ...(appId === undefined ? [] : [`application ${appId}`]),
  ];
  const [first, ...rest] = upn === undefined ? ids : [upn, ...ids];
  const who = first === undefined ? '' : ` by ${first}${rest.length === 0 ? '' : ` (${rest.join(', ')})`}`;
  return `${who}${address === undefined ? '' : ` from ${address}`}`;
}
