/** An audit log of five days with its checkpoints, and the processes that begin to prove it. */
import { ChainedAuditLog } from '../../src/features/audit/audit-log.ts';
import { Checkpoints } from '../../src/features/audit/checkpoints.ts';
import { auditProof } from '../../src/features/recovery/access/audit-proof.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from './memory/memory-audit-store.ts';
import { MemoryOnceStore } from './memory/memory-once-store.ts';
import { MemorySealer } from './memory/memory-sealer.ts';
import { RecordingLogger } from './memory/recording-logger.ts';
import { DAY_MS, person } from './recovery-builders.ts';

const EVENT = { event: 'recovery-requested', actor: person('alice'), decision: 'allowed' } as const;
/** Days that the log has. */
export const DAYS = 5;

/** The log, what is beside it, and a clock under the test's control. */
export class CheckpointedLog {
  readonly clock = new ManualClock({ now: Date.UTC(2026, 0, 1, 12), autoAdvance: true });
  readonly store = new MemoryAuditStore(this.clock);
  readonly anchor = new MemoryAuditAnchor();
  readonly once = new MemoryOnceStore();
  readonly sealer = new MemorySealer(this.clock, 'recovery');
  readonly logger = new RecordingLogger();

  /** One with a line a day. */
  static async ofDays(): Promise<CheckpointedLog> {
    const log = new CheckpointedLog();
    for (let day = 0; day < DAYS; day += 1) {
      if (day > 0) await log.clock.advance(DAY_MS);
      await log.write();
    }
    return log;
  }

  get checkpoints(): Checkpoints {
    const { once, sealer, clock, logger } = this;
    return new Checkpoints({ once, decisions: sealer.decisions, clock, logger });
  }

  get checkpointNames(): readonly string[] {
    return [...this.once.texts.keys()].filter((name) => name.startsWith('checkpoints/'));
  }

  /** What a process that begins now proves of the log. */
  process() {
    const { store, anchor, clock, sealer, checkpoints } = this;
    const memory = {
      seen: () => undefined,
      hasRequests: async () => true,
      seals: sealer.decisions,
      checkpoints,
    };
    return auditProof(store, anchor, clock, async () => undefined, memory);
  }

  async write(): Promise<void> {
    await new ChainedAuditLog(this.store, this.anchor, this.clock, this.sealer.decisions).decide(EVENT);
  }

  /** Puts blobs that say `text` before all checkpoints that are kept: their names are later ones. */
  plantLater(count: number, text = '{}'): void {
    for (let n = 1; n <= count; n += 1) {
      this.once.texts.set(`checkpoints/first/${String(this.clock.now() + n).padStart(16, '0')}.json`, text);
    }
  }

  /** How many parts are read by `proving`. */
  async readsOf(proving: () => Promise<string | undefined>) {
    let reads = 0;
    this.store.faults.plant({
      operation: 'read',
      times: 1_000,
      act: () => {
        reads += 1;
      },
    });
    const problem = await proving();
    this.store.faults.clear();
    return { reads, problem };
  }

  /** Changes a line of the first day and nothing else: only reading it shows that. */
  changeOldLine(): void {
    const [first] = this.store.contents;
    if (first !== undefined) first.text = first.text.replace('alice', 'mallory');
  }
}
