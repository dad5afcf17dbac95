/** Verifies the audit log from where it was last found whole, or in full. */
import type { Clock } from '../../core/ports.ts';
import { DAY_MS, isoTime } from '../../core/time.ts';
import type { AuditAnchor, AuditStore } from './audit-log.ts';
import type { Checkpoint, Checkpoints } from './checkpoints.ts';
import { type AuditVerdict, type KnownOfAudit, type Verified, verifyLog } from './verify-audit.ts';

/** All of the log is read so often, whatever is said beside it. */
export const FULL_EVERY_MS = DAY_MS;

/** What is known, and the checkpoints, where decisions are sealed. */
export interface OnwardDeps extends Omit<KnownOfAudit, 'checkpoint' | 'isOnward'> {
  readonly store: AuditStore;
  readonly anchor: Pick<AuditAnchor, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly checkpoints?: Pick<Checkpoints, 'last'> | undefined;
}

/** What was verified, and by which checkpoint. */
export interface VerifiedOnward extends Verified {
  readonly checkpoint: Checkpoint | undefined;
}

/**
 * Goes on from the last checkpoint with a good seal, where it is younger than a day and `full` is false; else all is read, and must hold
 * the line of the checkpoint. The verdict says which it was. May fail with `seal-unavailable` and the storage codes.
 */
export async function verifyOnward(deps: OnwardDeps, full: boolean): Promise<VerifiedOnward> {
  const { store, anchor, clock, checkpoints, ...known } = deps;
  const now = clock.now();
  const checkpoint = await checkpoints?.last((await anchor.read())?.segment?.name);
  // By a clock that was ahead it would be fresh for longer than a day.
  const isFresh = checkpoint !== undefined && checkpoint.at <= now && now - checkpoint.at < FULL_EVERY_MS;
  const isOnward = isFresh && !full;
  const { verdict, complete, from } = await verifyLog(store, anchor, { ...known, checkpoint, isOnward });
  return { verdict: { ...verdict, ...fromOf(from) }, complete, from, checkpoint };
}

function fromOf(from: Checkpoint | undefined): Pick<AuditVerdict, 'from'> {
  return from === undefined ? {} : { from: { seq: from.tip.seq, at: isoTime(from.at) } };
}
