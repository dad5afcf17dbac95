/** The in-memory audit log and write-once texts keep the contracts of their ports. */

import { describeAuditStore } from '../../contract/audit-store.ts';
import { describeOnceStore } from '../../contract/once-store.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryOnceStore } from './memory-once-store.ts';

describeAuditStore('in memory', async () => ({ store: new MemoryAuditStore(new ManualClock()) }));
describeOnceStore('in memory', async () => new MemoryOnceStore());
