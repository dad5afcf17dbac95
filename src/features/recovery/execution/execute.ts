/** The worker: claims an approved request, performs it, and writes how it ended. Whoever else comes by finds it taken. */

import { definedOnly } from '../../../core/defined-only.ts';
import { isWardenError, type WardenError } from '../../../core/errors.ts';
import { readMessage } from '../../../core/queue.ts';
import { HSM_CALL_LIMIT_MS, MINUTE_MS } from '../../../core/time.ts';
import { MOST_ATTEMPTS } from '../model/execution.ts';
import { RECOVERIES } from '../model/message.ts';
import { ruleFor } from '../model/policy.ts';
import type { ChangedRecord } from '../model/ports.ts';
import { isClosed, type Outcome, type RecoveryRecord } from '../model/record.ts';
import { type Claimed as ClaimedBefore, Claims } from '../request/claims.ts';
import { unprovenIn } from '../request/evidence.ts';
import { publishFacts } from '../request/publish-facts.ts';
import type { RecoveriesDeps } from '../request/recoveries.ts';
import { changeRecovery, readRecovery } from '../request/recovery-log.ts';
import { refresh } from '../request/refresh.ts';
import { changedMeanwhile, recordUnproven, refuseUnproven } from '../request/refuse-unproven.ts';
import { isApproved, WARDEN } from '../request/state-machine.ts';
import type { Circumstances } from './bring-back.ts';
import { type PerformDeps, perform } from './perform.ts';
import { command, giveUp, isNoFailure, postpone, putBack, STOP_DELAY_SECONDS } from './put-back.ts';

/** What the worker needs. */
export type ExecuteDeps = RecoveriesDeps & PerformDeps;

/** How a message was dealt with. */
export type ExecuteResult = 'ended' | 'yielded' | 'nothing-to-do';

/** Nothing is begun in the last part of a claim: a call to the HSM may take so long, and the clocks of two workers differ. */
export const MARGIN_MS = HSM_CALL_LIMIT_MS + MINUTE_MS;
/** A dead worker's claim lapses after this. It has a minute and a half in which to begin. */
export const CLAIM_MS = MARGIN_MS + 90_000;

/**
 * Deals with one message. What cannot be done now is put back in the queue; an error that escapes brings the message back
 * too. `worker` names this execution, never two alike. Fails with `message-invalid`, `state-corrupt`, or storage codes.
 */
export async function executeRecovery(
  deps: ExecuteDeps,
  message: unknown,
  worker: string,
  signal: AbortSignal,
): Promise<ExecuteResult> {
  const { id } = readMessage(RECOVERIES, message);
  const held = await refresh(deps, id);
  if (isClosed(held.record)) return 'nothing-to-do';
  let proven: Awaited<ReturnType<typeof proveRecord>>;
  try {
    await deps.gate.pass();
    proven = await proveRecord(deps, held.record);
    // What is begun and cannot be sealed would have to be given up.
    if (!('unproven' in proven)) await deps.audit.requireSealing();
  } catch (error) {
    if (!isWardenError(error, 'gate-disarmed', 'audit-corrupt', 'seal-unavailable')) throw error;
    return postpone(deps, held, error);
  }
  if ('unproven' in proven) {
    // Another worker may have claimed it between the two reads: the log knows of that, and the record read before it does not.
    const { etag } = await readRecovery(deps.store, id);
    if (etag !== held.etag) return putBack(deps, id, STOP_DELAY_SECONDS, changedMeanwhile(id));
    await refuseUnproven(deps, held, proven.unproven);
    return 'ended';
  }
  const claim = await tryClaim(deps, id, worker);
  return 'claimed' in claim
    ? executeClaimed(deps, { ...claim.claimed, before: proven.before }, worker, signal)
    : claim.instead;
}

/** What was claimed for the record before, or why the log and the write-once claim do not bear it out. */
async function proveRecord(
  deps: ExecuteDeps,
  record: RecoveryRecord,
): Promise<{ readonly before: ClaimedBefore } | { readonly unproven: string }> {
  const logged = await deps.evidence.of(record.id);
  const unproven = unprovenIn(record, logged);
  if (unproven !== undefined) return { unproven };
  try {
    const before = await new Claims(deps.once).of(record);
    return before.begun && !logged.provenBegun ? { unproven: ROLLED_BACK } : { before };
  } catch (error) {
    if (!isWardenError(error, 'record-unproven')) throw error;
    return { unproven: error.message.replace(/\.$/, '') };
  }
}

const ROLLED_BACK =
  'a write-once claim says that its execution has begun, and the audit log does not: state and log were rolled back';

