/** Whatever reads or writes the audit log and finds it broken shuts the gate of its process at once. */
import { isWardenError } from '../../../core/errors.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { Gate } from '../access/gate.ts';
import type { RecoveryEvidence } from './evidence.ts';

type Disarms = Pick<Gate, 'disarm'>;

/** The log, whose `audit-corrupt` disarms the gate before it reaches the caller. */
export function disarmingLog(log: AuditLog, gate: Disarms): AuditLog {
  return {
    note: (event) => disarming(gate, () => log.note(event)),
    decide: (event) => disarming(gate, () => log.decide(event)),
    requireSealing: () => log.requireSealing(),
  };
}

/** As {@link disarmingLog}, of what reads the log. */
export function disarmingEvidence(evidence: RecoveryEvidence, gate: Disarms): RecoveryEvidence {
  return {
    of: (id) => disarming(gate, () => evidence.of(id)),
    all: () => disarming(gate, () => evidence.all()),
  };
}

async function disarming<T>(gate: Disarms, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isWardenError(error, 'audit-corrupt'))
      await gate.disarm(`audit: ${error.message.replace(/\.$/, '')}`);
    throw error;
  }
}
