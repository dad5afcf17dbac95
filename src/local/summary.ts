/** What a person reads, and what a script reads, after the run. */
import type { RunSummary } from '../features/backup/run-record.ts';

/** One HSM in the JSON summary; `keys` is what the HSM listed, `seconds` the run's own time. */
export interface HsmSummary {
  readonly name: string;
  readonly keys: number;
  readonly backedUp: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly seconds: number;
}

/** The summary of each HSM's run. A refused key counts as failed: it has no new backup. */
export function summarise(runs: readonly RunSummary[]): HsmSummary[] {
  return runs.map((run) => {
    const { keys, backedUp, unchanged, failed, refused } = run.counts;
    const seconds = ((run.endedAt ?? run.startedAt) - run.startedAt) / 1000;
    return { name: run.hsm, keys, backedUp, unchanged, failed: failed + refused, seconds };
  });
}

/** Whether the runs left no key without a backup: of deleted and lost keys this says nothing. */
export function hasBackedUpAll(hsms: readonly HsmSummary[]): boolean {
  return hsms.every(({ keys, backedUp, unchanged }) => keys === backedUp + unchanged);
}

/** A table, and below it what to do about the keys that lack a backup. */
export function describeSummary(runs: readonly RunSummary[]): string {
  const rows = summarise(runs).map(({ name, keys, backedUp, unchanged, failed, seconds }) =>
    [name, keys, backedUp, unchanged, failed, seconds.toFixed(1)].map(String),
  );
  const head = ['HSM', 'keys', 'backed up', 'unchanged', 'failed', 'seconds'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [line(head), ...rows.map(line), ...troubles(runs)].join('\n');
}

function troubles(runs: readonly RunSummary[]): string[] {
  return runs.flatMap(({ hsm, troubles = {} }) =>
    Object.entries(troubles)
      .filter(([, { outcome }]) => outcome === 'failed' || outcome === 'refused' || outcome === 'vanished')
      .map(([key, { outcome, error }]) => `  ${hsm}/${key} ${outcome}: ${error?.message ?? ''}`),
  );
}
