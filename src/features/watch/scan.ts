/** The scan: sees an HSM, remembers, reports. Safe to kill at any point; two scans at the same time do no harm. */

import { definedOnly } from '../../core/defined-only.ts';
import { isWardenError, type WardenError } from '../../core/errors.ts';
import type { EventBus } from '../../core/events/bus.ts';
import type { CloudEvent } from '../../core/events/cloud-event.ts';
import type { Delivery } from '../../core/events/outbox.ts';
import type { BackupPins, BackupStore, Clock, KeyService, Logger } from '../../core/ports.ts';
import type { RetryPolicy } from '../../core/retry.ts';
import { readLastRun } from '../backup/last-run.ts';
import { type Catalogue, type CatalogueStore, readCatalogue } from '../recovery-points/catalogue.ts';
import type { DrillsSeen } from './judge/classify-drills.ts';
import { type Step, step, stepUnreachable } from './judge/step.ts';
import type { JudgeContext } from './model/context.ts';
import { type Finding, toEvent } from './model/events.ts';
import { withoutBackup } from './model/noted-damage.ts';
import { takeUp } from './model/noted-losses.ts';
import type { Observation } from './model/observation.ts';
import type { WatchPolicy } from './model/policy.ts';
import { aboutKeys, NO_SIGNALS, type Signals, withReported } from './model/signals.ts';
import { updateWatchStateWith, type WatchState } from './model/watch-state.ts';
import { type Noted, noteLosses, readNotes, reportRestored } from './note-losses.ts';
import { doubtfulNames } from './observe/doubts.ts';
import { readFormerBackups } from './observe/former-backups.ts';
import { confirm, observe } from './observe/observe.ts';
import { publishOutbox } from './outbox.ts';
import { pinBackups } from './pins.ts';
import { heartbeat, type ScanSummary, summarize } from './summary.ts';
import { rememberReported, warnOfUnjudged, withUnjudged } from './unjudged.ts';

/** What a scan needs. */
export interface ScanDeps {
  readonly keys: KeyService;
  readonly state: CatalogueStore;
  readonly pins: BackupPins;
  readonly backups: Pick<BackupStore, 'list'>;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retry: RetryPolicy;
  /** What is known of the drills of an HSM; absent where nobody is to be notified of them. Fails with `state-corrupt` or a storage code. */
  readonly drillsOf?: (hsm: string, signal: AbortSignal) => Promise<DrillsSeen>;
}

/** How a scan ended. */
export interface ScanResult {
  readonly hsm: string;
  /** Whether the HSM answered. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly delivery: Delivery;
  readonly state: WatchState;
  readonly observation?: Observation;
  readonly catalogue: Catalogue;
  /** Whether something that the audit log reported could not be judged: it is remembered, and the next scan tries again. */
  readonly isUnjudged: boolean;
  /** Why the notes of what was found before could not be read: then `state` may lack losses. */
  readonly unread?: WardenError;
}

interface Seen extends Step {
  readonly context: JudgeContext;
  readonly catalogue: Catalogue;
  readonly observation?: Observation;
  readonly error?: WardenError;
}

/**
 * Scans one HSM. An HSM that does not answer, and a topic that does not accept, are findings and not failures. What `signals` say of
 * deletions and purges is remembered first: what cannot be judged now is judged by a later scan, however this one ends.
 * Fails with `state-corrupt`, `state-conflict` after many conflicts, `aborted`, or a storage code; then the caller is to repeat it
 * with the same signals, for they may not have been remembered.
 */
export async function scan(
  deps: ScanDeps,
  policy: WatchPolicy,
  signals: Signals = NO_SIGNALS,
  signal: AbortSignal = new AbortController().signal,
): Promise<ScanResult> {
  const startedAt = deps.clock.now();
  await rememberReported(deps, signals, signal);
  const noted = await readNotes(deps, signal);
  const seen = await see(deps, policy, signals, noted, signal);
  const { hsm } = seen.context;
  // First published, then pinned: people wait for the one, nobody for the other, and both are remembered.
  const delivery = await publishOutbox(deps, hsm, seen, signal);
  await pinBackups(deps, seen.state, signal);
  reportRestored(deps, seen);
  await noteLosses(deps, seen.state, signal);
  const summary = summarize(seen.context, seen.state, seen.observation, seen.catalogue);
  const ok = seen.error === undefined;
  await beat(deps, seen.context, summary, ok, delivery.waiting, signal);
  logScan(deps, seen, summary, delivery, startedAt);
  const { findings, state, observation, catalogue } = seen;
  const isUnjudged = warnOfUnjudged(deps.logger, hsm, state);
  const result = { hsm, ok, findings, delivery, state, catalogue, isUnjudged };
  return { ...result, ...definedOnly({ observation, unread: noted.unread }) };
}

