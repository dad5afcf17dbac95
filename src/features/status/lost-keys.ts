/** The keys that were purged and that no backup brings back: those the watch has noted, and those no scan has noticed yet. */
import { ownValue } from '../../core/own-value.ts';
import type { Acknowledgement } from '../audit/acknowledgements.ts';
import type { Catalogue } from '../recovery-points/catalogue.ts';
import { excuse, judgeCoverage } from '../watch/model/coverage.ts';
import { lostFindings } from '../watch/model/lost-findings.ts';
import type { Observation } from '../watch/model/observation.ts';
import type { WatchPolicy } from '../watch/model/policy.ts';
import { asListed } from '../watch/model/remembered.ts';
import type { WatchState } from '../watch/model/watch-state.ts';
import type { StoreCheck } from './check-store.ts';
import type { AcknowledgedLoss, LostKey } from './hsm-status.ts';

/** The lost keys of an HSM, by name. */
export function lostKeys(
  policy: WatchPolicy,
  { watch, catalogue }: { readonly watch: WatchState; readonly catalogue: Catalogue },
  seen: Observation,
  { missing }: StoreCheck,
): readonly LostKey[] {
  const noted = lostFindings(watch).map(
    ({ id, key, lost, noticedAt }): LostKey => ({ key, lost, finding: id, noticedAt }),
  );
  const gone = Object.entries(watch.keys).filter(
    ([name, known]) =>
      // An active key that is in neither list may be on its way from one to the other.
      known.state === 'deleted' && !seen.active.has(name) && !seen.deleted.has(name),
  );
  const unnoticed = gone.flatMap(([key, known]): LostKey[] => {
    const entry = missing.has(key) ? undefined : ownValue(catalogue.keys, key);
    const judged = judgeCoverage(known.createdAt, entry, known.oldestVersion);
    const { coverage } = excuse(judged, asListed(key, known), policy.selection);
    if (coverage === 'none') return [{ key, lost: 'key' }];
    return coverage === 'partial' ? [{ key, lost: 'newest-version' }] : [];
  });
  return [...noted, ...unnoticed].sort((a, b) => (a.key < b.key ? -1 : 1));
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
