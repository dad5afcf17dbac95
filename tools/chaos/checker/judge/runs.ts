/** Whether runs ended, and whether what they say of themselves is so. */
import type { Evidence, SeenBackup, SeenCall, SeenRun } from '../evidence.ts';

/** The apps' clocks may be ahead by less. */
const SKEW_MS = 12_000;
/** HSMs count a change in whole seconds. */
const ROUNDING_MS = 1_000;
/** What makes another key of a key: a backup of before does not hold it. */
const CHANGES = ['KeyCreate', 'KeyImport', 'KeyRotate', 'KeyUpdate'];

/** Judges runs and their backups. */
export function judgeRuns({ runs, backups, calls }: Pick<Evidence, 'runs' | 'backups' | 'calls'>) {
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
      const before = backups.filter((backup) => isBefore(backup, run, key));
      if (before.length === 0) lost.push(`${name} calls ${key} unchanged, and no backup of it had been made`);
      const changedAt = lastChange(calls, run, key);
      if (changedAt === undefined || before.some(({ capturedAt }) => capturedAt >= changedAt)) continue;
      const when = new Date(changedAt).toISOString();
      lost.push(`${name} calls ${key} unchanged, and no backup had been made since it changed at ${when}`);
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

/** When the key last changed before the run began; undefined when it was not seen to, or is another one by now. */
function lastChange(
  calls: readonly SeenCall[],
  { hsm, startedAt }: SeenRun,
  key: string,
): number | undefined {
  const own = calls.filter((call) => call.hsm === hsm && call.key.toLowerCase() === key.toLowerCase());
  const begun = (startedAt ?? 0) - SKEW_MS;
  const last = Math.max(
    ...own.filter(({ operation, at }) => CHANGES.includes(operation) && at < begun).map(({ at }) => at),
  );
  // After a purge the name may stand for the key of an older backup.
  const isAnother = own.some(({ operation, at }) => operation === 'KeyPurge' && at >= last);
  return Number.isFinite(last) && !isAnother ? last - ROUNDING_MS : undefined;
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
