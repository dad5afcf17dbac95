/** Goes through all keys of an HSM once: plans each from its list entry, backs up those that need it, notes every outcome. */

import { forEachConcurrently } from '../../core/concurrency.ts';
import { isWardenError } from '../../core/errors.ts';
import type { ListedKey } from '../../core/model/key.ts';
import type { StoredBackup } from '../../core/ports.ts';
import { withRetries } from '../../core/retry.ts';
import { type BackUpKeyDeps, backUpKey, proveStored } from '../recovery-points/back-up-key.ts';
import { type BackupReason, planKey } from '../recovery-points/plan.ts';
import type { KnownBackup } from './known-backups.ts';
import { listPages, noteOdd } from './list-pages.ts';
import type { RunLedger } from './run-ledger.ts';
import type { KeyOutcome } from './run-record.ts';
import type { SweepDeps, SweepPart, SweepPolicy } from './sweep-context.ts';

interface Task {
  readonly key: ListedKey;
  readonly reason: BackupReason;
}

/** Returns whether all keys were dealt with before the deadline. Throws what a list or a save failed with. */
export async function sweepKeys(
  deps: SweepDeps,
  policy: SweepPolicy,
  ledger: RunLedger,
  backups: ReadonlyMap<string, KnownBackup>,
  part: SweepPart,
): Promise<boolean> {
  const cut = { inTime: true };
  const again: Task[] = [];
  await forEachConcurrently(
    tasks(deps, policy, ledger, backups, part, cut, again),
    policy.concurrency,
    async (task) => {
      const passing = await attend(deps, policy, ledger, backups, part, task, 'first');
      if (passing) again.push(task);
      await ledger.checkpointIfDue(policy.checkpointMs);
      policy.onProgress?.(ledger.progress);
    },
  );
  // What failed with a fault that may pass gets one more chance after everything else, when the trouble may be over:
  // last, so that it takes no other key's time, and once, so that the run comes to its end.
  await forEachConcurrently(cutOff(deps, part, again, cut), policy.concurrency, async (task) => {
    await attend(deps, policy, ledger, backups, part, task, 'last');
    await ledger.checkpointIfDue(policy.checkpointMs);
    policy.onProgress?.(ledger.progress);
  });
  return cut.inTime;
}

/** The keys to back up, as the pages of the list come in; the others are noted on the way, those due `again` put there. */
async function* tasks(
  deps: SweepDeps,
  policy: SweepPolicy,
  ledger: RunLedger,
  backups: ReadonlyMap<string, KnownBackup>,
  part: SweepPart,
  cut: { inTime: boolean },
  again: Task[],
): AsyncGenerator<Task> {
  let begun = false;
  for await (const page of listPages(deps, policy, part)) {
    noteOdd(deps, policy, ledger, part, page.odd ?? []);
    for (const key of page.items) {
      part.signal.throwIfAborted();
      if (isOver(deps, part)) {
        cut.inTime = false;
        return;
      }
      const before = ledger.standingOf(key.name);
      if (before !== undefined && before !== 'again') continue;
      const known = backups.get(key.name);
      if (known?.own !== undefined) {
        // Made by this very run, whose worker died between saving the catalogue and saving the record.
        ledger.note(key.name, {
          outcome: 'backed-up',
          reason: 'found after a restart',
          ...proofOf(known.own),
        });
        continue;
      }
      const plan = planKey(key, known, { ...policy, nextRunAt: part.nextRunAt });
      if (plan.action === 'back-up') {
        if (!begun) await ledger.begin();
        begun = true;
        const task = { key, reason: plan.reason };
        if (before === undefined) yield task;
        else again.push(task);
      } else if (plan.action === 'skip') {
        ledger.note(key.name, { outcome: 'skipped', reason: plan.reason });
      } else {
        ledger.note(key.name, { outcome: 'unchanged' });
      }
    }
  }
}

/** Whether the part takes no further key: its time is over, or the app stops. */
function isOver({ clock }: SweepDeps, { deadline, stopping }: SweepPart): boolean {
  return stopping.aborted || clock.now() >= deadline;
}

async function* cutOff(
  deps: SweepDeps,
  part: SweepPart,
  items: readonly Task[],
  cut: { inTime: boolean },
): AsyncGenerator<Task> {
  for (const item of items) {
    if (isOver(deps, part)) {
      cut.inTime = false;
      return;
    }
    yield item;
  }
}

/** Backs up one key and notes the outcome, also of a failure. Returns whether it is to be tried again in this run. */
async function attend(
  deps: SweepDeps,
  policy: SweepPolicy,
  ledger: RunLedger,
  backups: ReadonlyMap<string, KnownBackup>,
  part: SweepPart,
  task: Task,
  chance: 'first' | 'last',
): Promise<boolean> {
  const { key, reason } = task;
  const startedAt = deps.clock.now();
  let attempts = 0;
  const measured = () => ({ reason, attempts, durationMs: deps.clock.now() - startedAt });
  try {
    const known = backups.get(key.name)?.versions ?? [];
    const stored = await withRetries(
      async () => {
        attempts += 1;
        const adopted = ledger.afterCrash ? await findOwn(deps, part, key.name) : undefined;
        return adopted ?? (await backUpKey(deps, { key, runId: part.runId, known, signal: part.signal }));
      },
      deps.clock,
      { ...policy.retry, until: part.deadline },
      part.signal,
      (error) => ledger.countRetry(noteThrottle(deps, part, error)),
    );
    ledger.note(key.name, { outcome: 'backed-up', ...measured(), ...proofOf(stored) }, stored);
    return false;
  } catch (error) {
    if (!isWardenError(error) || part.signal.aborted) throw error;
    noteThrottle(deps, part, error);
    const outcome: KeyOutcome['outcome'] =
      error.code === 'key-not-found' ? 'vanished' : error.transient ? 'failed' : 'refused';
    const passing = outcome === 'failed' && chance === 'first';
    const fault = { code: error.code, message: error.message };
    ledger.note(key.name, { outcome, ...measured(), error: fault, ...(passing && { again: true }) });
    deps.logger.warn('key has no new backup', {
      hsm: part.hsm,
      runId: part.runId,
      key: key.name,
      outcome,
      error,
    });
    return passing;
  }
}

function proofOf({ blob, record }: StoredBackup): Pick<KeyOutcome, 'blob' | 'sha256' | 'versions'> {
  return { blob, sha256: record.sha256, versions: record.versions.length };
}

/** After a crash: the backup which this very run already made of the key, proven again. */
async function findOwn(deps: BackUpKeyDeps, part: SweepPart, key: string): Promise<StoredBackup | undefined> {
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
function noteThrottle(deps: SweepDeps, part: SweepPart, error: unknown): boolean {
  const throttled = isWardenError(error, 'hsm-throttled', 'hsm-unavailable');
  if (!throttled) return false;
  const { retryAfterMs } = error;
  const left = Math.max(0, part.deadline - deps.clock.now());
  deps.pacer.throttled(retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, left));
  return true;
}
