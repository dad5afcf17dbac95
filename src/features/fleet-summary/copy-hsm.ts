/** Copies what is stored of an HSM for the summary of the fleet. */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { Clock } from '../../core/ports.ts';
import { readSummaryHead } from '../status/summary-document.ts';
import { openEvents } from '../status/warnings.ts';
import { readWatchState } from '../watch/model/watch-state.ts';
import { copyRuns } from './copy-runs.ts';
import type { FleetPart } from './model/fleet-summary.ts';

const NamedRun = z.looseObject({ runId: z.string() });

/** A part is small; what is larger, of an HSM with very much to say, is looked up where it is. */
const MOST_CHARACTERS = 49_152;

/**
 * The part of an HSM, with the runs of `before` that have ended; undefined where not everything is there, and where the HSM does not answer: who looks then reads its own
 * documents. Fails with `state-corrupt` or a storage code.
 */
export async function copyHsm(
  store: DocumentStore,
  hsm: string,
  clock: Pick<Clock, 'now'>,
  before?: FleetPart,
  signal?: AbortSignal,
): Promise<FleetPart | undefined> {
  const [summary, lastRun, verify, watch] = await Promise.all([
    readSummaryHead(store, hsm, signal),
    store.read({ kind: 'last-run', hsm }, signal),
    store.read({ kind: 'verify', hsm }, signal),
    readWatchState(store, hsm, signal),
  ]);
  if (summary === undefined || lastRun === undefined || verify === undefined) return undefined;
  if (watch.conditions['hsm-unreachable'] !== undefined) return undefined;
  const copies = { lastRun: jsonOf(lastRun.text), verify: jsonOf(verify.text) };
  if (copies.lastRun === undefined || copies.verify === undefined) return undefined;
  const now = clock.now();
  const ended = NamedRun.safeParse(copies.lastRun).data?.runId;
  const runs = await copyRuns(store, { hsm, before: before?.runs, lastRun: ended, now }, signal);
  const part = { at: now, summary: summary.head, ...copies, ...openEvents(watch) };
  const whole = { ...part, ...definedOnly({ runs }) };
  return [whole, part].find((one) => JSON.stringify(one).length <= MOST_CHARACTERS);
}

/** Undefined for what is no JSON: whoever reads the document itself says so. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
