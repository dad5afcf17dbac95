/** Ends a stored request that the audit log does not bear out, and raises the alarm: somebody else wrote it. */
import { definedOnly } from '../../../core/defined-only.ts';
import { WardenError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import type { HeldRecord } from '../model/ports.ts';
import { isClosed, type Outcome, type RecoveryRecord } from '../model/record.ts';
import type { RecoveryEvidence } from './evidence.ts';
import { type PublishDeps, publishFacts } from './publish-facts.ts';
import { changeRecovery } from './recovery-log.ts';
import { WARDEN } from './state-machine.ts';

/** What refusing needs. */
export interface RefuseDeps extends PublishDeps {
  readonly clock: Clock;
  readonly evidence: RecoveryEvidence;
}

/** The error of a record that the log does not bear out; `why` completes the sentence. */
export function recordUnproven({ id, operation }: RecoveryRecord, why: string): WardenError {
  return new WardenError('record-unproven', {
    message: `Nothing was done for recovery ${id} (key ${operation.key}, HSM ${operation.target}): ${why}.`,
    advice:
      'Somebody else than the recovery app wrote the stored request. Find out who can write the state container, compare the audit log with your copies of it, and make a new request if the key is needed.',
    hsm: operation.target,
    key: operation.key,
  });
}

/** The error of a record that was written after it was read and before it was judged. */
export function changedMeanwhile(id: string): WardenError {
  return new WardenError('recovery-claimed', {
    message: `Recovery ${id} was changed while the audit log was read.`,
    advice: 'It is judged again.',
  });
}

/**
 * Notes the refusal, ends the request as failed with `record-unproven`, and reports it at the highest severity. A request that
 * has ended stays as it is; it is noted only. Fails with `audit-corrupt` or a storage code.
 */
export async function refuseUnproven(deps: RefuseDeps, held: HeldRecord, why: string): Promise<HeldRecord> {
  const { id } = held.record;
  const error = recordUnproven(held.record, why);
  deps.logger.error('a stored recovery is not borne out by the audit log', { recoveryId: id, reason: why });
  if (isClosed(held.record)) return held;
  await deps.audit.note({
    event: 'recovery-refused',
    actor: WARDEN,
    decision: 'refused',
    recoveryId: id,
    code: error.code,
    detail: error.message,
  });
  const { lines } = await deps.evidence.of(id);
  const closed = await changeRecovery(deps.store, id, (record) =>
    isClosed(record) ? record : close(record, error, lines, deps.clock.now()),
  );
  // What was pending before is dropped, so nobody else is about to publish.
  return publishFacts(deps, { ...closed, pendingBefore: [] });
}

/** Its own pending facts are dropped: they are nobody's word. The number of the new one was never used before. */
function close(record: RecoveryRecord, error: WardenError, lines: number, now: number): RecoveryRecord {
  const { claim: _, ...rest } = record;
  const outcome: Outcome = {
    result: 'failed',
    step: 'evidence',
    code: error.code,
    message: error.message,
    ...definedOnly({ advice: error.advice }),
    warnings: [],
  };
  const n = Math.max(record.facts, lines) + 1;
  const fact = { n, kind: 'failed' as const, at: now, by: WARDEN, detail: error.message };
  return { ...rest, state: 'failed', outcome, endedAt: now, facts: n, audited: n - 1, untold: [fact] };
}
