/** Goes through all keys of an HSM once: plans each from its list entry, backs up those that need it, notes every outcome. */
import { forEachConcurrently } from '../../core/concurrency.ts';
import type { ListedKey } from '../../core/model/key.ts';
import { type BackupReason, planKey } from '../recovery-points/plan.ts';
import { attemptKey, type KeyTask, noteOwn } from './attempt-key.ts';
import { listPages, noteOdd } from './list-pages.ts';
import type { SweepWork } from './sweep-context.ts';

/** Returns whether all keys were dealt with before the deadline. Throws what a list or a save failed with. */
export async function sweepKeys(work: SweepWork): Promise<boolean> {
  return new KeySweep(work).run();
}

/** One part of a run as it goes through the keys. */
class KeySweep {
  readonly #work: SweepWork;
  /** Keys that failed with a fault that may pass, here or in an earlier part. */
  readonly #again: KeyTask[] = [];
  #inTime = true;

  constructor(work: SweepWork) {
    this.#work = work;
  }

  async run(): Promise<boolean> {
    await this.#attemptAll(this.#firstTasks(), async (task) => {
      if (await attemptKey(this.#work, task, 'first')) this.#again.push(task);
    });
    // What failed with a fault that may pass gets one more chance after everything else, when the trouble may be over:
    // last, so that it takes no other key's time, and once, so that the run comes to its end.
    await this.#attemptAll(this.#lastTasks(), async (task) => {
      await attemptKey(this.#work, task, 'last');
    });
    return this.#inTime;
  }

  async #attemptAll(tasks: AsyncIterable<KeyTask>, attempt: (task: KeyTask) => Promise<void>): Promise<void> {
    const { policy, ledger } = this.#work;
    await forEachConcurrently(tasks, policy.concurrency, async (task) => {
      await attempt(task);
      await ledger.checkpointIfDue(policy.checkpointMs);
      policy.onProgress?.(ledger.progress);
    });
  }

  /** The keys to back up, as the pages of the list come in; the others are noted on the way. */
  async *#firstTasks(): AsyncGenerator<KeyTask> {
    const { ledger, part } = this.#work;
    let begun = false;
    for await (const page of listPages(this.#work)) {
      // A row of pages without a key must not outlast the part either.
      part.signal.throwIfAborted();
      if (this.#isOver()) return;
      noteOdd(this.#work, page.odd ?? []);
      for (const key of page.items) {
        part.signal.throwIfAborted();
        if (this.#isOver()) return;
        const standing = ledger.standingOf(key.name);
        if (standing !== undefined && standing !== 'again' && !this.#isUnproven(key.name, standing)) continue;
        const reason = this.#reasonToBackUp(key);
        if (reason === undefined) continue;
        if (!begun) await ledger.begin();
        begun = true;
        if (standing === 'again') this.#again.push({ key, reason });
        else yield { key, reason };
      }
    }
  }

  async *#lastTasks(): AsyncGenerator<KeyTask> {
    for (const task of this.#again) {
      if (this.#isOver()) return;
      yield task;
    }
  }

  /**
   * Where seals are configured, whoever can write the record of a run has no key passed over by it: what it calls dealt with is judged
   * again, by the recovery points. A failure that it names needs no proof.
   */
  #isUnproven(key: string, standing: string): boolean {
    const { deps, ledger } = this.#work;
    return (
      deps.state.points !== undefined &&
      ledger.isHearsay(key) &&
      standing !== 'failed' &&
      standing !== 'refused'
    );
  }

  /** Why the key needs a backup; undefined, and noted, when it needs none. */
  #reasonToBackUp(key: ListedKey): BackupReason | undefined {
    const { policy, ledger, backups, part } = this.#work;
    const known = backups.get(key.name);
    if (known?.own !== undefined) {
      // Made by this very run, whose worker died between saving the catalogue and saving the record.
      noteOwn(ledger, key.name, known.own);
      return undefined;
    }
    const plan = planKey(key, known, { ...policy, nextRunAt: part.nextRunAt });
    if (plan.action === 'back-up') return plan.reason;
    if (plan.action === 'skip') ledger.note(key.name, { outcome: 'skipped', reason: plan.reason });
    else ledger.note(key.name, { outcome: 'unchanged' });
    return undefined;
  }

  /** Whether the part takes no further key: its time is over, or the app stops. */
  #isOver(): boolean {
    const { deps, part } = this.#work;
    const isOver = part.stopping.aborted || deps.clock.now() >= part.deadline;
    if (isOver) this.#inTime = false;
    return isOver;
  }
}
