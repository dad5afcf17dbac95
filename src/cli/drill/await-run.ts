/** Waits until the drill app has done a run, and no longer than it can take. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { type DrillRun, type DrillState, readDrillState } from '../../features/drill/model/drill-state.ts';

/** The app begins, or goes on, within this time, where it runs at all. */
const BEGIN_MS = 5 * MINUTE_MS;
/** A message whose function has died comes again after five minutes, and five times at most: host.json. */
const REDELIVERIES_MS = 25 * MINUTE_MS;
const POLL_MS = 500;

/** Whose run is awaited. Durations are milliseconds. */
export interface AwaitedRun {
  readonly drillHsm: string;
  readonly runId: string;
  /** How long the app works at a run before it hands the rest on. */
  readonly budgetMs: number;
}

/**
 * The run when it has ended, with `left` where the app has not gone on with the rest. Fails with `hsm-busy` when it does not begin, or
 * nothing happens in it for longer than one invocation and its redeliveries take.
 */
export async function awaitRun(
  { state, clock }: { readonly state: DocumentStore; readonly clock: Clock },
  { drillHsm, runId, budgetMs }: AwaitedRun,
  signal: AbortSignal,
): Promise<DrillRun> {
  let [seen, since] = ['', clock.now()];
  for (;;) {
    const known = await readDrillState(state, drillHsm, signal);
    const run = known.runs.find((one) => one.runId === runId);
    if (run?.endedAt !== undefined && run.left === undefined) return run;
    const progress = progressOf(known, run);
    if (progress !== seen) [seen, since] = [progress, clock.now()];
    const waited = clock.now() - since;
    if (run?.endedAt !== undefined && waited > BEGIN_MS) return run;
    const limit = run === undefined ? BEGIN_MS : budgetMs + REDELIVERIES_MS;
    if (waited > limit) throw tooLong(drillHsm, run, limit);
    await clock.sleep(POLL_MS, signal);
  }
}

/** Something else as soon as something has happened in the run. */
function progressOf({ journal, unfiled }: DrillState, run: DrillRun | undefined): string {
  if (run === undefined) return '';
  return JSON.stringify([run, journal.map(({ key, at }) => [key, at]), unfiled.map(({ key }) => key)]);
}

function tooLong(drillHsm: string, run: DrillRun | undefined, ms: number): WardenError {
  const within = `${Math.ceil(ms / MINUTE_MS)} minutes`;
  return new WardenError('hsm-busy', {
    message:
      run === undefined
        ? `The drill app has not begun the drill in HSM ${drillHsm} within ${within}.`
        : `Nothing has happened in the drill in HSM ${drillHsm} for ${within}.`,
    advice: 'Look whether the drill app runs, and whether another drill is under way: hsm-warden drill list.',
    hsm: drillHsm,
  });
}
