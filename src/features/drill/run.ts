/** One run of drills in one drill HSM: guards, what an earlier run has left, the keys that are due, what came of it. */
import { forEachConcurrently } from '../../core/concurrency.ts';
import { giveBack } from '../../core/give-back.ts';
import { chooseCandidates } from './choose.ts';
import { type CleanupDeps, findKeys, ownNames, removeFound } from './cleanup.ts';
import { DrillOne } from './drill-one.ts';
import { Journal } from './journal.ts';
import type { DrillRequest } from './message.ts';
import { type DrillRun, type DrillState, readDrillState, withRun } from './model/drill-state.ts';
import type { DrillResult } from './model/result.ts';
import { goodOf } from './model/results.ts';
import { prepare } from './prepare.ts';
import { reportOverdue, reportRefusal, reportRun } from './report.ts';
import type { RunDeps, RunPolicy } from './run-context.ts';
import { type Candidate, type Known, readKnown } from './select.ts';
import { tryTheDrills } from './try-the-drills.ts';

/** Which run it is. */
export interface RunOrder {
  readonly runId: string;
  readonly what: DrillRequest;
}

const LEASE_SECONDS = 60;
/** Rounds in which what is left is removed at the end. */
const ROUNDS = 3;

/**
 * Does one run, or goes on with it after its process died. Fails with `lease-held` while another run is at the same HSM, with
 * `aborted`, `app-stopping`, `lease-lost`, `state-corrupt`, `state-conflict`, `seal-unavailable` or a storage code; what it had made
 * by then is in the journal, and the next run removes it.
 */
export async function runDrills(
  deps: RunDeps,
  policy: RunPolicy,
  order: RunOrder,
  asked: AbortSignal,
): Promise<DrillRun> {
  const lease = await deps.leases.acquire(`drill-${deps.site.name}`, LEASE_SECONDS);
  try {
    return await runAlone(deps, policy, order, AbortSignal.any([asked, lease.lost]));
  } finally {
    await giveBack(lease, deps.logger, { hsm: deps.site.name, runId: order.runId });
  }
}

async function runAlone(
  deps: RunDeps,
  policy: RunPolicy,
  { runId, what }: RunOrder,
  signal: AbortSignal,
): Promise<DrillRun> {
  const { site, clock } = deps;
  const cleanup: CleanupDeps = { hsm: site.hsm, ...site.pacers, clock, retry: policy.retry };
  const journal = new Journal(deps, site.name);
  const before = await readDrillState(deps.state, site.name, signal);
  const begun = before.runs.find((run) => run.runId === runId);
  if (begun?.endedAt !== undefined && begun.left === undefined) return begun;
  const startedAt = begun?.startedAt ?? clock.now();
  await journal.file();
  const known: Known[] = [];
  for (const hsm of site.of) known.push(await readKnown(deps, hsm, signal));
  try {
    return await runKnown(deps, policy, { runId, what, startedAt, before, known, journal, cleanup }, signal);
  } catch (error) {
    // What keeps a run from its end keeps proofs from being made.
    if (!signal.aborted) await reportOverdueToo(deps, policy, journal, known, signal);
    throw error;
  }
}

/** What is said beside a failure must not hide it. */
async function reportOverdueToo(
  deps: RunDeps,
  policy: RunPolicy,
  journal: Journal,
  known: readonly Known[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await reportOverdue({ ...deps, journal }, policy, known, signal);
  } catch (error) {
    deps.logger.error('overdue drills could not be reported', { hsm: deps.site.name, error });
  }
}

interface KnownRun extends RunOrder, Pick<Work, 'known' | 'journal' | 'cleanup'> {
  readonly startedAt: number;
  readonly before: DrillState;
}

async function runKnown(
  deps: RunDeps,
  policy: RunPolicy,
  { runId, what, startedAt, before, known, journal, cleanup }: KnownRun,
  signal: AbortSignal,
): Promise<DrillRun> {
  const { site, clock } = deps;
  const { refusals: reasons, left: stuck } = await prepare(deps, cleanup, journal, known, signal);
  if (reasons.length > 0) {
    const run = { ...emptyRun(runId, startedAt), residue: stuck.length };
    return reportRefusal({ ...deps, journal }, policy, { run, reasons, known }, signal);
  }
  const planned = chooseCandidates(known, what, policy, { runId, now: clock.now() });
  const run: DrillRun = { ...emptyRun(runId, startedAt), planned: planned.length };
  await journal.change((state) => withRun(state, run));
  deps.logger.info('drills started', { hsm: site.name, runId, planned: planned.length });
  const work: Work = { runId, planned, known, stuck, journal, cleanup };
  const { results, left } = await drillAll(deps, policy, work, signal);
  await tryTheDrills(deps, { journal, cleanup, before, known, results, stuck }, signal);
  const residue = await removeRest(cleanup, journal, signal);
  await journal.file();
  const earlier = resultsOfRun(known, runId);
  const ended = endOf(run, [...earlier, ...results], { residue, left, now: clock.now() });
  return reportRun({ ...deps, journal }, policy, { run: ended, results, known }, signal);
}

