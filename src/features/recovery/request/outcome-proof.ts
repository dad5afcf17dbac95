/** How an execution ended, as the worker kept it: a success that only the stored record tells of is none. */
import { canonicalJson } from '../../../core/canonical-json.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { OnceStore } from '../../../core/once-store.ts';
import { wellFormedJson } from '../../../core/well-formed.ts';
import type { DecisionSeals } from '../../audit/line-seals.ts';
import type { RecoveryRecord } from '../model/record.ts';
import { Claims } from './claims.ts';
import type { Logged } from './evidence.ts';

/** Where it is kept. */
export interface KeptDeps {
  readonly once: OnceStore;
  readonly decisions: DecisionSeals | undefined;
}

/** Whether a record says that a key came back. */
export function isDone({ state }: RecoveryRecord): boolean {
  return state === 'succeeded' || state === 'restored-other-key';
}

/**
 * Why nothing but the store says that `record` ended as it says; undefined when the worker kept it so, or, of a time before workers
 * kept it, the audit log says so. May fail with `seal-unavailable` and the storage codes.
 */
export async function outcomeUnproven(
  { once, decisions }: KeptDeps,
  record: RecoveryRecord,
  logged: Logged,
): Promise<string | undefined> {
  if (!isDone(record)) return undefined;
  try {
    const kept = await new Claims(once, decisions).ended(record);
    if (kept === undefined && logged.provenEnd === `recovery-${record.state}`) return undefined;
    if (textOf(kept) === textOf(record.outcome)) return undefined;
    return `no worker has kept that it ended so (${record.state})`;
  } catch (error) {
    if (!isWardenError(error, 'record-unproven')) throw error;
    return error.message.replace(/\.$/, '');
  }
}

/** The same for outcomes that are the same, in whatever order their members stand. */
function textOf(outcome: RecoveryRecord['outcome']): string {
  return outcome === undefined ? '' : canonicalJson(wellFormedJson(outcome));
}