interface Claimed {
  readonly held: ChangedRecord;
  readonly until: number;
  /** What was claimed in the write-once store before. */
  readonly before: ClaimedBefore;
}

/** The claim, or how the message was dealt with instead. */
type Claim = { readonly claimed: Omit<Claimed, 'before'> } | { readonly instead: ExecuteResult };

async function tryClaim(deps: ExecuteDeps, id: string, worker: string): Promise<Claim> {
  const until = deps.clock.now() + CLAIM_MS;
  try {
    const held = await changeRecovery(deps.store, id, command(deps, { type: 'claim', worker, until }));
    return { claimed: { held, until } };
  } catch (error) {
    if (isWardenError(error, 'recovery-claimed')) {
      return { instead: await putBack(deps, id, CLAIM_MS / 1000, error) };
    }
    if (!isWardenError(error, 'recovery-not-open', 'recovery-expired', 'approvals-incomplete')) throw error;
    // A request that is no longer what was approved is somebody's doing, or a stricter policy: it must be seen.
    if (error.code === 'approvals-incomplete') {
      await deps.audit.note({
        event: 'recovery-refused',
        actor: WARDEN,
        decision: 'refused',
        recoveryId: id,
        code: error.code,
        detail: error.message,
      });
    }
    deps.logger.warn('a recovery was not executed', {
      recoveryId: id,
      code: error.code,
      reason: error.message,
    });
    return { instead: 'nothing-to-do' };
  }
}

async function executeClaimed(
  deps: ExecuteDeps,
  claimed: Claimed,
  worker: string,
  signal: AbortSignal,
): Promise<ExecuteResult> {
  const { id } = claimed.held.record;
  const claims = new Claims(deps.once, deps.decisions);
  let step = 'audit';
  const circumstances: Circumstances = {
    asked: claimed.before.asked,
    acted: claimed.before.acted,
    onAsk: () => claims.ask(claimed.held.record),
    onActed: (answer) => claims.act(claimed.held.record, answer),
    actBefore: claimed.until - MARGIN_MS,
    signal,
    onStep: (next) => {
      step = next;
    },
  };
  let outcome: Outcome;
  try {
    // Before anything happens to the key, that it is about to happen is in the audit log.
    const { record } = await publishFacts(deps, claimed.held);
    // What was written since it was claimed is judged, too: only the very record that is proven is performed.
    const unproven = unprovenIn(record, await deps.evidence.of(id)) ?? incompleteIn(deps, record);
    if (unproven !== undefined) throw recordUnproven(record, unproven);
    // After the log has it, and before anything happens to the key: what is claimed once cannot be claimed again.
    if (!claimed.before.begun && !(await claims.begin(record, worker))) {
      throw recordUnproven(record, ROLLED_BACK);
    }
    // A rule outside the apps compares what the HSM says it brought back with these lines.
    const { action, target, key } = record.operation;
    deps.logger.info('recovery claimed', { recoveryId: id, action, hsm: target, key });
    outcome = await perform(deps, record, circumstances);
  } catch (error) {
    if (!isWardenError(error)) throw error;
    const isLast = claimed.held.record.giveUps + 1 >= MOST_ATTEMPTS;
    if (isNoFailure(error) || (error.transient && !isLast)) {
      return giveUp(deps, id, worker, error);
    }
    outcome = failed(step, error);
  }
  // Kept where no app can change it before the store has it: what the store says alone is reported to nobody.
  let kept: Outcome;
  try {
    kept = await claims.end(claimed.held.record, outcome);
  } catch (error) {
    // It is done, and no later worker does it again: it is said to be done once that can be sealed.
    if (isWardenError(error, 'seal-unavailable')) return giveUp(deps, id, worker, error);
    if (!isWardenError(error, 'record-unproven')) throw error;
    kept = outcome;
  }
  const ended = await changeRecovery(
    deps.store,
    id,
    command(deps, { type: 'finish', worker, outcome: kept }),
  );
  await publishFacts(deps, ended);
  deps.logger.info('recovery ended', {
    recoveryId: id,
    result: outcome.result,
    step: outcome.step,
    code: outcome.code,
  });
  return 'ended';
}

function incompleteIn(deps: ExecuteDeps, record: RecoveryRecord): string | undefined {
  const required = ruleFor(deps.policy, record.operation.key);
  return isApproved(record, required) ? undefined : 'its approvals do not meet the policy';
}

function failed(step: string, error: WardenError): Outcome {
  return {
    result: 'failed',
    step,
    code: error.code,
    message: error.message,
    ...definedOnly({ advice: error.advice }),
    warnings: [],
  };
}
