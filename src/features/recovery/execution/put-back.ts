/** What cannot be done now comes back later, and people see why it waits. */
import type { WardenError } from '../../../core/errors.ts';
import { isMessageToCome } from '../model/execution.ts';
import { RECOVERIES, type RecoveryMessage } from '../model/message.ts';
import { ruleFor } from '../model/policy.ts';
import type { HeldRecord } from '../model/ports.ts';
import type { RecoveriesDeps } from '../request/recoveries.ts';
import { changeRecovery } from '../request/recovery-log.ts';
import { applyCommand, type Command } from '../request/state-machine.ts';

const RETRY_SECONDS = 30;
/** Nothing is executed while the gate is disarmed or nothing can be sealed. */
const BLOCKED_SECONDS = 60;
/** The rest of a stopped execution is not for the process that stops. */
export const STOP_DELAY_SECONDS = 5;

/** What putting back needs. */
export type PutBackDeps = Pick<RecoveriesDeps, 'clock' | 'logger' | 'policy' | 'queue' | 'store'>;

/** Lets go of the claim, so that another attempt need not wait for it to lapse. May fail with the storage codes. */
export async function giveUp(
  deps: PutBackDeps,
  id: string,
  worker: string,
  error: WardenError,
): Promise<'yielded'> {
  const seconds = error.code === 'app-stopping' ? STOP_DELAY_SECONDS : RETRY_SECONDS;
  const why = whyIn(deps, error, seconds);
  const next = { type: 'give-up', worker, stopped: isNoFailure(error), why } as const;
  await changeRecovery(deps.store, id, command(deps, next));
  return putBack(deps, id, seconds, error);
}

/**
 * Leaves for later what cannot be begun. A copy of a message that was put back already is not put back beside it: should that one
 * be lost, the reconcile timer sends another. May fail with the storage codes.
 */
export async function postpone(
  deps: PutBackDeps,
  { record }: HeldRecord,
  error: WardenError,
): Promise<'yielded'> {
  const { id } = record;
  if (isMessageToCome(record, deps.clock.now())) return 'yielded';
  const why = whyIn(deps, error, BLOCKED_SECONDS);
  await changeRecovery(deps.store, id, command(deps, { type: 'wait', why }));
  return putBack(deps, id, BLOCKED_SECONDS, error);
}

/** Puts the message in the queue again, to be seen in so many seconds. May fail with the storage codes. */
export async function putBack(
  deps: PutBackDeps,
  id: string,
  seconds: number,
  error: WardenError,
): Promise<'yielded'> {
  const message: RecoveryMessage = { kind: 'recovery', id };
  await deps.queue.send(RECOVERIES, message, seconds);
  deps.logger.warn('recovery put back', { recoveryId: id, seconds, code: error.code, reason: error.message });
  return 'yielded';
}

/** Whether the request itself has not failed: the app stops, or cannot seal now. */
export function isNoFailure({ code }: WardenError): boolean {
  return code === 'app-stopping' || code === 'seal-unavailable';
}

/** `next` as a change of the stored request. */
export function command(deps: Pick<PutBackDeps, 'clock' | 'policy'>, next: Command) {
  return (record: HeldRecord['record']) =>
    applyCommand(record, next, deps.clock.now(), ruleFor(deps.policy, record.operation.key));
}

function whyIn({ clock }: PutBackDeps, { code, message }: WardenError, seconds: number) {
  return { code, message, nextAt: clock.now() + seconds * 1000 };
}
