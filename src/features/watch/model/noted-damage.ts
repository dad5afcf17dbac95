/** The keys of which a damaged backup is noted for good: of one that is nowhere any more, such a note may be all that is left. */
import { backupPrefix, originalBlobName } from '../../../core/model/backup-blob-name.ts';
import { NameMap, ownValue } from '../../../core/model/key-name.ts';
import { KeyName } from '../../../core/model/names.ts';
import { reasonToSkipName } from '../../../core/model/selection.ts';
import type { Catalogue } from '../../recovery-points/catalogue.ts';
import type { JudgeContext } from './context.ts';
import { isAhead } from './past-times.ts';

/** By the name of a key, when the last damage of a backup of it was noticed. Epoch milliseconds. */
export type NotedDamage = ReadonlyMap<string, number>;

/**
 * Those of `damaged` (the noted backups by name, with the time that was noticed) of which the catalogue names no backup. A key that the
 * settings leave out by its name is none of them.
 */
export function withoutBackup(
  { hsm, now, policy }: JudgeContext,
  damaged: ReadonlyMap<string, number> | undefined,
  catalogue: Catalogue,
): NotedDamage {
  const keys = new NameMap<number>();
  const folder = backupPrefix(hsm);
  for (const [blob, noticedAt] of damaged ?? []) {
    const name = originalBlobName(blob);
    const [key = ''] = name.startsWith(folder) ? name.slice(folder.length).split('/', 1) : [];
    if (!KeyName.safeParse(key).success || ownValue(catalogue.keys, key) !== undefined) continue;
    if (reasonToSkipName(key, policy.selection) !== undefined) continue;
    // A time of the future must not pass for that of a loss which is still to come.
    keys.set(key, Math.max(isAhead(noticedAt, now) ? 0 : noticedAt, keys.get(key) ?? 0));
  }
  return keys;
}
