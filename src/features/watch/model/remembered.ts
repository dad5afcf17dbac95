/** What is remembered of a key for when it cannot be listed: enough to know that the settings leave it out on purpose. */

import type { ListedKey } from '../../../core/model/key.ts';
import { type KeySelection, reasonToSkip } from '../../../core/model/selection.ts';
import type { DeletedKey, KnownKey } from './watch-state.ts';

/** The part of {@link KnownKey} that is for this. */
type LeftOut = Pick<KnownKey, 'tags' | 'managed'>;

/** What leaves `key` out of the backups: only the tags that do, for those may be forgotten that nobody asks about. */
export function rememberLeftOut(key: ListedKey, { excludeTags }: KeySelection): LeftOut {
  const byTag = { include: [], exclude: [], excludeTags };
  const tags = Object.entries(key.tags).filter(
    ([tag, value]) => reasonToSkip({ ...key, managed: false, tags: { [tag]: value } }, byTag) !== undefined,
  );
  return {
    ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags) }),
    ...(key.managed ? { managed: true as const } : {}),
  };
}

/** `known` as it is seen again, with what leaves the key out now: the settings may have changed since. */
export function refreshLeftOut(
  { tags: _tags, managed: _managed, lastSeenAt: _seen, ...rest }: DeletedKey,
  key: ListedKey,
  selection: KeySelection,
): DeletedKey {
  return { ...rest, ...rememberLeftOut(key, selection) };
}

/** The key `name` as remembered, in the form of a list's item, for a selection to be asked about. */
export function asListed(name: string, known: KnownKey | undefined): ListedKey {
  const createdAt = known?.createdAt ?? 0;
  const attributes = { enabled: true, createdAt, updatedAt: createdAt };
  return { name, attributes, tags: known?.tags ?? {}, managed: known?.managed ?? false };
}
