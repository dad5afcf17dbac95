/** Which keys a run drills: what is due, or what somebody asked for. */
import type { DrillRequest } from './message.ts';
import { planDrills } from './plan.ts';
import { type Candidate, candidateOf, type Known, lastDrillOf } from './select.ts';

/** In the order in which they are drilled. What this very run has drilled already is left out. */
export function chooseCandidates(
  known: readonly Known[],
  what: DrillRequest,
  policy: { readonly days: number; readonly nextRunAt: number; readonly nightly: boolean },
  { runId, now }: { readonly runId: string; readonly now: number },
): readonly Candidate[] {
  const all = known.flatMap(({ candidates }) => candidates);
  const lastOf = lastDrillOf(known);
  const isDone = ({ hsm, key }: Candidate) =>
    known.find((one) => one.hsm === hsm)?.results.get(key)?.last.runId === runId;
  return chosen().filter((candidate) => !isDone(candidate));

  function chosen(): readonly Candidate[] {
    switch (what.kind) {
      case 'due':
        return planDrills(all, lastOf, policy, now).map(({ candidate }) => candidate);
      case 'key': {
        const found = candidateOf(known, what.hsm, what.key);
        return found === undefined ? [] : [found];
      }
      case 'all':
        return longestFirst();
      case 'sample':
        return longestFirst().slice(0, what.count);
    }
  }

  function longestFirst(): readonly Candidate[] {
    const since = (candidate: Candidate) => lastOf(candidate)?.provenAt ?? 0;
    return [...all].sort((a, b) => since(a) - since(b));
  }
}
