/** Does what was approved: looks again, recovers or restores, waits, verifies, and takes a fresh backup. Safe to kill anywhere. */

import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError, WardenError } from '../../../core/errors.ts';
import type { KeyDetail } from '../../../core/model/key.ts';
import type { BackupStore, Clock, KeyService, Pacer, StoredBackup } from '../../../core/ports.ts';
import { DEFAULT_RETRY, withRetries } from '../../../core/retry.ts';
import { backUpKey } from '../../recovery-points/back-up-key.ts';
import { saveBackups } from '../../recovery-points/save-backups.ts';
import { failure } from '../model/failure.ts';
import { describeReturned, holdsAll, otherKeyOutcome, unexpectedIn } from '../model/other-key.ts';
import type { Outcome, RecoveryRecord } from '../model/record.ts';
import { readKeyState } from '../planning/key-state.ts';
import { requireFit, requireTime } from '../planning/require-fit.ts';
import { findProof, type Proof } from './proof.ts';
import { type Verification, verifyRecovered } from './verify-recovered.ts';

/** What performing needs. */
export interface PerformDeps {
  readonly keysOf: (hsm: string) => KeyService;
  readonly pacerOf: (hsm: string) => Pacer;
  readonly backups: BackupStore;
  readonly store: DocumentStore;
  readonly clock: Clock;
}

/** The circumstances of one execution. Times are epoch milliseconds. */
export interface Circumstances {
  /** Whether an earlier execution of this request may have acted already. */
  readonly resumed: boolean;
  /** Nothing is begun at or after this time: the claim may lapse. */
  readonly actBefore: number;
  readonly signal: AbortSignal;
  /** Told as each step begins. */
  readonly onStep: (step: string) => void;
}

/** The key is readable at once after both operations; these waits are for a service that is slower than recorded. */
const READ_BACK = { attempts: 8, firstDelayMs: 250, maxDelayMs: 4_000 };

/**
 * Performs `record`'s operation. A restore that brought back another key than the approved one is an outcome of its own:
 * nothing may be done with that key. Fails with the codes of pre-flight, `recovered-mismatch`, `backup-damaged`,
 * `recovery-expired`, and those of the ports. Doing it again after a crash converges: the key is brought back once.
 */
export async function perform(
  deps: PerformDeps,
  record: RecoveryRecord,
  circumstances: Circumstances,
): Promise<Outcome> {
  const { signal, onStep } = circumstances;
  const keys = deps.keysOf(record.operation.target);
  const retry = <T>(attempt: () => Promise<T>, policy = DEFAULT_RETRY) =>
    withRetries(attempt, deps.clock, policy, signal);

  onStep('pre-flight');
  const proof = await findProof(deps, record, signal);
  const { action, key } = record.operation;
  onStep(action);
  const back = await retry(bringBack(deps, record, keys, circumstances, proof?.bytes));
  if ('lostTo' in back) return otherKeyOutcome(record, action, back.lostTo, undefined);
  const { warnings, answer } = back;
  const unexpected =
    answer === undefined ? undefined : unexpectedIn(answer, key, proof?.stored.record.versions ?? []);
  if (answer !== undefined && unexpected !== undefined) {
    const returned = await describeReturned(keys, answer.name, answer, signal);
    return otherKeyOutcome(record, action, unexpected, returned);
  }
  onStep('read-back');
  await retry(() => readBack(keys, record, signal), READ_BACK);
  onStep('verify');
  const verification = await retry(() => verify(keys, proof, record, signal)).catch(
    async (error: unknown) => {
      if (!isWardenError(error, 'recovered-mismatch') || action !== 'restore' || !back.ours) throw error;
      const returned = await describeReturned(keys, key, answer, signal);
      if (holdsAll(returned, proof?.stored.record.versions ?? [])) throw error;
      return otherKeyOutcome(record, 'verify', error.message.replace(/\.$/, ''), returned);
    },
  );
  if ('result' in verification) return verification;
  onStep('fresh-backup');
  const backup = await freshBackup(deps, record, keys, proof?.stored, signal);
  return {
    result: 'succeeded',
    step: 'done',
    message: `Key ${key} is active on HSM ${keys.hsm} (${pastTense(record)}).`,
    versions: verification.versions,
    verified: verification.verified,
    ...backup.stored,
    warnings: [...warnings, ...verification.warnings, ...backup.warnings],
  };
}

/** How the key came to be active. */
interface BroughtBack {
  readonly warnings: readonly string[];
  /** Whether a call of this request brought it back, or may have: then what is there now is this request's doing. */
  readonly ours: boolean;
  /** What the HSM answered to a restore. */
  readonly answer?: KeyDetail;
}

