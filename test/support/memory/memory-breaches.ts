/** Findings about the audit log in memory. */
import { Breaches } from '../../../src/features/audit/breaches.ts';
import type { ManualClock } from './manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryOnceStore } from './memory-once-store.ts';

/** The findings of a log of their own, of which nobody has found anything. */
export function memoryBreaches(clock: ManualClock): Breaches {
  return new Breaches({
    once: new MemoryOnceStore(),
    store: new MemoryAuditStore(clock),
    anchor: new MemoryAuditAnchor(),
    decisions: undefined,
    clock,
  });
}
