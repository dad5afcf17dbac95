/** The recovery's in-memory adapters keep the contracts of their ports. */
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { MemoryAuditStore } from '../../../src/adapters/memory/memory-audit-store.ts';
import { MemoryRecoveryStore } from '../../../src/adapters/memory/memory-recovery-store.ts';
import { describeAuditStore } from '../../contract/audit-store.ts';
import { describeRecoveryStore } from '../../contract/recovery-store.ts';

describeRecoveryStore('in memory', async () => ({ store: new MemoryRecoveryStore() }));
describeAuditStore('in memory', async () => ({ store: new MemoryAuditStore(new ManualClock()) }));
