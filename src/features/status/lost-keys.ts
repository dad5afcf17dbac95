/** The keys that were purged and that no backup brings back: those the watch has noted, and those no scan has noted yet. */
import { originalBlobName, pinnedBlobName } from '../../core/model/backup-blob-name.ts';
import { isSameName, ownValue } from '../../core/model/key-name.ts';
import { isoTime } from '../../core/time.ts';
import type { Acknowledgement } from '../audit/acknowledgements.ts';
import type { Catalogue, CatalogueEntry } from '../recovery-points/catalogue.ts';
import type { VerifyState } from '../verify/verify-state.ts';
import { excuse, judgeCoverage } from '../watch/model/coverage.ts';
import { lostFindings } from '../watch/model/lost-findings.ts';
import type { NotedDamage } from '../watch/model/noted-damage.ts';
import type { Observation } from '../watch/model/observation.ts';
import type { WatchPolicy } from '../watch/model/policy.ts';
import { isExcused, lostOf } from '../watch/model/purge-ledger.ts';
import { asListed } from '../watch/model/remembered.ts';
import type { WatchState } from '../watch/model/watch-state.ts';
import type { StoreCheck } from './check-store.ts';
import type { AcknowledgedLoss, KeyRisk, LostKey } from './hsm-status.ts';

/** What losses are judged by. */
interface LossMemory {
  readonly watch: WatchState;
  readonly catalogue: Catalogue;
  readonly verify: Pick<VerifyState, 'damaged'> | undefined;
}

/** The lost keys of an HSM, by name. */
export function lostKeys(
  policy: WatchPolicy,
  memory: LossMemory,
  seen: Observation,
  store: StoreCheck,
): readonly LostKey[] {
  const { watch, catalogue } = memory;
  const usable = usableIn(memory, store);
  const isSeen = (name: string): boolean => seen.active.has(name) || seen.deleted.has(name);
  const noted = lostFindings(watch).map(
    ({ id, key, lost, noticedAt }): LostKey => ({ key, lost, finding: id, noticedAt }),
  );
  const gone = Object.entries(watch.keys).filter(
    ([name, known]) =>
      // An active key that is in neither list may be on its way from one to the other.
      known.state === 'deleted' && known.lastSeenAt === undefined && !isSeen(name),
  );
  const unnoticed = gone.flatMap(([key, known]): LostKey[] => {
    const judged = judgeCoverage(known.createdAt, usable(key), known.oldestVersion);
    const { coverage } = excuse(judged, asListed(key, known), policy.selection);
    if (coverage === 'none') return [{ key, lost: 'key' }];
    return coverage === 'partial' ? [{ key, lost: 'newest-version' }] : [];
  });
  // A backup that was there when the key was purged may have gone or been found damaged since.
  const left = Object.entries(watch.purges).flatMap(([key, purge]): LostKey[] => {
    if (lostOf(purge) === 'key' || isSeen(key) || ownValue(watch.keys, key) !== undefined) return [];
    if (usable(key) !== undefined) return [];
    const hadBackup = ownValue(catalogue.keys, key) !== undefined;
    return !hadBackup && isExcused(key, purge, policy.selection) ? [] : [{ key, lost: 'key' }];
  });
  const leftNow = new Set(left.map(({ key }) => key));
  return [...noted.filter(({ key }) => !leftNow.has(key)), ...unnoticed, ...left].sort((a, b) =>
    a.key < b.key ? -1 : 1,
  );
}

/** The newest backup of a key, unless it is gone or damaged. */
function usableIn({ catalogue, verify }: LossMemory, store: StoreCheck) {
  return (name: string): CatalogueEntry | undefined => {
    const entry = ownValue(catalogue.keys, name);
    const isGone = entry === undefined || store.missing.has(name) || isDamaged(entry, verify, store);
    return isGone ? undefined : entry;
  };
}

/**
 * Keys that the last scan did not see, so soon after the one before it that a region of the HSM may not have them yet, and that no
 * backup would bring back as they were.
 */
export function settlingKeys(
  policy: WatchPolicy,
  memory: LossMemory,
  seen: Observation,
  store: StoreCheck,
): readonly KeyRisk[] {
  const usable = usableIn(memory, store);
  return Object.entries(memory.watch.keys).flatMap(([key, known]): KeyRisk[] => {
    if (known.lastSeenAt === undefined || seen.active.has(key) || seen.deleted.has(key)) return [];
    const judged = judgeCoverage(known.createdAt, usable(key), known.oldestVersion);
    const { coverage } = excuse(judged, asListed(key, known), policy.selection);
    if (coverage === 'complete' || coverage === 'excluded') return [];
    const since = isoTime(known.lastSeenAt);
    const detail = `it was last seen at ${since} and is nowhere now: a region of the HSM may not have it yet, or it was purged`;
    return [{ key, risk: 'settling', detail }];
  });
}

/**
 * Keys of which nothing is left but the note that a backup of them is damaged: no list has them, no catalogue, and no loss since then
 * is known. The next scan notes the loss.
 */
export function damagedKeys(
  damaged: NotedDamage,
  losses: readonly LostKey[],
  seen: Pick<Observation, 'active' | 'deleted'>,
): readonly KeyRisk[] {
  const detail = 'a backup of it was found damaged, and neither the HSM nor the catalogue has it any more';
  return [...damaged].flatMap(([key, at]): KeyRisk[] => {
    if (seen.active.has(key) || seen.deleted.has(key)) return [];
    const isKnown = losses.some(
      (loss) =>
        isSameName(loss.key, key) &&
        loss.lost === 'key' &&
        (loss.noticedAt === undefined || loss.noticedAt >= at),
    );
    return isKnown ? [] : [{ key, risk: 'backup-damaged', detail }];
  });
}

/** Whether a backup is known to be damaged, under either of its names: which of them its line says, no seal says. */
export function isDamaged(
  { blob }: CatalogueEntry,
  verify: LossMemory['verify'],
  { damaged }: Pick<StoreCheck, 'damaged'>,
): boolean {
  const names = [originalBlobName(blob), pinnedBlobName(blob)];
  return names.some((name) => Object.hasOwn(verify?.damaged ?? {}, name) || damaged.has(name));
}

/** Apart: the losses that a person has acknowledged, and those that are open. */
export function sortLosses(
  losses: readonly LostKey[],
  known: ReadonlyMap<string, Acknowledgement>,
): { readonly open: readonly LostKey[]; readonly acknowledged: readonly AcknowledgedLoss[] } {
  const acknowledged = losses.flatMap((loss): AcknowledgedLoss[] => {
    const found = known.get(loss.finding ?? '');
    return found === undefined ? [] : [{ ...loss, acknowledged: found }];
  });
  const findings = new Set(acknowledged.map(({ finding }) => finding));
  return {
    acknowledged,
    open: losses.filter(({ finding }) => finding === undefined || !findings.has(finding)),
  };
}
