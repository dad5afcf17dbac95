/** The in-memory adapters keep the contracts that the real ones keep. */

import { WardenError } from '../../../src/core/errors.ts';
import { describeBackupStore } from '../../contract/backup-store.ts';
import { describeBackupVersions } from '../../contract/backup-versions.ts';
import { describeDocumentStore } from '../../contract/document-store.ts';
import { describeFaultContainer } from '../../contract/fault-container.ts';
import { describeLeases } from '../../contract/leases.ts';
import { describeSealer } from '../../contract/sealer.ts';
import { describeWorkQueue } from '../../contract/work-queue.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryBackupStore } from './memory-backup-store.ts';
import { MemoryDocumentStore } from './memory-document-store.ts';
import { MemoryFaultContainer } from './memory-fault-container.ts';
import { MemoryLeases } from './memory-leases.ts';
import { MemorySealer } from './memory-sealer.ts';
import { MemoryWorkQueue } from './memory-work-queue.ts';

describeBackupStore('MemoryBackupStore', async () => ({
  store: new MemoryBackupStore(new ManualClock(), 2),
}));

describeBackupVersions('MemoryBackupStore', async () => {
  const store = new MemoryBackupStore(new ManualClock());
  return { store, overwrite: async (blob, bytes, record) => void store.overwrite(blob, bytes, record) };
});

describeFaultContainer('MemoryFaultContainer', async () => new MemoryFaultContainer(new ManualClock()));

describeDocumentStore('MemoryDocumentStore', async () => ({ store: new MemoryDocumentStore() }));

describeLeases('MemoryLeases', async () => {
  const leases = new MemoryLeases(new ManualClock());
  return { leases, breakLease: async (name) => leases.breakLease(name) };
});

describeWorkQueue('MemoryWorkQueue', async () => {
  const queue = new MemoryWorkQueue(new ManualClock());
  return { queue, take: async (name) => queue.take(name) };
});

describeSealer('MemorySealer', async () => {
  const sealer = new MemorySealer(new ManualClock());
  const misplaced = new MemorySealer(new ManualClock());
  misplaced.usePins({ deployment: 'test', keys: [{ ...misplaced.pin, app: 'recovery' }] });
  const broken = new WardenError('seal-unavailable', { message: 'planted' });
  return {
    sealer,
    misplaced,
    pinned: sealer.pinned,
    breakKey: async () => sealer.faults.fail('seal', broken, { times: Number.POSITIVE_INFINITY }),
  };
});
