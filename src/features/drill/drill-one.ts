/** One key of a run: journal, proof, removal, result. */
import { isWardenError } from '../../core/errors.ts';
import { foldName, isSameName } from '../../core/model/key-name.ts';
import { NamedSerializers } from '../../core/serializer.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue.ts';
import { type CleanupDeps, findKeys, ownNames, removeKey } from './cleanup.ts';
import type { Journal } from './journal.ts';
import type { JournalLine } from './model/drill-state.ts';
import type { DrilledPoint, DrillResult } from './model/result.ts';
import { type Proof, type ProveDeps, proveKey } from './prove-key.ts';
import type { Candidate } from './select.ts';

/** What a run gives to each of its keys. */
export interface OneDeps extends ProveDeps, CleanupDeps {
  readonly journal: Journal;
  readonly runId: string;
  /** Names of keys in the drill HSM that could not be removed before. */
  readonly stuck: readonly string[];
  readonly resourceOf: (hsm: string) => string | undefined;
  /** Whether some key of the HSM has been restored here: then both are of one security domain. */
  readonly sharesDomain: (hsm: string) => boolean;
}

/** Keys of two HSMs may have one name, and the drill HSM has room for one of them at a time. */
export class DrillOne {
  readonly #deps: OneDeps;
  readonly #names = new NamedSerializers();
  /** Results that wait for what the others say of the security domain. */
  readonly #doubtful: { readonly result: DrillResult; readonly isKnown: boolean }[] = [];
  /** Lines of keys that were removed, and that no list has shown to be gone. */
  readonly #removed: JournalLine[] = [];
  /** Keys whose name in the drill HSM was taken while others were drilled: a backup may hold the key of another name. */
  readonly #again: Candidate[] = [];
  /** Names of keys that could not be removed, in the form in which names are compared. */
  readonly #stuck: Set<string>;

  constructor(deps: OneDeps) {
    this.#deps = deps;
    this.#stuck = new Set(deps.stuck.map(foldName));
  }

  /** Drills one key. The result; undefined where it is known at the end of the run only. */
  run(candidate: Candidate, signal: AbortSignal): Promise<DrillResult | undefined> {
    return this.#names.run(foldName(candidate.key), () => this.#drill(candidate, 'among others', signal));
  }

  /** Drills again what others were in the way of, alone; and says what the HSM refused: of another security domain, or damaged. */
  async finish(signal: AbortSignal): Promise<readonly DrillResult[]> {
    const results: DrillResult[] = [];
    for (const candidate of this.#again.splice(0)) {
      const result = await this.#drill(candidate, 'alone', signal);
      if (result !== undefined) results.push(result);
    }
    for (const { result, isKnown } of this.#doubtful.splice(0)) {
      const closed = this.#deps.sharesDomain(result.hsm)
        ? { ...result, verdict: 'failed' as const, reasons: [NOT_READABLE] }
        : { ...result, reasons: [...result.reasons, OTHER_DOMAIN] };
      await this.#deps.journal.close(closed, isKnown, signal);
      results.push(closed);
    }
    return results;
  }

  async #drill(candidate: Candidate, chance: 'among others' | 'alone', signal: AbortSignal) {
    const { hsm, key, entry, enrolments } = candidate;
    const isKnown = candidate.unproven === 'failed';
    const { journal, clock, runId, resourceOf } = this.#deps;
    const startedAt = clock.now();
    const line: JournalLine = { hsm, key, point: pointOf(entry), runId, at: startedAt };
    if (this.#stuck.has(foldName(key))) {
      // The copy that is there is named in the journal already, and that line stays.
      const result = this.#resultOf(line, STUCK, true, 0);
      await journal.close(result, isKnown, signal);
      return result;
    }
    let name = key;
    const proof = await proveKey(
      this.#deps,
      {
        entry,
        resource: resourceOf(hsm) ?? hsm,
        enrolments,
        note: () => journal.open(line, signal),
        noteOther: async (other) => {
          name = other;
          await journal.open({ ...line, restoredAs: other }, signal);
        },
        findOther: () => this.#unnamed(signal),
      },
      signal,
    );
    if (proof.taken === true && chance === 'among others') {
      this.#again.push(candidate);
      await journal.forget(line);
      return undefined;
    }
    const from = clock.now();
    const removed = proof.made ? await removeKey(this.#deps, name, signal) : true;
    if (!removed) this.#stuck.add(foldName(name));
    const result = this.#resultOf(line, proof, removed, clock.now() - from);
    if (proof.foreign === true) {
      this.#doubtful.push({ result, isKnown });
      return undefined;
    }
    await journal.close(result, isKnown, signal);
    if (proof.made) await this.#struck({ ...line, ...(name !== key && { restoredAs: name }) }, signal);
    return result;
  }

  async #unnamed(signal: AbortSignal): Promise<string | undefined> {
    const { active } = await findKeys(this.#deps, signal);
    const own = ownNames((await this.#deps.journal.read()).journal);
    return active.find((name) => !own.some((mine) => isSameName(mine, name)));
  }

  /** The names in the drill HSM; undefined where it cannot be listed now. */
  async #found(signal: AbortSignal): Promise<readonly string[] | undefined> {
    try {
      const { active, deleted } = await findKeys(this.#deps, signal);
      return [...active, ...deleted];
    } catch (error) {
      if (!isWardenError(error) || signal.aborted) throw error;
      return undefined;
    }
  }

  /** Keeps the journal small: it is written before each restore. */
  async #struck(line: JournalLine, signal: AbortSignal): Promise<void> {
    if (this.#removed.push(line) < STRIKE_AFTER) return;
    const lines = this.#removed.splice(0);
    const found = await this.#found(signal);
    if (found === undefined) this.#removed.push(...lines);
    else await this.#deps.journal.strikeAbsent(lines, found);
  }

  #resultOf(
    { hsm, key, point, runId, at }: JournalLine,
    { foreign: _, taken: _taken, made, steps, reasons, kind, ...proof }: Proof,
    removed: boolean,
    removeMs: number,
  ): DrillResult {
    return {
      hsm,
      key,
      drillHsm: this.#deps.hsm.name,
      runId,
      ...proof,
      ...(kind !== undefined && { kind }),
      reasons: removed ? reasons : [...reasons, NOT_REMOVED],
      point,
      startedAt: at,
      endedAt: this.#deps.clock.now(),
      steps: made ? { ...steps, remove: Math.max(0, removeMs) } : steps,
    };
  }
}

/** Removed keys after which a list shows whether they are gone. */
const STRIKE_AFTER = 50;
/** Of a key under whose name there still is a copy: restored again it could not be distinguished from that one. */
const STUCK: Proof = {
  verdict: 'blocked',
  reasons: [
    'An earlier copy of the key is in the drill HSM and could not be removed; the next run tries again.',
  ],
  used: [],
  unused: [],
  steps: {},
  made: false,
};
const NOT_READABLE =
  'The HSM cannot read the backup, though it restores others of the same HSM: it is damaged, or not from there.';
const OTHER_DOMAIN =
  'No backup of this HSM was ever restored in the drill HSM: is it of another security domain?';
const NOT_REMOVED = 'The copy could not be removed from the drill HSM; the next run tries again.';

/** What a result says of its recovery point. */
export function pointOf({ blob, versionId, record }: CatalogueEntry): DrilledPoint {
  const { sha256, capturedAt, createdAt, updatedAt, versions } = record;
  return {
    blob,
    ...(versionId !== undefined && { versionId }),
    sha256,
    capturedAt,
    createdAt,
    updatedAt,
    version: versions.at(-1)?.version ?? '',
    versions: versions.length,
  };
}
