/** Whether runs ended, and whether what they say of themselves is so. */
import type { Evidence, SeenBackup, SeenRun } from '../evidence.ts';

/** The apps' clocks may differ by so much. */
const SKEW_MS = 25_000;

/** Judges runs and their backups. */
export function judgeRuns({ runs, backups }: Pick<Evidence, 'runs' | 'backups'>) {
  const [lost, doubled, hung]: [string[], string[], string[]] = [[], [], []];
  const blobs = new Set(backups.map(({ blob }) => blob));
  for (const run of runs) {
    const name = `run ${run.runId} over ${run.hsm}`;
    if (!hasEnded(run) && !isOver(run, runs)) hung.push(`${name} is ${run.state}`);
    if (run.claimed !== run.lines) lost.push(`${name} counts ${run.claimed} keys and has ${run.lines}`);
    for (const blob of run.backedUp) {
      if (!blobs.has(blob)) lost.push(`${name} says that it made ${blob}, which is not there`);
    }
    for (const key of run.unchanged) {
      const isCovered = backups.some((backup) => isBefore(backup, run, key));
      if (!isCovered) lost.push(`${name} calls ${key} unchanged, and no backup of it had been made`);
    }
  }
  const ofSweeps = new Set(runs.map(({ hsm, runId }) => `${hsm} ${runId}`));
  const made = new Map<string, string>();
  for (const { blob, hsm, key, runId, sealed } of backups) {
    if (!sealed || !ofSweeps.has(`${hsm} ${runId}`)) continue;
    const one = `${runId} ${hsm}/${key.toLowerCase()}`;
    const before = made.get(one);
    if (before !== undefined) doubled.push(`run ${runId} backed up ${hsm}/${key} twice: ${before}, ${blob}`);
    made.set(one, blob);
  }
  return { lost, doubled, hung };
}

/** Whether a backup of the key was there when the run ended. */
function isBefore(backup: SeenBackup, { hsm, endedAt }: SeenRun, key: string): boolean {
  const isOfKey = backup.hsm === hsm && backup.key.toLowerCase() === key.toLowerCase();
  return isOfKey && backup.capturedAt < (endedAt ?? Number.POSITIVE_INFINITY) + SKEW_MS;
}

function hasEnded({ state }: SeenRun): boolean {
  return state === 'succeeded' || state === 'partial' || state === 'rebuilt';
}

/** A person's run is theirs to continue, and one that a later run has overtaken has nothing left to do. */
function isOver({ hsm, runId }: SeenRun, runs: readonly SeenRun[]): boolean {
  return (
    runId.endsWith('-manual') || runs.some((run) => run.hsm === hsm && run.runId > runId && hasEnded(run))
  );
}
