/** Whether somebody must look at how a request ended: it failed, or what came back is not proven to be what was approved. */
import { DAY_MS } from '../../../core/time.ts';
import type { RecoveryRecord } from './record.ts';

/** So long it is put before people, in milliseconds. */
export const ATTENTION_MS = 7 * DAY_MS;

type Ended = Pick<RecoveryRecord, 'state' | 'operation' | 'outcome'>;

/** Whether a request did all that was approved, and that is proven: of a key that came back, every version was verified. */
export function isProven({ state, operation, outcome }: Ended): boolean {
  if (state !== 'succeeded') return false;
  if (operation.action === 'adopt') return true;
  const { versions = 0, verified = 0 } = outcome ?? {};
  return versions > 0 && verified >= versions;
}

/** Whether people must look at it. That it was rejected, cancelled, or expired is nobody's surprise. */
export function needsAttention(record: Ended): boolean {
  const { state } = record;
  return state === 'failed' || state === 'restored-other-key' || (state === 'succeeded' && !isProven(record));
}