interface Work {
  readonly runId: string;
  readonly planned: readonly Candidate[];
  readonly known: readonly Known[];
  /** Names of keys in the drill HSM that could not be removed. */
  readonly stuck: readonly string[];
  readonly journal: Journal;
  readonly cleanup: CleanupDeps;
}

async function drillAll(
  deps: RunDeps,
  policy: RunPolicy,
  { runId, planned, known, stuck, journal, cleanup }: Work,
  signal: AbortSignal,
): Promise<{ readonly results: readonly DrillResult[]; readonly left: number }> {
  const deadline = deps.clock.now() + policy.budgetMs;
  const results: DrillResult[] = [];
  const restoredOf = new Set(
    known
      .filter((one) => [...one.results.values()].some((drills) => wasHere(deps, drills)))
      .map(({ hsm }) => hsm),
  );
  const one = new DrillOne({
    ...cleanup,
    backups: deps.backups,
    restores: deps.site.pacers.restores,
    journal,
    runId,
    stuck,
    resourceOf: deps.resourceOf,
    sharesDomain: (hsm) => restoredOf.has(hsm),
  });
  let taken = 0;
  const tasks = async function* () {
    for (const candidate of planned) {
      if (deps.clock.now() >= deadline) return;
      taken += 1;
      yield candidate;
    }
  };
  await forEachConcurrently(tasks(), policy.concurrency, async (candidate) => {
    signal.throwIfAborted();
    const result = await one.run(candidate, signal);
    if (result === undefined) return;
    results.push(result);
    if (result.steps.compare !== undefined) restoredOf.add(result.hsm);
    if (result.verdict === 'proven' || result.verdict === 'metadata-only') return;
    const { hsm, key, verdict, reasons } = result;
    deps.logger.error('drill of a key did not prove it', { hsm, key, runId, verdict, reasons });
  });
  results.push(...(await one.finish(signal)));
  return { results, left: planned.length - taken };
}

function wasHere({ site }: RunDeps, drills: Parameters<typeof goodOf>[0]): boolean {
  return goodOf(drills)?.drillHsm === site.name;
}

/** Removes what is still there of drills, and counts what then is. */
async function removeRest(cleanup: CleanupDeps, journal: Journal, signal: AbortSignal): Promise<number> {
  for (let round = 1; ; round += 1) {
    const found = await findKeys(cleanup, signal);
    const count = found.active.length + found.deleted.length;
    const { journal: lines } = await journal.change((state) =>
      count === 0 ? { ...state, journal: [] } : state,
    );
    if (count === 0 || round > ROUNDS) return count;
    await removeFound(cleanup, found, ownNames(lines), signal);
  }
}

function resultsOfRun(known: readonly Known[], runId: string): readonly DrillResult[] {
  return known.flatMap(({ results }) =>
    [...results.values()].flatMap(({ last }) => (last.runId === runId ? [last] : [])),
  );
}

function emptyRun(runId: string, startedAt: number): DrillRun {
  const none = {
    planned: 0,
    proven: 0,
    metadataOnly: 0,
    failed: 0,
    blocked: 0,
    unusable: 0,
    never: 0,
    residue: 0,
  };
  return { runId, startedAt, ...none };
}

const OWNERS_ONLY: ReadonlySet<string> = new Set(['disabled', 'expired', 'not-yet-valid']);

function endOf(
  run: DrillRun,
  results: readonly DrillResult[],
  { residue, left, now }: { readonly residue: number; readonly left: number; readonly now: number },
): DrillRun {
  const count = (verdict: DrillResult['verdict']) => results.filter((one) => one.verdict === verdict).length;
  const isUnusable = ({ verdict, unused }: DrillResult) =>
    verdict === 'metadata-only' && OWNERS_ONLY.has(unused[0]?.limit ?? '');
  return {
    ...run,
    endedAt: now,
    planned: results.length + left,
    proven: count('proven'),
    metadataOnly: count('metadata-only'),
    failed: count('failed'),
    blocked: count('blocked'),
    unusable: results.filter(isUnusable).length,
    residue,
    ...(left > 0 && { left }),
  };
}
