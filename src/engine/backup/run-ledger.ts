/** Keeps the record of a run: outcomes in memory, saved at checkpoints together with the catalogue. */
import { isWardenError } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import type { Clock, StateAddress, StateStore, StoredBackup } from '../ports.ts';
import type { Turns } from '../turns.ts';
import type { SweepMessage } from './message.ts';
import { countOutcomes, type KeyOutcome, parseRunRecord, type RunRecord } from './run-record.ts';
import { saveBackups } from './save-backups.ts';
import type { SweepDeps } from './sweep-context.ts';

/** What a ledger needs. */
type LedgerDeps = Pick<SweepDeps, 'state' | 'clock' | 'turns'>;

/** The progress of one run. One worker at a time holds it: the lease of the HSM guards it, the ETag proves it. */
export class RunLedger {
  /** True when an earlier worker died at work: backups may exist that no record knows. */
  readonly afterCrash: boolean;
  private record: RunRecord;
  private etag: string | undefined;
  private unsaved: StoredBackup[] = [];
  private saving: Promise<void> = Promise.resolve();
  private savedAt: number;
  private readonly state: StateStore;
  private readonly clock: Clock;
  private readonly turns: Turns;

  private constructor(deps: LedgerDeps, record: RunRecord, etag: string | undefined, afterCrash: boolean) {
    this.state = deps.state;
    this.clock = deps.clock;
    this.turns = deps.turns;
    this.record = record;
    this.etag = etag;
    this.afterCrash = afterCrash;
    this.savedAt = deps.clock.now();
  }

  /** Opens the record of the run that `message` names, or begins it. Fails with `state-corrupt` or a storage code. */
  static async open(deps: LedgerDeps, message: SweepMessage, pace: number): Promise<RunLedger> {
    const { state, clock } = deps;
    const { hsm, runId } = message;
    const document = await state.read({ kind: 'run', hsm, runId });
    if (document === undefined) {
      const fresh = { format: 1, hsm, runId, state: 'running', startedAt: clock.now(), parts: 1 } as const;
      const record = { ...fresh, retries: 0, throttles: 0, pace: { set: pace, last: pace }, keys: {} };
      return new RunLedger(deps, record, undefined, false);
    }
    const record = parseRunRecord(document.text, hsm, runId);
    const next =
      record.endedAt === undefined
        ? { ...record, state: 'running' as const, parts: record.parts + 1 }
        : record;
    return new RunLedger(deps, next, document.etag, record.state === 'running');
  }

  /** The run as known now. */
  get run(): RunRecord {
    return this.record;
  }

  /** What became of a key so far. */
  outcomeOf(key: string): KeyOutcome | undefined {
    return lookUp(this.record.keys, key);
  }

  /** Notes what became of a key, and the backup that was made of it. */
  note(key: string, outcome: KeyOutcome, backup?: StoredBackup): void {
    this.record.keys[key] = outcome;
    if (backup !== undefined) this.unsaved.push(backup);
  }

  /** Counts an attempt that had to be repeated. */
  countRetry(throttled: boolean): void {
    this.record = {
      ...this.record,
      retries: this.record.retries + 1,
      throttles: this.record.throttles + (throttled ? 1 : 0),
    };
  }

  /** Says on disk that work has begun, so that a worker after a crash looks for backups that no record knows. */
  async begin(): Promise<void> {
    await this.turns.take(() => this.save());
  }

  /** Saves the progress when the last time is at least `everyMs` ago. */
  async checkpointIfDue(everyMs: number): Promise<void> {
    if (this.clock.now() - this.savedAt >= everyMs) await this.checkpoint();
  }

  /** Saves the catalogue, then the record: a key counts as done only when its backup is in the catalogue. */
  async checkpoint(): Promise<void> {
    this.savedAt = this.clock.now();
    this.saving = this.saving.catch(() => undefined).then(() => this.turns.take(() => this.save()));
    await this.saving;
  }

  /** The part is over, the run is not. */
  async pause(pace: number): Promise<void> {
    this.record = { ...this.record, state: 'paused', pace: { ...this.record.pace, last: pace } };
    await this.checkpoint();
  }

  /** The run is over. */
  async end(pace: number): Promise<RunRecord> {
    const counts = countOutcomes(this.record.keys);
    const state = counts.failed + counts.refused > 0 ? 'partial' : 'succeeded';
    const ended = {
      state,
      endedAt: this.clock.now(),
      counts,
      pace: { ...this.record.pace, last: pace },
    } as const;
    this.record = { ...this.record, ...ended };
    await this.checkpoint();
    return this.record;
  }

  private async save(): Promise<void> {
    const { hsm, runId } = this.record;
    // What is saved is fixed before the first write; what is noted meanwhile goes whole into the next checkpoint.
    const text = JSON.stringify(this.record);
    const backups = this.unsaved;
    this.unsaved = [];
    try {
      if (backups.length > 0) await saveBackups(this.state, hsm, backups);
    } catch (error) {
      this.unsaved = [...backups, ...this.unsaved];
      throw error;
    }
    this.etag = await this.write({ kind: 'run', hsm, runId }, text);
  }

  /** A conflict with this very text is our own write, repeated by the storage client because its answer was lost. */
  private async write(address: StateAddress, text: string): Promise<string> {
    const guard = this.etag === undefined ? ('absent' as const) : { etag: this.etag };
    try {
      return await this.state.write(address, text, guard);
    } catch (error) {
      if (!isWardenError(error, 'state-conflict')) throw error;
      const found = await this.state.read(address);
      if (found?.text !== text) throw error;
      return found.etag;
    }
  }
}
