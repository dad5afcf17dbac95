/** Tries the drills themselves once a week, and says loudly when one passes that must fail. */
import type { CleanupDeps } from './cleanup.ts';
import { brokenEvent } from './events.ts';
import type { Journal } from './journal.ts';
import type { DrillState } from './model/drill-state.ts';
import type { DrillResult } from './model/result.ts';
import { drillWrongOnes, isMustFailDue } from './must-fail.ts';
import type { RunDeps } from './run-context.ts';
import type { Candidate } from './select.ts';

/** Once a week: drills what must fail, made of two keys that this run has proven. */
export async function tryTheDrills(
  deps: RunDeps,
  {
    journal,
    cleanup,
    before,
    planned,
  }: {
    readonly journal: Journal;
    readonly cleanup: CleanupDeps;
    readonly before: DrillState;
    readonly planned: readonly Candidate[];
  },
  results: readonly DrillResult[],
  signal: AbortSignal,
): Promise<void> {
  const { site, clock, logger } = deps;
  if (!isMustFailDue(before, clock.now())) return;
  const proven = planned.filter(({ hsm, key }) =>
    results.some((one) => one.hsm === hsm && one.key === key && one.verdict === 'proven'),
  );
  const [right, other] = [
    proven.find(isAsymmetric),
    proven.findLast((one) => isAsymmetric(one) && one.key !== proven.find(isAsymmetric)?.key),
  ];
  if (right === undefined || other === undefined) return;
  const one = { ...deps, ...cleanup, restores: site.pacers.restores, journal };
  const passed = await drillWrongOnes(one, right, other, signal);
  const now = clock.now();
  if (passed.length > 0)
    logger.error('drills are broken: a wrong recovery point passed', { hsm: site.name, passed });
  const events = passed.length === 0 ? [] : [brokenEvent(site.name, passed, now)];
  await journal.change((state) => ({
    ...state,
    mustFail: { at: now, passed: [...passed] },
    outbox: [...state.outbox, ...events],
  }));
}

function isAsymmetric({ entry }: Candidate): boolean {
  return entry.record.versions.every(({ thumbprint }) => thumbprint !== undefined);
}
