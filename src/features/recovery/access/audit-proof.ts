/** The gate's proof that the audit log is whole. */
import type { Clock } from '../../../core/ports.ts';
import type { AuditAnchor, AuditStore, SeenTip } from '../../audit/audit-log.ts';
import type { Checkpoints } from '../../audit/checkpoints.ts';
import type { DecisionSeals } from '../../audit/line-seals.ts';
import { firstProblem } from '../../audit/verify-audit.ts';
import { FULL_EVERY_MS, verifyOnward } from '../../audit/verify-onward.ts';
import type { GateProof } from './gate.ts';

/** What is known of the log from elsewhere than the log and its anchor. */
export interface AuditMemory {
  /** The farthest end of the chain that this process has written or read. */
  readonly seen: () => SeenTip | undefined;
  readonly hasRequests: () => Promise<boolean>;
  /** Where decisions are sealed. */
  readonly seals?: Pick<DecisionSeals, 'judge'> | undefined;
  /** Where decisions are sealed: what was found whole before. */
  readonly checkpoints?: Pick<Checkpoints, 'last' | 'keep'> | undefined;
}

/** Of two segments the one that is farther on is the later one: a segment begins behind the end of the one before. */
function fartherOf(a: SeenTip | undefined, b: SeenTip | undefined): SeenTip | undefined {
  return (a?.seq ?? 0) >= (b?.seq ?? 0) ? a : b;
}

/**
 * Verified from end to end once a day by each process, and by every full check. A process that begins goes on from the last sealed
 * checkpoint, where one of the last day is kept, until a day after that; without one it reads all of the log at its first use. With a
 * problem, all is verified each time until it is whole again. `prepare` is awaited before the first read.
 */
export function auditProof(
  store: AuditStore,
  anchor: AuditAnchor,
  clock: Clock,
  prepare: () => Promise<unknown>,
  { seen, hasRequests, seals, checkpoints }: AuditMemory,
): GateProof {
  let provenAt: number | undefined;
  let farthest: SeenTip | undefined;
  let isFirst = true;
  return async (full) => {
    const now = clock.now();
    if (!full && provenAt !== undefined && now - provenAt < FULL_EVERY_MS) return undefined;
    provenAt = undefined;
    await prepare();
    const known = fartherOf(farthest, seen());
    const deps = { store, anchor, clock, seen: known, hasRequests, seals, checkpoints };
    const { verdict, complete, checkpoint, from } = await verifyOnward(deps, full || !isFirst);
    isFirst = false;
    const problem = firstProblem(verdict);
    if (problem !== undefined) return problem;
    const { tip } = verdict;
    const segment = (await anchor.read())?.segment?.name;
    farthest = known?.segment === segment ? fartherOf(known, { ...tip, segment }) : { ...tip, segment };
    provenAt = from?.at ?? now;
    if (from === undefined && complete !== undefined) await checkpoints?.keep(complete, checkpoint);
    return undefined;
  };
}
