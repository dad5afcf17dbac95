/** The record of one run over one HSM: its progress while it runs, its manifest when it has ended. */
import { z } from 'zod';
import { WardenError } from '../errors.ts';

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

/** A run over one HSM. `partial`: ended, but at least one key has no new backup although it should have. */
export const RunRecord = z.strictObject({
  format: z.literal(1),
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
  counts: Counts.exactOptional(),
  keys: z.record(z.string(), KeyOutcome),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** Counts the outcomes of a run. Every key counts once: outcomes are kept by name. */
export function countOutcomes(keys: Readonly<Record<string, KeyOutcome>>): Counts {
  const counts = { keys: 0, backedUp: 0, unchanged: 0, skipped: 0, vanished: 0, refused: 0, failed: 0 };
  for (const { outcome } of Object.values(keys)) {
    counts.keys += 1;
    counts[outcome === 'backed-up' ? 'backedUp' : outcome] += 1;
  }
  return counts;
}

/** Whether a run has come to its end, so that a repeat of its message has nothing to do. */
export function hasEnded(run: RunRecord): boolean {
  return run.state !== 'running' && run.state !== 'paused';
}

/** Reads a stored run record. Fails with `state-corrupt`. */
export function parseRunRecord(text: string, hsm: string, runId: string): RunRecord {
  try {
    return RunRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new WardenError('state-corrupt', {
      message: `The record of run ${runId} over HSM ${hsm} cannot be read.`,
      advice: 'Start another run; the backups themselves are not affected.',
      hsm,
      cause,
    });
  }
}
