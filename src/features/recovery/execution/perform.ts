/** Does what was approved: looks again, recovers or restores, waits, verifies, and takes a fresh backup. Safe to kill anywhere. */

import { isWardenError, WardenError } from '../../../core/errors.ts';
import type { Clock, KeyService, Pacer, StoredBackup } from '../../../core/ports.ts';
import { DEFAULT_RETRY, withRetries } from '../../../core/retry.ts';
import { backingUp } from '../../recovery-points/back-up-key.ts';
import { saveBackups } from '../../recovery-points/save-backups.ts';
import { describeReturned, holdsAll, otherKeyOutcome, unexpectedIn } from '../model/other-key.ts';
import type { Outcome, RecoveryRecord } from '../model/record.ts';
import { type AdoptDeps, adopt } from './adopt.ts';
import { bringBack, type Circumstances } from './bring-back.ts';
import { findProof, type Proof } from './proof.ts';
import { type Verification, verifyRecovered } from './verify-recovered.ts';

/** What performing needs. */
export interface PerformDeps extends AdoptDeps {
  readonly keysOf: (hsm: string) => KeyService;
  readonly pacerOf: (hsm: string) => Pacer;
  readonly clock: Clock;
}

/** Recovery points are sealed by the key of the backup app, which this app may not use. */
const NOT_SEALED =
  'The fresh backup is not sealed, so it is no recovery point: the backup app takes one when it hears of the change, at the latest in the next nightly run.';

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

  if (record.operation.action === 'adopt') {
    onStep('adopt');
    return retry(() => adopt(deps, record, signal));
  }
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

/** A key that is not readable yet is waited for: here `key-not-found` may pass. */
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
      known: hsm === target ? proof && { blob: proof.blob, versions: proof.record.versions } : undefined,
      signal,
    };
    const take = backingUp({ keys, backups: deps.backups, pacer, clock: deps.clock }, request);
    const stored = await withRetries(take, deps.clock, DEFAULT_RETRY, signal);
    await saveBackups(deps.store, target, [stored]);
    const isUnsealed = deps.backups.all !== undefined && stored.record.seal === undefined;
    return { stored: { freshBackup: stored.blob }, warnings: isUnsealed ? [NOT_SEALED] : [] };
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
