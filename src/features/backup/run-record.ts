/** The record of one run over one HSM: its progress while it runs, its manifest when it has ended. */

import { z } from 'zod';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { eachPage } from '../../core/each-page.ts';
import { WardenError } from '../../core/errors.ts';
import { Seal } from '../../core/seal/seal.ts';

import {
  type Batches,
  type KeyLine,
  keyLine,
  type OpenLines,
  openLines,
  textOfLines,
} from '../recovery-points/key-lines.ts';

const Fault = z.strictObject({ code: z.string(), message: z.string() });

/** What became of one key in a run. Times are milliseconds. */
const KeyOutcome = z.strictObject({
  outcome: z.enum(['backed-up', 'unchanged', 'skipped', 'vanished', 'refused', 'failed']),
  /** Why it was backed up or skipped. */
  reason: z.string().exactOptional(),
  blob: z.string().exactOptional(),
  sha256: z.string().exactOptional(),
  /** Versions the backup covers. */
  versions: z.int().exactOptional(),
  durationMs: z.number().exactOptional(),
  attempts: z.int().exactOptional(),
  error: Fault.exactOptional(),
  /** Failed in a way that may pass, and still has its second chance in this run. */
  again: z.literal(true).exactOptional(),
});
export type KeyOutcome = z.infer<typeof KeyOutcome>;

/** Counts of a run, by outcome. */
const Counts = z.strictObject({
  keys: z.int(),
  backedUp: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
  vanished: z.int(),
  refused: z.int(),
  failed: z.int(),
});
export type Counts = z.infer<typeof Counts>;

/** A run without its keys. `partial`: ended, but at least one key has no new backup although it should have. */
const RunHead = z.strictObject({
  format: z.literal(2),
  hsm: z.string(),
  runId: z.string(),
  /** `rebuilt`: made from the backups; what the run could not back up is not known any more. */
  state: z.enum(['running', 'paused', 'succeeded', 'partial', 'rebuilt']),
  startedAt: z.int(),
  endedAt: z.int().exactOptional(),
  /** Invocations that worked on it. */
  parts: z.int(),
  retries: z.int(),
  throttles: z.int(),
  /** Requests a second: as set, and as it was at the end. */
  pace: z.strictObject({ set: z.number(), last: z.number() }),
  counts: Counts,
  /** Over its end, as the note of the last run has it. */
  seal: Seal.exactOptional(),
});
export type RunHead = z.infer<typeof RunHead>;

/** A run in short, as it is reported while it runs; of the keys only those with a fault, and only at its end. */
export const RunSummary = RunHead.extend({ troubles: z.record(z.string(), KeyOutcome).exactOptional() });
export type RunSummary = z.infer<typeof RunSummary>;

/** A run with every key. */
export interface RunRecord extends RunHead {
  readonly keys: Readonly<Record<string, KeyOutcome>>;
}

const Line = z.tuple([z.string(), KeyOutcome]);

/** No key yet. */
export function noCounts(): Counts {
  return { keys: 0, backedUp: 0, unchanged: 0, skipped: 0, vanished: 0, refused: 0, failed: 0 };
}

/** The count that a key with this outcome belongs to. */
export function countOf(outcome: KeyOutcome['outcome']): keyof Counts {
  return outcome === 'backed-up' ? 'backedUp' : outcome;
}

/** Counts the outcomes of a run. Every key counts once: outcomes are kept by name. */
export function countOutcomes(keys: Readonly<Record<string, KeyOutcome>>): Counts {
  const counts = noCounts();
  for (const { outcome } of Object.values(keys)) {
    counts.keys += 1;
    counts[countOf(outcome)] += 1;
  }
  return counts;
}

/** Whether a run has come to its end, so that a repeat of its message has nothing to do. */
export function hasEnded(run: RunHead): boolean {
  return run.state !== 'running' && run.state !== 'paused';
}

/** The line of one key. */
export function outcomeLine(key: string, outcome: KeyOutcome): string {
  return keyLine(key, outcome);
}

/** The text of a run's document, in pieces. */
export function runText(head: RunHead, lines: Batches<string>): AsyncGenerator<string> {
  return textOfLines(head, lines);
}

/**
 * The head of a stored run and its lines in batches, read as they are asked for. Fails with `state-corrupt` and with what reading
 * the text fails with, also while lines are read.
 */
export function openRun(
  text: AsyncIterable<string>,
  hsm: string,
  runId: string,
): Promise<OpenLines<RunHead>> {
  const readHead = (line: string) => RunHead.parse(JSON.parse(line));
  return openLines(text, readHead, (cause) => corrupt(hsm, runId, cause));
}

/** What a line says of its key. Fails with `state-corrupt`. */
export function parseOutcome({ line }: KeyLine, { hsm, runId }: RunHead): KeyOutcome {
  try {
    const [, outcome] = Line.parse(JSON.parse(line));
    return outcome;
  } catch (cause) {
    throw corrupt(hsm, runId, cause);
  }
}

/** Reads a stored run without its keys; undefined when it has not begun. Fails as {@link readRun}. */
export async function readRunHead(
  store: DocumentStore,
  hsm: string,
  runId: string,
  signal?: AbortSignal,
): Promise<RunHead | undefined> {
  const document = await store.open({ kind: 'run', hsm, runId }, signal);
  if (document === undefined) return undefined;
  const { head, lines } = await openRun(document.text, hsm, runId);
  // Nobody reads on: what the text comes from is closed.
  await lines[Symbol.asyncIterator]().return?.();
  return head;
}

/** Reads a stored run whole; undefined when it has not begun. Fails with `state-corrupt`, or a storage code. */
export async function readRun(
  store: DocumentStore,
  hsm: string,
  runId: string,
  signal?: AbortSignal,
): Promise<RunRecord | undefined> {
  const document = await store.open({ kind: 'run', hsm, runId }, signal);
  if (document === undefined) return undefined;
  const { head, lines } = await openRun(document.text, hsm, runId);
  const keys: Record<string, KeyOutcome> = {};
  for await (const batch of lines) for (const line of batch) keys[line.key] = parseOutcome(line, head);
  return { ...head, keys };
}

function corrupt(hsm: string, runId: string, cause: unknown): WardenError {
  return new WardenError('state-corrupt', {
    message: `The record of run ${runId} over HSM ${hsm} cannot be read.`,
    advice: 'Start another run; the backups themselves are not affected.',
    hsm,
    cause,
  });
}

/** The identifiers of all runs over an HSM, as they are listed. Fails with a storage code. */
export async function listRunIds(
  store: Pick<DocumentStore, 'listRuns'>,
  hsm: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const list = { code: 'storage-unavailable', what: `the runs over HSM ${hsm}`, hsm } as const;
  const ids: string[] = [];
  for await (const page of eachPage(list, (next) => store.listRuns(hsm, next, signal)))
    ids.push(...page.items);
  return ids;
}
