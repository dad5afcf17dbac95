/** The gate's proof that the audit log is whole. */
import type { Clock } from '../../../core/ports.ts';
import { DAY_MS } from '../../../core/time.ts';
import type { AuditAnchor, AuditStore } from '../../audit/audit-log.ts';
import type { ChainTip } from '../../audit/entry.ts';
import { verifyAudit } from '../../audit/verify-audit.ts';
import type { GateProof } from './gate.ts';

/** The whole log is verified so often; in between, each line written proves the end of the chain. */
const FRESH_MS = DAY_MS;

/** What is known of the log from elsewhere than the log and its anchor. */
export interface AuditMemory {
  /** The farthest end of the chain that this process has written or read. */
  readonly seen: () => ChainTip | undefined;
  readonly hasRequests: () => Promise<boolean>;
}

function fartherOf(a: ChainTip | undefined, b: ChainTip | undefined): ChainTip | undefined {
  return (a?.seq ?? 0) >= (b?.seq ?? 0) ? a : b;
}

/**
 * Verified from end to end at its first use, once a day by each process, and by every full check. With a problem, it is
 * verified each time until it is whole again. `prepare` is awaited before the first read.
 */
export function auditProof(
  store: AuditStore,
  anchor: AuditAnchor,
  clock: Clock,
  prepare: () => Promise<unknown>,
  { seen, hasRequests }: AuditMemory,
): GateProof {
  let provenAt: number | undefined;
  let farthest: ChainTip | undefined;
  return async (full) => {
    if (!full && provenAt !== undefined && clock.now() - provenAt < FRESH_MS) return undefined;
    provenAt = undefined;
    await prepare();
    const known = fartherOf(farthest, seen());
    const { problems, tip } = await verifyAudit(store, anchor, { seen: known, hasRequests });
    const [first] = problems;
    if (first !== undefined) {
      const place = first.part === undefined ? '' : ` (${first.part.day}, line ${first.line})`;
      return `the audit log is not whole: ${first.problem}${place}`;
    }
    farthest = fartherOf(known, tip);
    provenAt = clock.now();
    return undefined;
  };
}
