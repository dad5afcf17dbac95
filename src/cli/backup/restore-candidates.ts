/** The backups that a bulk restore may use, and what each is believed by. */
import { isWardenError, WardenError } from '../../core/errors.ts';
import { NameMap } from '../../core/model/key-name.ts';
import { olderFirst } from '../../core/model/recovery-order.ts';
import { matches } from '../../core/model/selection.ts';
import type { BackupStore, StoredBackup } from '../../core/ports.ts';
import type { Judge } from '../../features/recovery-points/point-seals.ts';
import type { Store } from '../connect/compose-cli.ts';
import { judgeOf } from '../seal/describe-seal.ts';
import type { Evidence } from './restore-report.ts';

/** Which backups are asked for. */
interface Wanted {
  /** The HSM the backups are of. */
  readonly from: string;
  /** Epoch milliseconds. */
  readonly asOf: number;
  readonly only: readonly string[];
  /** Whether a backup without a good seal may be used, for a key that has no other. */
  readonly acceptUnsealed: boolean;
}

/** What may be restored. */
interface Candidates {
  /** By key; sealed ones first, of each sort the newest first. */
  readonly byKey: ReadonlyMap<string, readonly StoredBackup[]>;
  readonly evidenceOf: (backup: StoredBackup) => Evidence;
}

/**
 * All backups by key. Where the settings pin sealing keys, unsealed ones are used only if they are accepted, and only where no
 * sealed one is good; then nothing blocks, not even pinned keys that cannot be read. Fails with `nothing-to-restore`,
 * `seal-unavailable` or a storage code.
 */
export async function candidatesOf(store: Store, wanted: Wanted, signal: AbortSignal): Promise<Candidates> {
  const judge = await judgeUnlessAccepted(store, wanted, signal);
  const { backups, points } = store;
  const evidenceOf = ({ record }: StoredBackup): Evidence =>
    points === undefined ? 'not sealed' : judge?.(record).good === true ? 'sealed' : 'unproven';
  const source = wanted.acceptUnsealed ? (backups.all ?? backups) : backups;
  const byKey = await listed(source, wanted, signal);
  if (byKey.size === 0) throw nothing(wanted, points !== undefined);
  for (const found of byKey.values()) {
    found.sort((a, b) => rank(evidenceOf(a)) - rank(evidenceOf(b)) || olderFirst(b, a));
  }
  return { byKey, evidenceOf };
}

function rank(evidence: Evidence): number {
  return evidence === 'unproven' ? 1 : 0;
}

async function judgeUnlessAccepted(
  store: Store,
  { acceptUnsealed }: Wanted,
  signal: AbortSignal,
): Promise<Judge | undefined> {
  try {
    return await judgeOf(store, signal);
  } catch (error) {
    if (acceptUnsealed && isWardenError(error, 'seal-unavailable')) return undefined;
    throw error;
  }
}

async function listed(
  backups: BackupStore,
  { from, asOf, only }: Wanted,
  signal: AbortSignal,
): Promise<NameMap<StoredBackup[]>> {
  const byKey = new NameMap<StoredBackup[]>();
  for await (const page of backups.list(from, undefined, signal)) {
    for (const backup of page) {
      const { key, capturedAt } = backup.record;
      if (capturedAt > asOf || !only.some((pattern) => matches(key, pattern))) continue;
      byKey.set(key, [...(byKey.get(key) ?? []), backup]);
    }
  }
  return byKey;
}

function nothing({ from, acceptUnsealed }: Wanted, isSealing: boolean): WardenError {
  const sealed = isSealing && !acceptUnsealed ? 'sealed ' : '';
  return new WardenError('nothing-to-restore', {
    message: `There are no such ${sealed}backups of HSM ${from}.`,
    advice: `The name is that of the settings when the backups were taken: the first part of the blob names.${
      sealed === ''
        ? ''
        : ' Seals count for HSMs that WARDEN_HSMS names or people added; --accept-unsealed uses backups that nothing proves.'
    }`,
  });
}
