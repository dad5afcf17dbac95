/** Whether the drills themselves are tried in time. */
import { DAY_MS } from '../../../core/time.ts';
import type { DrillState } from './drill-state.ts';

/** After this time without a trial something is wrong with the trials. */
const LATE_MS = 8 * DAY_MS;

/** Whether the drills have not been tried for longer than a week, though some have come to something. */
export function isTrialLate({ mustFail, runs }: DrillState, now: number): boolean {
  const first = runs.find(({ proven, metadataOnly }) => proven + metadataOnly > 0)?.startedAt;
  const since = mustFail?.at ?? first;
  return since !== undefined && now - since > LATE_MS;
}
