/** Tries the drills themselves once a week, and says loudly when one passes that must fail. */
import { isSameName } from '../../core/model/key-name.ts';
import type { CleanupDeps } from './cleanup.ts';
import { brokenEvent } from './events.ts';
import type { Journal } from './journal.ts';
import { type DrillState, withEvents } from './model/drill-state.ts';
import { type DrillResult, isConclusive } from './model/result.ts';
import { goodOf } from './model/results.ts';
import { isTrialLate } from './model/trial-late.ts';
import { drillWrongOnes, isMustFailDue } from './must-fail.ts';
import type { RunDeps } from './run-context.ts';
import type { Candidate, Known } from './select.ts';
import { trustedEvent } from './trial-events.ts';

/** What a trial is made of. */
interface Trial {
  readonly journal: Journal;
  readonly cleanup: CleanupDeps;
  readonly before: DrillState;
  readonly known: readonly Known[];
  /** Of this run. */
  readonly results: readonly DrillResult[];
  /** Names of keys in the drill HSM that could not be removed. */
  readonly stuck: readonly string[];
}

/** Once a week: drills what must fail, made of keys whose recovery points are proven. One that gets no answer is tried again. */
export async function tryTheDrills(deps: RunDeps, trial: Trial, signal: AbortSignal): Promise<void> {
  const { site, clock, logger } = deps;
  const { journal, cleanup, before } = trial;
  if (!isMustFailDue(before, clock.now())) return;
  const proven = provenOf(trial);
  const right = proven.find(isAsymmetric) ?? proven[0];
  const others = proven.filter(({ key }) => right !== undefined && !isSameName(key, right.key));
  const other = others.find(isAsymmetric) ?? others[0];
  if (right === undefined) return sayLate(deps, trial, ['no recovery point is proven']);
  const one = { ...deps, ...cleanup, restores: site.pacers.restores, journal };
  const { passed, unanswered } = await drillWrongOnes(one, { right, other }, signal);
  const now = clock.now();
  if (passed.length > 0)
    logger.error('drills are broken: a wrong recovery point passed', { hsm: site.name, passed });
  // Without an answer to each of them nothing is known of the drills, unless one has passed.
  const isKnown = unanswered.length === 0 || passed.length > 0;
  const { untried } = deps.faults;
  if (untried.length > 0)
    logger.warn('the drills that must fail do not try all that drills check', { hsm: site.name, untried });
  const mustFail = { at: now, passed: [...passed], ...(untried.length > 0 && { untried: [...untried] }) };
  await journal.change((state) => {
    const wasBroken = (state.mustFail?.passed.length ?? 0) > 0;
    const held = isKnown && wasBroken ? [trustedEvent(site.name, now)] : [];
    const events = passed.length === 0 ? held : [brokenEvent(site.name, passed, now)];
    return withEvents({ ...state, ...(isKnown && { mustFail }) }, events);
  });
  if (unanswered.length > 0) sayLate(deps, trial, unanswered);
}

function sayLate({ site, clock, logger }: RunDeps, { before }: Trial, why: readonly string[]): void {
  const fields = { hsm: site.name, why };
  if (isTrialLate(before, clock.now())) logger.error('drills have not been tried for over a week', fields);
  else logger.warn('drills could not be tried; the next run tries again', fields);
}

/** Keys of which this very recovery point is proven: those of this run first. */
function provenOf({ known, results, stuck }: Trial): readonly Candidate[] {
  const isFree = ({ key }: Candidate) => !stuck.some((name) => isSameName(name, key));
  const isOf =
    ({ hsm, key }: Candidate) =>
    (one: DrillResult) =>
      one.hsm === hsm && one.key === key;
  const all = known.flatMap(({ candidates }) => candidates).filter(isFree);
  const now = all.filter((one) => results.some((result) => isOf(one)(result) && isConclusive(result)));
  const earlier = all.filter(
    (one) =>
      !results.some(isOf(one)) &&
      known.some(
        ({ hsm, results: stored }) =>
          hsm === one.hsm && goodOf(stored.get(one.key))?.point.sha256 === one.entry.record.sha256,
      ),
  );
  return [...now, ...earlier];
}

function isAsymmetric({ entry }: Candidate): boolean {
  return entry.record.versions.every(({ thumbprint }) => thumbprint !== undefined);
}
