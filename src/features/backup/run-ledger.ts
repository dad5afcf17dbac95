/**
 * Keeps the record of a run. What became of a key stays in memory until the next checkpoint only: after it, of thousands of
 * keys, no more than their names and how each stands.
 */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { Clock, StoredBackup } from '../../core/ports.ts';
import type { Serializer } from '../../core/serializer.ts';
import { changeLines } from '../recovery-points/key-lines.ts';
import { saveBackups } from '../recovery-points/save-backups.ts';
import type { SweepMessage } from './queues.ts';
import {
  countOf,
  type KeyOutcome,
  noCounts,
  openRun,
  outcomeLine,
  parseOutcome,
  type RunHead,
  type RunSummary,
  runText,
} from './run-record.ts';

/** What a ledger needs. */
interface LedgerDeps {
  readonly state: DocumentStore;
  readonly clock: Clock;
  /** Shared by all sweeps of a process: documents of megabytes are saved one at a time, so that their garbage does not add up. */
  readonly saves: Serializer;
}

/** With so many outcomes in memory they are saved, however fast keys are backed up. */
const UNSAVED_KEYS = 250;

/** How a key stands: its outcome, or `again` while a failure has its second chance before it. */
type Standing = KeyOutcome['outcome'] | 'again';

/** The progress of one run. One worker at a time holds it: the lease of the HSM guards it, the ETag proves it. */
export class RunLedger {
  /** True when an earlier worker died at work: backups may exist that no record knows. */
  readonly afterCrash: boolean;
  private head: RunHead;
  private etag: string | undefined;
  private readonly standings = new Map<string, Standing>();
  /** Keys whose standing was read from the store, and is not this worker's own. */
  private readonly read = new Set<string>();
  private readonly troubles = new Map<string, KeyOutcome>();
  private unsavedOutcomes = new Map<string, string>();
  private unsavedBackups: StoredBackup[] = [];
  private saving: Promise<void> = Promise.resolve();
  private savedAt: number;
  private pending = 0;
  private readonly state: DocumentStore;
  private readonly clock: Clock;
  private readonly saves: Serializer;

  private constructor(deps: LedgerDeps, head: RunHead, etag: string | undefined, afterCrash: boolean) {
    this.state = deps.state;
    this.clock = deps.clock;
    this.saves = deps.saves;
    this.head = head;
    this.etag = etag;
    this.afterCrash = afterCrash;
    this.savedAt = deps.clock.now();
  }

  /** Opens the record of the run that `message` names, or begins it. Fails with `state-corrupt` or a storage code. */
  static async open(deps: LedgerDeps, message: SweepMessage, pace: number): Promise<RunLedger> {
    const { state, clock } = deps;
    const { hsm, runId } = message;
    const document = await state.open({ kind: 'run', hsm, runId });
    if (document === undefined) {
      const begun = { format: 2, hsm, runId, state: 'running', startedAt: clock.now(), parts: 1 } as const;
      const work = { retries: 0, throttles: 0, pace: { set: pace, last: pace }, counts: noCounts() };
      return new RunLedger(deps, { ...begun, ...work }, undefined, false);
    }
    const { head, lines } = await openRun(document.text, hsm, runId);
    const next =
      head.endedAt === undefined ? { ...head, state: 'running' as const, parts: head.parts + 1 } : head;
    const ledger = new RunLedger(
      deps,
      { ...next, counts: noCounts() },
      document.etag,
      head.state === 'running',
    );
    for await (const batch of lines)
      for (const line of batch) {
        ledger.count(line.key, parseOutcome(line, head));
        ledger.read.add(line.key);
      }
    return ledger;
  }

  /** The run as known now; of the keys those with a fault. */
  get run(): RunSummary {
    return { ...this.head, troubles: Object.fromEntries(this.troubles) };
  }

  /** Parts of the run as stored: this one counts when it has saved something. */
  get partsStored(): number {
    return this.head.parts - 1;
  }

  /** The run as known now, without any key. */
  get progress(): RunHead {
    return this.head;
  }

  /** How a key stands; undefined when the run has not come to it. */
  standingOf(key: string): Standing | undefined {
    return this.standings.get(key);
  }

  /** Whether nobody but the store says how a key stands. */
  isHearsay(key: string): boolean {
    return this.read.has(key);
  }

  /** Notes what became of a key, and the backup that was made of it. */
  note(key: string, outcome: KeyOutcome, backup?: StoredBackup): void {
    this.count(key, outcome);
    this.read.delete(key);
    this.unsavedOutcomes.set(key, outcomeLine(key, outcome));
    if (backup !== undefined) this.unsavedBackups.push(backup);
  }

