/** The in-memory adapters keep the contracts that the real ones keep. */

import { describeBackupStore } from '../../contract/backup-store.ts';
import { describeBackupVersions } from '../../contract/backup-versions.ts';
import { describeLeases } from '../../contract/leases.ts';
import { describeStateStore } from '../../contract/state-store.ts';
import { describeWorkQueue } from '../../contract/work-queue.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryBackupStore } from './memory-backup-store.ts';
import { MemoryLeases } from './memory-leases.ts';
import { MemoryStateStore } from './memory-state-store.ts';
import { MemoryWorkQueue } from './memory-work-queue.ts';

describeBackupStore('MemoryBackupStore', async () => ({
  store: new MemoryBackupStore(new ManualClock(), 2),
}));

describeBackupVersions('MemoryBackupStore', async () => {
  const store = new MemoryBackupStore(new ManualClock());
  return { store, overwrite: async (blob, bytes, record) => void store.overwrite(blob, bytes, record) };
});

describeStateStore('MemoryStateStore', async () => ({ store: new MemoryStateStore() }));

describeLeases('MemoryLeases', async () => {
  const leases = new MemoryLeases(new ManualClock());
  return { leases, breakLease: async (name) => leases.breakLease(name) };
});

describeWorkQueue('MemoryWorkQueue', async () => {
  const queue = new MemoryWorkQueue(new ManualClock());
  return { queue, take: async (name) => queue.take(name) };
});
