/** The keys that the watch has noted as lost, each with an id of its own, so that exactly this loss can be acknowledged. */
import { canonicalDigest } from '../../../core/canonical-json.ts';
import { lostOf, lostSince } from './purge-ledger.ts';
import type { WatchState } from './watch-state.ts';

/** A purge that no backup makes good, or none any more. */
export interface LostFinding {
  /** Depends on the HSM, the key and this purge alone: the loss of a later key of the same name is another finding. */
  readonly id: string;
  readonly hsm: string;
  readonly key: string;
  readonly lost: 'key' | 'newest-version';
  /** Epoch milliseconds. */
  readonly noticedAt: number;
}

/** Enough that two findings never share an id, and short enough to type the beginning of it. */
const ID_LENGTH = 16;

/** The findings of one HSM, by the name of the key. */
export function lostFindings({ hsm, purges }: Pick<WatchState, 'hsm' | 'purges'>): readonly LostFinding[] {
  return Object.entries(purges)
    .flatMap(([key, purge]): LostFinding[] => {
      const lost = lostOf(purge);
      if (lost === undefined) return [];
      const noticedAt = lostSince(purge);
      const id = canonicalDigest({ hsm, key, lost, noticedAt }).slice(0, ID_LENGTH);
      return [{ id, hsm, key, lost, noticedAt }];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
