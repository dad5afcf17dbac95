/** Fetches what a drill restores, with all that was recorded of it. */
import { canonicalJson } from '../../core/canonical-json.ts';
import { isWardenError } from '../../core/errors.ts';
import type { VersionFact } from '../../core/model/key.ts';
import { type PublicKey, type PublicKeys, thumbprintOf } from '../../core/model/public-key.ts';
import type { BackupStore, Clock, FetchedBackup } from '../../core/ports.ts';
import { type RetryPolicy, withRetries } from '../../core/retry.ts';
import { sha256Hex } from '../../core/sha256.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue.ts';
import { structureFault } from '../recovery-points/structure.ts';

/** What fetching needs. */
interface FetchDeps {
  readonly backups: Pick<BackupStore, 'fetch' | 'publicKeysOf'>;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
}

/** A recovery point to restore. */
interface FetchedPoint {
  readonly found: FetchedBackup;
  /** Its public keys, by version; none of one of before they were kept. */
  readonly recorded: PublicKeys;
}

/**
 * Fetches the backup and what is kept beside it, and compares both with the catalogue's record; `fault` says what does not hold.
 * Fails with the codes of {@link BackupStore}.
 */
export async function fetchPoint(
  deps: FetchDeps,
  { blob, versionId, record }: CatalogueEntry,
  signal: AbortSignal,
): Promise<FetchedPoint | { readonly fault: string }> {
  const place = versionId === undefined ? { blob } : { blob, versionId };
  const again = <T>(work: () => Promise<T>) => withRetries(work, deps.clock, deps.retry, signal);
  try {
    const found = await again(() => deps.backups.fetch(place, signal));
    const sha256 = sha256Hex(found.bytes);
    if (sha256 !== record.sha256 || found.stored.record.sha256 !== sha256)
      return { fault: `The backup ${blob} has SHA-256 ${sha256}, not ${record.sha256} as was recorded.` };
    if (found.stored.record.key !== record.key)
      return { fault: `The backup ${blob} says that it is of key ${found.stored.record.key}.` };
    if (canonicalJson(found.stored.record.versions) !== canonicalJson(record.versions))
      return { fault: `The facts beside the backup ${blob} are not those of the catalogue.` };
    const fault = structureFault(found.bytes);
    if (fault !== undefined) return { fault: `The backup ${blob} is no backup of a key: ${fault}.` };
    const recorded = await again(() => deps.backups.publicKeysOf(blob, signal));
    const wrong = record.versions.find((one) => isOther(one, recorded.get(one.version)));
    if (wrong === undefined) return { found, recorded };
    return {
      fault: `The public key kept beside the backup ${blob} for version ${wrong.version} is not the one of its record.`,
    };
  } catch (error) {
    if (!isWardenError(error, 'blob-missing', 'backup-damaged', 'backup-unsealed')) throw error;
    return { fault: error.message };
  }
}

function isOther({ thumbprint }: VersionFact, recorded: PublicKey | undefined): boolean {
  return recorded !== undefined && thumbprintOf(recorded) !== thumbprint;
}
