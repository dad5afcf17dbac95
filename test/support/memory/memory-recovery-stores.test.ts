/** The in-memory audit log keeps the contract of its port. */

import { describeAuditStore } from '../../contract/audit-store.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';

describeAuditStore('in memory', async () => ({ store: new MemoryAuditStore(new ManualClock()) }));
