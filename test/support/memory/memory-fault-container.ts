/** The container of the drills that must fail, in memory. */
import type { Clock } from '../../../src/core/ports.ts';
import type { FaultContainer } from '../../../src/features/drill/ports.ts';
import { throwIfAborted } from './abort.ts';
import { Faults } from './faults.ts';
import { MemoryBackupStore } from './memory-backup-store.ts';

/** A {@link FaultContainer} that lives as long as its object. It remembers what was put there. */
export class MemoryFaultContainer implements FaultContainer {
  readonly faults = new Faults<'clear'>();
  readonly backups: MemoryBackupStore;
  /** Records of everything that was ever put. */
  readonly seen: Parameters<MemoryBackupStore['put']>[0][] = [];

  constructor(clock: Clock) {
    this.backups = new MemoryBackupStore(clock);
    const put = this.backups.put.bind(this.backups);
    this.backups.put = (...given) => {
      this.seen.push(given[0]);
      return put(...given);
    };
  }

  async clear(signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    await this.faults.meet('clear', '');
    for (const blob of this.backups.blobs) {
      this.backups.publicKeys.delete(blob);
      this.backups.forget(blob);
    }
  }
}
