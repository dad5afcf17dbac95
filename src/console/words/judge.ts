/** What a picture is worth now: a verdict holds until it is stale, whatever it was. */
import type { Verdict } from '../api/model.ts';
import { epochOf } from './time.ts';

/** A verdict, and until when it holds. */
interface Picture {
  readonly verdict: Verdict;
  readonly staleAfter?: string;
}

/** Whether the picture of an HSM is older than it may be at `now`. */
function isPast({ staleAfter }: Pick<Picture, 'staleAfter'>, now: number): boolean {
  return staleAfter !== undefined && epochOf(staleAfter) < now;
}

/** Whether what is said of an HSM's keys cannot be relied on at `now`: it was so when it was read, or has become too old since. */
export function isStale(
  asOf: { readonly stale: boolean; readonly staleAfter?: string },
  now: number,
): boolean {
  return asOf.stale || isPast(asOf, now);
}

/** The verdict on an HSM at `now`; an old picture says nothing. */
export function verdictNow(hsm: Picture, now: number): Verdict {
  return isPast(hsm, now) ? 'unknown' : hsm.verdict;
}

/** The verdict over all at `now`; `isOld`: the page could not be renewed. What is known to be wrong stays so. */
export function overallNow(
  { verdict, hsms }: { readonly verdict: Verdict; readonly hsms: readonly Picture[] },
  now: number,
  isOld: boolean,
): Verdict {
  if (verdict !== 'safe') return verdict;
  return isOld || hsms.some((hsm) => isPast(hsm, now)) ? 'unknown' : 'safe';
}

/** What needs somebody first: keys at risk, then what is not known, then what is safe; else as they are configured. */
export function worstFirst<T extends Picture>(hsms: readonly T[], now: number): readonly T[] {
  return hsms.toSorted((a, b) => ORDER[verdictNow(a, now)] - ORDER[verdictNow(b, now)]);
}

const ORDER: Readonly<Record<Verdict, number>> = { 'at-risk': 0, unknown: 1, safe: 2 };

/** Whether nothing is to be said of an HSM at `now` but its numbers. */
export function isCalm(hsm: Picture & { readonly warnings: readonly string[] }, now: number): boolean {
  return verdictNow(hsm, now) === 'safe' && hsm.warnings.length === 0 && doubtsNow(hsm, now).length === 0;
}

/** What is to be known beside the verdict at `now`: that the picture is too old, why it cannot be relied on, and what to do. */
export function doubtsNow(
  hsm: Picture & {
    readonly why?: string;
    readonly trouble?: { readonly message: string; readonly advice?: string };
  },
  now: number,
): readonly string[] {
  const { why, trouble } = hsm;
  const sentences = [
    isPast(hsm, now) ? 'The last picture is too old to tell.' : [],
    why ?? [],
    trouble?.message ?? [],
    trouble?.advice ?? [],
  ];
  return [...new Set(sentences.flat())];
}
