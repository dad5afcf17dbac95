/** Brings one key back in a bulk restore, whatever state it is in, and proves that it is the one of the backup. */

import { isWardenError, WardenError } from '../../core/errors.ts';
import type { KeyDetail } from '../../core/model/key.ts';
import type { BackupStore, Clock, KeyService, Pacer, StoredBackup } from '../../core/ports.ts';
import { DEFAULT_RETRY, withRetries } from '../../core/retry.ts';
import { isoTime } from '../../core/time.ts';
import { verifyRecovered } from '../../features/recovery/execution/verify-recovered.ts';
import { judgeCandidate } from '../../features/recovery/model/known-facts.ts';
import { describeReturned, otherKey, unexpectedIn } from '../../features/recovery/model/other-key.ts';
import { damageOf } from '../../features/verify/check-backup.ts';
import type { Evidence, RestoredKey } from './restore-report.ts';

/** What restoring works with. */
export interface RestoreDeps {
  readonly keys: KeyService;
  readonly backups: BackupStore;
  readonly pacer: Pacer;
  readonly clock: Clock;
  /** What a backup is believed by. */
  readonly evidenceOf: (backup: StoredBackup) => Evidence;
}

/** Where the key is on the target before. */
export type Presence = 'active' | 'deleted' | 'absent';

/**
 * Brings a key back from the newest good one of `candidates` (newest first, at least one). The failure of one key is an
 * outcome; fails only with `aborted`, or with `backup-foreign`, which every other key would meet too.
 */
export async function restoreOne(
  deps: RestoreDeps,
  key: string,
  presence: Presence,
  candidates: readonly StoredBackup[],
  signal: AbortSignal,
): Promise<RestoredKey> {
  const startedAt = deps.clock.now();
  const notes: string[] = [];
  try {
    const { outcome, backup } = await bringBack(deps, key, presence, candidates, notes, signal);
    const { record, blob } = backup;
    // A key that was there, or deleted, may have been rotated since its backup; a restored one holds what the backup held.
    const action = outcome === 'restored' ? 'restore' : 'recover';
    const expected = { operation: { action, key }, backup: record } as const;
    const proof = () => verifyRecovered(deps.keys, expected, signal);
    const { versions, verified, warnings } = await withRetries(proof, deps.clock, DEFAULT_RETRY, signal);
    return {
      key,
      outcome,
      blob,
      capturedAt: isoTime(record.capturedAt),
      sha256: record.sha256,
      evidence: deps.evidenceOf(backup),
      versions,
      verified,
      durationMs: deps.clock.now() - startedAt,
      notes: [...notes, ...warnings],
    };
  } catch (error) {
    if (!isWardenError(error) || signal.aborted || error.code === 'backup-foreign') throw error;
    const problem = { code: error.code, message: error.message };
    return { key, outcome: 'failed', durationMs: deps.clock.now() - startedAt, notes, problem };
  }
}

async function bringBack(
  deps: RestoreDeps,
  key: string,
  presence: Presence,
  candidates: readonly StoredBackup[],
  notes: string[],
  signal: AbortSignal,
): Promise<{ outcome: 'restored' | 'recovered' | 'present'; backup: StoredBackup }> {
  const [newest] = candidates;
  if (newest === undefined) throw noGoodBackup(deps.keys.hsm, key);
  if (presence === 'active') return { outcome: 'present', backup: newest };
  if (presence === 'deleted') {
    await paced(deps, () => deps.keys.recoverKey(key, signal), signal);
    return { outcome: 'recovered', backup: newest };
  }
  for (const backup of candidates) {
    const damage = await withRetries(
      () => damageOf(deps.backups, backup, signal),
      deps.clock,
      DEFAULT_RETRY,
      signal,
    );
    if (damage !== undefined) {
      notes.push(`The backup ${backup.blob} was passed over: ${damage}.`);
      continue;
    }
    // What nothing proves does not contradict what a seal proves.
    const isSealed = deps.evidenceOf(backup) === 'sealed';
    const peers = isSealed ? candidates.filter((one) => deps.evidenceOf(one) === 'sealed') : candidates;
    const { contradictions } = judgeCandidate(backup, undefined, peers);
    if (contradictions.length > 0) {
      notes.push(`The backup ${backup.blob} was passed over: ${contradictions.join('; ')}.`);
      continue;
    }
    const bytes = await deps.backups.read(backup.blob, signal);
    const answer = await paced(deps, () => restoreOnce(deps.keys, bytes, signal), signal);
    await requireExpected(deps.keys, key, backup, answer, signal);
    return { outcome: 'restored', backup };
  }
  throw noGoodBackup(deps.keys.hsm, key);
}

/** A try whose answer was lost may have restored the key already: then the name is taken, and the proof decides. */
async function restoreOnce(
  keys: KeyService,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<KeyDetail | undefined> {
  try {
    return await keys.restoreKey(bytes, signal);
  } catch (error) {
    if (!isWardenError(error, 'key-name-conflict')) throw error;
    return undefined;
  }
}

/** Fails with `restored-other-key` when the HSM's own answer to the restore is not the key of the backup's record. */
async function requireExpected(
  keys: KeyService,
  key: string,
  { record }: StoredBackup,
  answer: KeyDetail | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (answer === undefined) return;
  const why = unexpectedIn(answer, key, record.versions);
  if (why === undefined) return;
  throw otherKey(keys.hsm, key, why, await describeReturned(keys, answer.name, answer, signal));
}

function paced<T>(deps: RestoreDeps, attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const once = async () => {
    await deps.pacer.take(signal);
    const result = await attempt();
    deps.pacer.succeeded();
    return result;
  };
  return withRetries(once, deps.clock, DEFAULT_RETRY, signal, (error) => {
    if (isWardenError(error, 'hsm-throttled', 'hsm-unavailable')) deps.pacer.throttled(error.retryAfterMs);
  });
}

function noGoodBackup(hsm: string, key: string): WardenError {
  return new WardenError('nothing-to-restore', {
    message: `There is no good backup of key ${key} to restore on HSM ${hsm}.`,
    advice: 'Look for earlier or pinned backups: hsm-warden backup list --key',
    hsm,
    key,
  });
}
