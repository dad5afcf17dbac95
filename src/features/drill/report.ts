/** What a run says when it has ended: in its memory, in the log and as events. */
import { isWardenError } from '../../core/errors.ts';
import type { CloudEvent } from '../../core/events/cloud-event.ts';
import { DAY_MS } from '../../core/time.ts';
import { caughtUpEvent, endedEvent, type Overdue, overdueEvent, refusedEvent } from './events.ts';
import type { Journal } from './journal.ts';
import { type DrillRun, type DrillState, withEvents, withRun } from './model/drill-state.ts';
import type { DrillResult } from './model/result.ts';
import { publishDrills } from './outbox.ts';
import type { RunDeps } from './run-context.ts';
import type { Known } from './select.ts';
import { restoreTimes } from './summary.ts';
import { agesOf, oldestSeconds, proofsOf } from './unproven-ages.ts';

type Deps = Omit<RunDeps, 'journal'> & { readonly journal: Journal };

/** Keys that stay this long in the drill HSM are reported. */
const RESIDUE_MS = 3_600_000;

/** Says which keys are overdue, where a run could not come to its end. Fails as {@link publishDrills}. */
export async function reportOverdue(
  deps: Deps,
  { days }: { readonly days: number },
  known: readonly Known[],
  signal: AbortSignal,
): Promise<void> {
  const standing = standingOf(deps, days, known, []);
  await deps.journal.change((state) => withStanding(state, standing, {}));
  await publishDrills(deps, deps.site.name, signal);
}

/** Ends a run that could not begin. Fails as {@link publishDrills}. */
export async function reportRefusal(
  deps: Deps,
  { days }: { readonly days: number },
  {
    run,
    reasons,
    known,
  }: { readonly run: DrillRun; readonly reasons: readonly string[]; readonly known: readonly Known[] },
  signal: AbortSignal,
): Promise<DrillRun> {
  const { site, journal, clock, logger } = deps;
  const now = clock.now();
  const ended: DrillRun = { ...run, endedAt: now, refused: [...reasons] };
  logger.error('no drill: the drill HSM may not be used', {
    hsm: site.name,
    runId: run.runId,
    reasons,
    residue: run.residue,
    oldestUnprovenSeconds: oldestSeconds(known, [], now),
  });
  const refused = refusedEvent(site.name, reasons, run.residue, now);
  const standing = standingOf(deps, days, known, []);
  await journal.change((before) => {
    const { residueSince: since = now, ...state } = withRun(before, ended);
    return withStanding({ ...state, ...(run.residue > 0 && { residueSince: since }) }, standing, {
      first: [refused],
    });
  });
  await publishDrills(deps, site.name, signal);
  return ended;
}

/** Ends a run. Fails as {@link publishDrills}. */
export async function reportRun(
  deps: Deps,
  { days }: { readonly days: number },
  {
    run,
    results,
    known,
  }: { readonly run: DrillRun; readonly results: readonly DrillResult[]; readonly known: readonly Known[] },
  signal: AbortSignal,
): Promise<DrillRun> {
  const { site, journal, clock, logger } = deps;
  const now = clock.now();
  const standing = standingOf(deps, days, known, results);
  const events = [endedEvent(site.name, run, now)];
  await journal.change((before) => {
    const { residueSince: since = now, ...rest } = withRun(before, run);
    const late = run.residue > 0 && now - since >= RESIDUE_MS;
    const stays = 'Keys that drills have made could not be removed for an hour or longer.';
    const all = late ? [...events, refusedEvent(site.name, [stays], run.residue, now)] : events;
    return withStanding({ ...rest, ...(run.residue > 0 && { residueSince: since }) }, standing, {
      last: all,
    });
  });
  const { planned, proven, metadataOnly, blocked, residue } = run;
  const times = restoreTimes(proofsOf(known, results));
  const fields = {
    hsm: site.name,
    runId: run.runId,
    planned,
    proven,
    metadataOnly,
    failed: run.failed,
    blocked,
    residue,
    oldestUnprovenSeconds: oldestSeconds(known, results, now),
    ...(times !== undefined && { restoreP50Ms: times.p50, restoreP95Ms: times.p95 }),
  };
  if (run.failed + run.blocked + residue === 0) logger.info('drills ended', fields);
  else logger.error('drills ended with keys that are not proven', fields);
  await publishDrills(deps, site.name, signal);
  await askBackups(deps);
  return run;
}

/** Asks for a fresh backup of each key that failed. A request that nobody takes now is made again at the end of the next run. */
async function askBackups({ site, journal, logger, askBackup }: Deps): Promise<void> {
  const { toBackUp = [] } = await journal.file();
  const asked = new Set<string>();
  for (const { hsm, key } of toBackUp) {
    try {
      await askBackup?.(hsm, key);
      asked.add(`${hsm}/${key}`);
    } catch (error) {
      if (!isWardenError(error)) throw error;
      logger.error('no fresh backup could be asked for', { hsm, key, drillHsm: site.name, error });
    }
  }
  if (asked.size === 0) return;
  await journal.change(({ toBackUp: wanted = [], ...rest }) => ({
    ...rest,
    toBackUp: wanted.filter(({ hsm, key }) => !asked.has(`${hsm}/${key}`)),
  }));
}

/** How the protected HSMs stand at the end of a run. */
interface Standing {
  readonly now: number;
  readonly everyDays: number;
  readonly overdue: readonly Overdue[];
  /** Of which every key is proven in time. */
  readonly inTime: readonly string[];
}

function standingOf(
  { site, clock }: Deps,
  days: number,
  known: readonly Known[],
  results: readonly DrillResult[],
): Standing {
  const now = clock.now();
  const overdue = overdueOf(known, results, days, site.name, now);
  const late = new Set(overdue.map(({ hsm }) => hsm));
  const inTime = known.map(({ hsm }) => hsm).filter((hsm) => !late.has(hsm));
  return { now, everyDays: days, overdue, inTime };
}

/** The state with the events of a run: what is overdue, what was and is not any more, and others. */
function withStanding(
  state: DrillState,
  { now, everyDays, overdue, inTime }: Standing,
  {
    first = [],
    last = [],
  }: { readonly first?: readonly CloudEvent[]; readonly last?: readonly CloudEvent[] },
): DrillState {
  const { overdue: before = [], ...rest } = state;
  const over = before.filter((hsm) => inTime.includes(hsm));
  const events = [
    ...first,
    ...overdue.map((one) => overdueEvent(one, now)),
    ...over.map((hsm) => caughtUpEvent({ hsm, drillHsm: state.drillHsm, everyDays }, now)),
    ...last,
  ];
  const still = [
    ...new Set([...before.filter((hsm) => !over.includes(hsm)), ...overdue.map(({ hsm }) => hsm)]),
  ];
  return withEvents({ ...rest, ...(still.length > 0 && { overdue: still }) }, events);
}

/** Of each HSM the keys that were not proven in time, with what this run has proven taken into account. */
function overdueOf(
  known: readonly Known[],
  results: readonly DrillResult[],
  everyDays: number,
  drillHsm: string,
  now: number,
): readonly Overdue[] {
  return agesOf(known, results, now).flatMap(({ hsm, ages }) => {
    const late = ages.filter(({ ms }) => ms > everyDays * DAY_MS).sort((a, b) => b.ms - a.ms);
    const [oldest] = late;
    if (oldest === undefined) return [];
    return [{ hsm, drillHsm, keys: late.map(({ key }) => key), oldestMs: oldest.ms, everyDays }];
  });
}
