/** One key of a sweep: backs it up with retries, and notes in the run what became of it. */
import { isWardenError, type WardenError } from '../../core/errors.ts';
import type { ListedKey } from '../../core/model/key.ts';
import type { StoredBackup } from '../../core/ports.ts';
import { withRetries } from '../../core/retry.ts';
import { backingUp, proveStored, unsealedBecause } from '../recovery-points/back-up-key.ts';
import type { BackupReason } from '../recovery-points/plan.ts';
import type { RunLedger } from './run-ledger.ts';
import type { KeyOutcome } from './run-record.ts';
import type { SweepDeps, SweepPart, SweepWork } from './sweep-context.ts';

/** A key to back up. */
export interface KeyTask {
  readonly key: ListedKey;
  readonly reason: BackupReason;
}

/** Backs up one key and notes the outcome, also of a failure. Returns whether it is to be tried again in this run. */
export async function attemptKey(
  work: SweepWork,
  { key, reason }: KeyTask,
  chance: 'first' | 'last',
): Promise<boolean> {
  const { deps, policy, ledger, part } = work;
  const startedAt = deps.clock.now();
  let attempts = 0;
  const measured = () => ({ reason, attempts, durationMs: deps.clock.now() - startedAt });
  const attempt = backingUpOnce(work, key, chance);
  try {
    const stored = await withRetries(
      () => {
        attempts += 1;
        return attempt();
      },
      deps.clock,
      { ...policy.retry, until: part.deadline },
      part.signal,
      (error) => ledger.countRetry(slowWhenThrottled(work, error)),
    );
    const unsealed = unsealedBecause(deps, stored);
    if (unsealed === undefined) {
      ledger.note(key.name, { outcome: 'backed-up', ...measured(), ...proofOf(stored) }, stored);
      return false;
    }
    return noteFailure(work, key.name, unsealed, chance, { ...measured(), ...proofOf(stored) });
  } catch (error) {
    if (!isWardenError(error) || part.signal.aborted) throw error;
    slowWhenThrottled(work, error);
    return noteFailure(work, key.name, error, chance, measured());
  }
}

/** Notes that the key has no new recovery point. Returns whether it is to be tried again in this run. */
function noteFailure(
  { deps, ledger, part: { hsm, runId } }: SweepWork,
  key: string,
  error: WardenError,
  chance: 'first' | 'last',
  facts: Omit<KeyOutcome, 'outcome'>,
): boolean {
  const outcome: KeyOutcome['outcome'] =
    error.code === 'key-not-found' ? 'vanished' : error.transient ? 'failed' : 'refused';
  const passing = outcome === 'failed' && chance === 'first';
  const fault = { code: error.code, message: error.message };
  ledger.note(key, { outcome, ...facts, error: fault, ...(passing && { again: true }) });
  deps.logger.warn('key has no new backup', { hsm, runId, key, outcome, error });
  return passing;
}

/** Notes a backup which this run had already made of the key before its worker died. */
export function noteOwn(ledger: RunLedger, key: string, own: StoredBackup): void {
  ledger.note(key, { outcome: 'backed-up', reason: 'found after a restart', ...proofOf(own) });
}

/** Backs up the key, unless the run has a backup of it already. To be repeated until it succeeds. */
function backingUpOnce(
  { deps, ledger, backups, part }: SweepWork,
  key: ListedKey,
  chance: 'first' | 'last',
): () => Promise<StoredBackup> {
  const known = backups.get(key.name);
  const attempt = backingUp(deps, { key, runId: part.runId, known, signal: part.signal });
  // A worker that died, or the first chance, may have stored a backup that no record knows.
  let mayHaveOwn = ledger.afterCrash || chance === 'last';
  return async () => {
    const own = mayHaveOwn ? await findOwn(deps, part, key.name) : undefined;
    mayHaveOwn = false;
    return own ?? (await attempt());
  };
}

function proofOf({ blob, record }: StoredBackup): Pick<KeyOutcome, 'blob' | 'sha256' | 'versions'> {
  return { blob, sha256: record.sha256, versions: record.versions.length };
}

/** The backup which this very run already made of the key, proven again. */
async function findOwn(deps: SweepDeps, part: SweepPart, key: string): Promise<StoredBackup | undefined> {
  for await (const page of deps.backups.list(part.hsm, key, part.signal)) {
    const own = page.findLast(({ record }) => record.runId === part.runId);
    if (own === undefined) continue;
    try {
      return await proveStored(deps, own, part.signal);
    } catch (error) {
      if (!isWardenError(error, 'backup-mismatch')) throw error;
    }
  }
  return undefined;
}

/** Slows the pace when the HSM asked for it, but not beyond the part's time; returns whether it did. */
function slowWhenThrottled({ deps, part }: SweepWork, error: unknown): boolean {
  if (!isWardenError(error, 'hsm-throttled', 'hsm-unavailable')) return false;
  const { retryAfterMs } = error;
  const left = Math.max(0, part.deadline - deps.clock.now());
  deps.pacer.throttled(retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, left));
  return true;
}