/** What was seen, once it is stored. */
interface Remembered extends Seen {
  /** The outbox before. */
  readonly before: readonly CloudEvent[];
  /** Keys whose loss was noted for good, and was not in the memory any more. */
  readonly restored: readonly string[];
}

/** Scans and remembers. The memory is read first and written last: whoever wrote in between makes this scan void. */
async function see(
  deps: ScanDeps,
  policy: WatchPolicy,
  signals: Signals,
  noted: Noted,
  signal: AbortSignal,
): Promise<Remembered> {
  const { hsm } = deps.keys;
  const lookOnce = async (stored: WatchState) => {
    const before = stored.outbox;
    const { state, restored } = takeUp(stored, noted.losses, deps.clock.now());
    const catalogue = await readCatalogue(deps.state, hsm, signal);
    const all = { ...signals, ...withReported(state.unjudged, signals) };
    return { ...(await seeOnce(deps, policy, state, catalogue, all, noted, signal)), before, restored };
  };
  return updateWatchStateWith(deps.state, hsm, lookOnce, signal);
}

async function seeOnce(
  deps: ScanDeps,
  policy: WatchPolicy,
  state: WatchState,
  catalogue: Catalogue,
  signals: Signals,
  noted: Noted,
  signal: AbortSignal,
): Promise<Seen> {
  const { hsm } = deps.keys;
  const context = () => ({ hsm, now: deps.clock.now(), policy });
  const lookBeganAt = deps.clock.now();
  const { value: lastRun } = await readLastRun(deps.state, hsm, signal);
  try {
    const observation = await observe(deps, signal);
    const damaged = withoutBackup(context(), noted.damaged, catalogue);
    const doubtful = doubtfulNames(state, observation, catalogue, signals, damaged);
    const confirmed = await confirm(deps, doubtful, signal);
    const former = await readFormerBackups(deps.backups, state, catalogue, confirmed, signal);
    const drills = await seeDrills(deps, hsm, signal);
    const facts = { observation, confirmed, catalogue, former, signals, lastRun, drills, damaged };
    const judged = context();
    const uncertain = [...signals.purges, ...signals.deletes]
      .map(({ key }) => key)
      .filter((key) => confirmed.get(key)?.is === 'unknown');
    const stepped = withUnjudged(step(judged, state, facts), aboutKeys(signals, uncertain));
    const next = { ...stepped.state, lookBeganAt };
    return { ...stepped, state: next, context: judged, catalogue, observation };
  } catch (error) {
    if (!isWardenError(error) || !error.code.startsWith('hsm-')) throw error;
    const judged = context();
    const stepped = stepUnreachable(judged, state, error, catalogue);
    const left = withReported(undefined, signals);
    return { ...withUnjudged(stepped, left), context: judged, catalogue, error };
  }
}

/** What drills have left behind must not keep the keys from being watched; where it cannot be read, nothing is concluded from it. */
async function seeDrills(
  { drillsOf, logger }: ScanDeps,
  hsm: string,
  signal: AbortSignal,
): Promise<DrillsSeen | undefined> {
  try {
    return await drillsOf?.(hsm, signal);
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    logger.error('whether drills run could not be read', { hsm, error });
    return undefined;
  }
}

/** Not kept for later: an old heartbeat says nothing. */
async function beat(
  deps: ScanDeps,
  context: JudgeContext,
  summary: ScanSummary,
  ok: boolean,
  waiting: number,
  signal: AbortSignal,
): Promise<void> {
  const event = toEvent(heartbeat(context, summary, ok, waiting), context.now);
  try {
    await deps.bus.send([event], { logger: deps.logger, signal });
  } catch (error) {
    if (!isWardenError(error)) throw error;
    deps.logger.warn('heartbeat was not accepted', { hsm: context.hsm, error });
  }
}

/** The run's one line; docs/operations.md documents its fields. */
function logScan(
  deps: ScanDeps,
  { context, findings, error, state }: Seen,
  summary: ScanSummary,
  delivery: Delivery,
  startedAt: number,
): void {
  const counts: Record<string, number> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  const fields = {
    hsm: context.hsm,
    ok: error === undefined,
    ...summary,
    findings: counts,
    settling: Object.values(state.keys).filter(({ lastSeenAt }) => lastSeenAt !== undefined).length,
    eventsAccepted: delivery.accepted,
    eventsRefused: delivery.refused,
    eventsWaiting: delivery.waiting,
    seconds: (deps.clock.now() - startedAt) / 1000,
  };
  if (error === undefined) deps.logger.info('watch looked', fields);
  else deps.logger.error('watch could not see the HSM', { ...fields, error });
}
