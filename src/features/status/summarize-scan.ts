/** Makes the summary of an HSM from what a scan saw, seals it, and stores it. */
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { NameMap } from '../../core/model/key-name.ts';
import type { Clock, KeyService, Logger } from '../../core/ports.ts';
import { nextRunAfter } from '../../core/schedule.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { readLastRun } from '../backup/last-run.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import { readVerification } from '../verify/verify-state.ts';
import type { WatchPolicy } from '../watch/model/policy.ts';
import type { ScanResult } from '../watch/scan.ts';
import type { StoreCheck } from './check-store.ts';
import { readDrilled } from './drilled.ts';
import { conclude, type Memory } from './judge-hsm.ts';
import { damageOf } from './known-damage.ts';
import { callerName, keySummaries } from './summarize-keys.ts';
import { type SummaryHead, summaryLines } from './summary-document.ts';

/** Keys named in the head. */
const NAMED = 20;
/** Losses named in the head: each must be known, for a person may acknowledge it. */
const LOSSES = 1_000;
/** How late a scan may be before what the last one saw counts as old. */
const LATE_MS = 5 * MINUTE_MS;

/** What summarizing works with. */
export interface SummarizeDeps {
  readonly keys: KeyService;
  readonly state: DocumentStore & Pick<CatalogueStore, 'points'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly seals: Seals | undefined;
  /** What seals name the HSM by. */
  readonly resource: string;
  /** When scans are due, NCRONTAB. */
  readonly scanSchedule: string;
  /** Within how many days each key is to be proven by a drill. */
  readonly drillDays: number;
}

/** The store is listed and read by the verification, not by each scan. */
const UNCHECKED: StoreCheck = { missing: new NameMap(), damaged: new Set(), unproven: 0 };

/**
 * Stores the summary of a scan that saw the HSM; one that did not leaves the summary before, which grows old. A summary that cannot
 * be written is logged: the scan has done its work. Fails with the reason of `signal` only.
 */
export async function summarizeScan(
  deps: SummarizeDeps,
  policy: WatchPolicy,
  scan: ScanResult,
  signal: AbortSignal,
): Promise<void> {
  if (scan.observation === undefined) return;
  try {
    const { head, text } = await summaryOf(deps, policy, scan, signal);
    const sealed = await seal(deps, head, signal);
    await write(deps.state, scan.hsm, `${JSON.stringify(sealed)}\n${text}`, signal);
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    deps.logger.warn('the summary of a scan could not be stored', { hsm: scan.hsm, error });
  }
}

async function summaryOf(
  deps: SummarizeDeps,
  policy: WatchPolicy,
  { hsm, state: watch, catalogue, observation }: ScanResult,
  signal: AbortSignal,
): Promise<{ readonly head: SummaryHead; readonly text: string }> {
  if (observation === undefined) throw new Error('expected a scan that saw the HSM');
  const now = deps.clock.now();
  const verify = await readVerification(deps.state, hsm, signal);
  // Whether a loss was acknowledged is asked when somebody looks.
  const memory: Memory = {
    catalogue,
    watch,
    verify,
    lastRun: await readLastRun(deps.state, hsm, signal),
    acknowledgements: { byFinding: new Map() },
  };
  const status = conclude(deps, policy, memory, observation, UNCHECKED);
  const { active, covered, excluded, restorable, lost, deleted, oldestBackupAt } = status;
  const believe = { seals: deps.seals, resourceOf: () => deps.resource };
  const drilled = await readDrilled(
    deps.state,
    { hsm, catalogue, days: deps.drillDays, now },
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
    ...damageOf(verify),
    warnings: [...drilled.warnings, ...status.warnings].slice(0, NAMED),
    linesSha256: lines.sha256,
  };
  return { head, text: lines.text };
}

/** Without a seal when the key is out of reach: whoever reads it will say that nothing is known for sure. */
async function seal(deps: SummarizeDeps, head: SummaryHead, signal: AbortSignal): Promise<SummaryHead> {
  const sealer = deps.seals?.sealer;
  if (sealer === undefined) return head;
  try {
    return {
      ...head,
      seal: await sealer.seal('summary', { hsm: deps.resource, facts: factsOf(head) }, signal),
    };
  } catch (error) {
    if (signal.aborted || !isWardenError(error, 'seal-unavailable')) throw error;
    deps.logger.warn('the summary of a scan could not be sealed', { hsm: head.hsm, error });
    return head;
  }
}

/** What is sealed of a head: all but the seal. */
export function factsOf({ seal: _seal, ...facts }: SummaryHead) {
  return facts;
}

async function write(store: DocumentStore, hsm: string, text: string, signal: AbortSignal): Promise<void> {
  const address = { kind: 'summary', hsm } as const;
  const before = await store.open(address, signal);
  await before?.text[Symbol.asyncIterator]().return?.();
  await store.writeFrom(
    address,
    piece(text),
    before === undefined ? 'absent' : { etag: before.etag },
    signal,
  );
}

async function* piece(text: string): AsyncGenerator<string> {
  yield text;
}