  /** Counts an attempt that had to be repeated. */
  countRetry(throttled: boolean): void {
    const { retries, throttles } = this.head;
    this.head = { ...this.head, retries: retries + 1, throttles: throttles + (throttled ? 1 : 0) };
  }

  /** Says on disk that work has begun, so that a worker after a crash searches for backups that no record knows. */
  async begin(): Promise<void> {
    await this.checkpoint();
  }

  /** Saves the progress when the last time is at least `everyMs` ago, or much is unsaved; not while it is being saved. */
  async checkpointIfDue(everyMs: number): Promise<void> {
    if (this.pending > 0) return;
    const much = this.unsavedOutcomes.size >= UNSAVED_KEYS;
    if (much || this.clock.now() - this.savedAt >= everyMs) await this.checkpoint();
  }

  /** Saves the catalogue, then the record: a key counts as done only when its backup is in the catalogue. */
  async checkpoint(): Promise<void> {
    this.savedAt = this.clock.now();
    this.pending += 1;
    this.saving = this.saving.catch(() => undefined).then(() => this.saves.run(() => this.save()));
    try {
      await this.saving;
    } finally {
      this.pending -= 1;
    }
  }

  /**
   * The part is over, the run is not. After a crash it stays `running` until its end: a part that did not come to every key must not
   * keep the next one from searching for backups that no record knows.
   */
  async pause(pace: number): Promise<void> {
    const state = this.afterCrash ? 'running' : 'paused';
    this.head = { ...this.head, state, pace: { ...this.head.pace, last: pace } };
    await this.checkpoint();
  }

  /** The run is over; `seal` puts a seal on its end. */
  async end(pace: number, seal: (head: RunHead) => Promise<RunHead>): Promise<RunSummary> {
    const { failed, refused } = this.head.counts;
    const state = failed + refused > 0 ? 'partial' : 'succeeded';
    const endedAt = this.clock.now();
    this.head = await seal({ ...this.head, state, endedAt, pace: { ...this.head.pace, last: pace } });
    await this.checkpoint();
    return this.run;
  }

  private count(key: string, outcome: KeyOutcome): void {
    const counts = { ...this.head.counts };
    const before = this.standings.get(key);
    if (before === undefined) counts.keys += 1;
    else counts[countOf(before === 'again' ? 'failed' : before)] -= 1;
    counts[countOf(outcome.outcome)] += 1;
    this.head = { ...this.head, counts };
    this.standings.set(key, outcome.again === true ? 'again' : outcome.outcome);
    if (outcome.error === undefined) this.troubles.delete(key);
    else this.troubles.set(key, outcome);
  }

  private async save(): Promise<void> {
    // What is saved is fixed before the first write; what is noted meanwhile goes whole into the next checkpoint.
    const head = this.head;
    const outcomes = this.unsavedOutcomes;
    const backups = this.unsavedBackups;
    this.unsavedOutcomes = new Map();
    this.unsavedBackups = [];
    try {
      if (backups.length > 0) await saveBackups(this.state, head.hsm, backups);
      await this.saveOutcomes(head, outcomes);
    } catch (error) {
      this.unsavedOutcomes = new Map([...outcomes, ...this.unsavedOutcomes]);
      this.unsavedBackups = [...backups, ...this.unsavedBackups];
      throw error;
    }
  }

  private async saveOutcomes(head: RunHead, outcomes: ReadonlyMap<string, string>): Promise<void> {
    const address = { kind: 'run', hsm: head.hsm, runId: head.runId } as const;
    const guard = this.etag === undefined ? ('absent' as const) : { etag: this.etag };
    const lines = guard === 'absent' ? [[...outcomes.values()]] : this.exchange(head, outcomes);
    this.etag = await this.state.writeFrom(address, runText(head, lines), guard);
  }

  private async *exchange(
    { hsm, runId }: RunHead,
    outcomes: ReadonlyMap<string, string>,
  ): AsyncGenerator<readonly string[]> {
    const saved = await this.state.open({ kind: 'run', hsm, runId });
    // What is read may be what somebody else wrote: then the ETag keeps the write from being done.
    const lines = saved === undefined ? [] : (await openRun(saved.text, hsm, runId)).lines;
    yield* changeLines(lines, { of: ({ key, line }) => outcomes.get(key) ?? line, added: outcomes });
  }
}
