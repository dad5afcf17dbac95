/** The recovery's in-memory adapters keep the contracts of their ports. */

import { describeAuditStore } from '../../contract/audit-store.ts';
import { describeRecoveryStore } from '../../contract/recovery-store.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryRecoveryStore } from './memory-recovery-store.ts';

describeRecoveryStore('in memory', async () => ({ store: new MemoryRecoveryStore() }));
describeAuditStore('in memory', async () => ({ store: new MemoryAuditStore(new ManualClock()) }));