/** A restore whose answer was lost, after which the approved key is not there although the HSM finds its name taken. */
interface Lost {
  readonly lostTo: string;
}

/** One attempt to bring the key back; repeated, it first looks at what the attempt before has done. */
function bringBack(
  deps: PerformDeps,
  record: RecoveryRecord,
  keys: KeyService,
  { resumed, actBefore, signal }: Circumstances,
  bytes: Uint8Array | undefined,
): () => Promise<BroughtBack | Lost> {
  const { action, key } = record.operation;
  let mayHaveActed = resumed;
  return async () => {
    const acted = mayHaveActed;
    const found = await readKeyState(keys, key, signal);
    if (found.state === 'active') {
      if (acted) {
        return {
          warnings: resumed ? ['The key was found active when the execution was resumed.'] : [],
          ours: true,
        };
      }
      throw failure(record, 'key-active', 'the key is active already', 'Nothing has to be recovered.');
    }
    requireFit(record, found);
    requireTime(deps.clock.now(), record, actBefore);
    mayHaveActed = true;
    try {
      if (action === 'recover') await keys.recoverKey(key, signal);
      else if (bytes !== undefined) {
        return { warnings: [], ours: true, answer: await keys.restoreKey(bytes, signal) };
      }
    } catch (error) {
      // Somebody, perhaps an earlier self, was faster: what is there now is verified, not trusted.
      if (!isWardenError(error, 'key-name-conflict', 'key-not-found')) throw error;
      const { state } = await readKeyState(keys, key, signal);
      if (state === 'active') {
        return { warnings: ['The key came back at the same moment by another hand.'], ours: acted };
      }
      if (error.code !== 'key-name-conflict' || state !== 'gone') throw error;
      const why = `the HSM finds the name inside the backup taken, though it has no key ${key}`;
      if (acted) return { lostTo: `the answer to a restore was lost, and ${why}` };
      throw failure(
        record,
        'key-name-conflict',
        why,
        'The backup may hold another key than its record says. If the key was purged a moment ago, make a new request; otherwise restore another backup.',
      );
    }
    return { warnings: [], ours: true };
  };
}

/** A key that is not readable yet is waited for: here `key-not-found` may pass by itself. */
async function readBack(keys: KeyService, record: RecoveryRecord, signal: AbortSignal): Promise<void> {
  try {
    await keys.getKey(record.operation.key, undefined, signal);
  } catch (cause) {
    if (!isWardenError(cause, 'key-not-found')) throw cause;
    throw new WardenError('hsm-busy', {
      message: `Key ${record.operation.key} is not readable on HSM ${keys.hsm} yet.`,
      hsm: keys.hsm,
      key: record.operation.key,
      cause,
    });
  }
}

async function verify(
  keys: KeyService,
  proof: Proof | undefined,
  record: RecoveryRecord,
  signal: AbortSignal,
): Promise<Verification> {
  const { operation, seen } = record;
  const expectation = { operation, seen, backup: proof?.stored.record, confirmed: proof?.expected };
  return verifyRecovered(keys, expectation, signal);
}

/** The key is back; a backup that fails now is a warning, and the next sweep's first work. */
async function freshBackup(
  deps: PerformDeps,
  record: RecoveryRecord,
  keys: KeyService,
  proof: StoredBackup | undefined,
  signal: AbortSignal,
) {
  const { key, hsm, target } = record.operation;
  const pacer = deps.pacerOf(target);
  try {
    const detail = await keys.getKey(key, undefined, signal);
    const request = {
      key: { name: detail.name, attributes: detail.attributes, tags: detail.tags, managed: false },
      runId: `recovery-${record.id}`,
      known: hsm === target ? (proof?.record.versions ?? []) : [],
      signal,
    };
    const take = () => backUpKey({ keys, backups: deps.backups, pacer, clock: deps.clock }, request);
    const stored = await withRetries(take, deps.clock, DEFAULT_RETRY, signal);
    await saveBackups(deps.store, target, [stored]);
    return { stored: { freshBackup: stored.blob }, warnings: [] };
  } catch (error) {
    if (!isWardenError(error) || error.code === 'aborted' || signal.aborted) throw error;
    return { stored: {}, warnings: [`No fresh backup could be taken (${error.code}): ${error.message}`] };
  }
}

function pastTense({ operation }: RecoveryRecord): string {
  return operation.action === 'recover'
    ? 'recovered'
    : `restored from ${operation.backup?.blob ?? 'a backup'}`;
}
