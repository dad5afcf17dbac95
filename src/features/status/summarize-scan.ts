/** Makes the summary of an HSM from what a scan saw, seals it, and stores it. */
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { NameMap } from '../../core/model/key-name.ts';
import type { Clock, KeyService, Logger } from '../../core/ports.ts';
import { nextRunAfter } from '../../core/schedule.ts';
import { DatedSeals } from '../../core/seal/dated-seals.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { MINUTE_MS } from '../../core/time.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import type { WatchPolicy } from '../watch/model/policy.ts';
import type { ScanResult } from '../watch/scan.ts';
import type { StoreCheck } from './check-store.ts';
import { readDrilled, type ToProve } from './drilled.ts';
import { conclude, type Memory } from './judge-hsm.ts';
import { damageOf } from './known-damage.ts';
import { readDated } from './read-dated.ts';
import { callerName, keySummaries } from './summarize-keys.ts';
import { datedSummary, readFormerHead, type SummaryHead, summaryLines } from './summary-document.ts';
import { hsmWarnings } from './warnings.ts';

/** Keys named in the head. */
const NAMED = 20;
/** Losses named in the head: each must be known, for a person may acknowledge it. */
const LOSSES = 1_000;
/** How late a scan may be before what the last one saw counts as old. */
const LATE_MS = 5 * MINUTE_MS;

/** What summarizing works with. */
export interface SummarizeDeps {
  readonly keys: KeyService;
  readonly state: DocumentStore & Pick<CatalogueStore, 'points' | 'notes'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly seals: Seals | undefined;
  /** What seals name the HSM by. */
  readonly resource: string;
  /** When scans are due, NCRONTAB. */
  readonly scanSchedule: string;
  /** Within how many days each key is to be proven by a drill. */
  readonly drillDays: number;
  /** The drill HSMs of the settings. */
  readonly drillHsms: ToProve['sites'];
}

/** The store is listed and read by the verification, not by each scan. */
const UNCHECKED: StoreCheck = { missing: new NameMap(), damaged: new Set(), unproven: 0 };

/**
 * Stores the summary of a scan that saw the HSM; one that did not, or that could not read what was
 * found before, leaves the summary before, which grows old. A summary that cannot
 * be written is logged: the scan has done its work. Returns whether people should hear at once: what needs somebody has changed, or the
 * summary is not that of this scan. Fails with the reason of `signal` only.
 */
export async function summarizeScan(
  deps: SummarizeDeps,
  policy: WatchPolicy,
  scan: ScanResult,
  signal: AbortSignal,
): Promise<boolean> {
  if (scan.observation === undefined) return true;
  if (scan.unread !== undefined) {
    const { hsm, unread: error } = scan;
    deps.logger.warn('the summary of a scan is not stored, for what was found before is not known', {
      hsm,
      error,
    });
    return true;
  }
  try {
    const { head, text } = await summaryOf(deps, policy, scan, signal);
    const { seals, resource, logger } = deps;
    const dated = seals && new DatedSeals({ seals, resourceOf: () => resource });
    const seal = await dated?.seal(datedSummary(head), logger, signal);
    const sealed = { ...head, ...definedOnly({ seal }) };
    const former = await write(deps.state, scan.hsm, `${JSON.stringify(sealed)}\n${text}`, signal);
    return former === undefined || needsOf(former) !== needsOf(sealed);
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    deps.logger.warn('the summary of a scan could not be stored', { hsm: scan.hsm, error });
    return true;
  }
}

/** What of a head needs somebody, as a text to compare. */
function needsOf({ counts, risks, lost, deleted, damaged, drills, warnings, seal }: SummaryHead): string {
  const { risks: atRisk, lost: allLost, deleted: allDeleted } = counts;
  const needs = {
    atRisk,
    allLost,
    allDeleted,
    risks,
    lost,
    deleted,
    damaged,
    failed: drills?.failed,
    warnings,
  };
  return JSON.stringify({ ...needs, isSealed: seal !== undefined });
}

async function summaryOf(
  deps: SummarizeDeps,
  policy: WatchPolicy,
  { hsm, state: watch, catalogue, observation }: ScanResult,
  signal: AbortSignal,
): Promise<{ readonly head: SummaryHead; readonly text: string }> {
  if (observation === undefined) throw new Error('expected a scan that saw the HSM');
  const now = deps.clock.now();
  const dated = await readDated(deps.state, hsm, signal);
  // Whether a loss was acknowledged is asked when somebody looks.
  const memory: Memory = {
    catalogue,
    watch,
    ignoredNotes: 0,
    notedDamage: (await deps.state.notes?.read(hsm, signal))?.damaged,
    ...dated,
    scannedAt: watch.lookedAt,
    acknowledgements: { byFinding: new Map() },
  };
  const status = conclude(deps, policy, memory, observation, UNCHECKED);
  const { active, covered, excluded, restorable, lost, deleted, oldestBackupAt } = status;
  const believe = { seals: deps.seals, resourceOf: () => deps.resource };
  const drilled = await readDrilled(
    deps.state,
    { hsm, catalogue, days: deps.drillDays, sites: deps.drillHsms, now },
    believe,
    signal,
  );
  const known = new NameMap([...status.risks, ...lost].map(({ key }) => [key, true]));
  const risks = [...status.risks, ...drilled.risks.filter(({ key }) => !known.has(key))];
  const lines = summaryLines(
    keySummaries({
      now,
      policy,
      memory,
      seen: observation,
      status,
      store: UNCHECKED,
      drilled: drilled.risks,
    }),
  );
  const due = nextRunAfter(deps.scanSchedule, now);
  const head: SummaryHead = {
    format: 1,
    hsm,
    judgedAt: now,
    staleAfter: nextRunAfter(deps.scanSchedule, due) + LATE_MS,
    counts: {
      active,
      covered,
      excluded,
      deleted: deleted.length,
      restorable,
      risks: risks.length,
      lost: lost.length,
    },
    risks: risks.slice(0, NAMED).map(({ key, risk, detail }) => ({ key, risk, detail })),
    lost: lost.slice(0, LOSSES).map((one) => ({ ...one })),
    deleted: deleted.slice(0, NAMED).map((one) => ({
      key: one.key,
      deletedAt: one.deletedAt,
      purgeAt: one.scheduledPurgeAt,
      coverage: one.coverage,
      versionsCovered: one.versionsCovered,
      versionsKnown: one.versionsKnown,
      ...definedOnly({ deletedBy: callerName(watch, one.key) }),
    })),
    ...definedOnly({ watchingSince: watch.watchingSince, oldestBackupAt, drills: drilled.drills }),
    ...damageOf(dated.verify),
    // Of runs and events people see what is so when they ask.
    warnings: [...drilled.warnings, ...hsmWarnings(policy, [...observation.active.values()])].slice(0, NAMED),
    linesSha256: lines.sha256,
  };
  return { head, text: lines.text };
}

/** Returns the head that it takes the place of; undefined where there is none that can be read. */
async function write(
  store: DocumentStore,
  hsm: string,
  text: string,
  signal: AbortSignal,
): Promise<SummaryHead | undefined> {
  const before = await readFormerHead(store, hsm, signal);
  const guard = before === undefined ? 'absent' : { etag: before.etag };
  await store.writeFrom({ kind: 'summary', hsm }, piece(text), guard, signal);
  return before?.head;
}

async function* piece(text: string): AsyncGenerator<string> {
  yield text;
}
