/**
 * The journal of one run in a drill HSM. Lines of many keys come together: while one write is under way, the changes that come
 * meanwhile wait for the next, so that no restore waits for more than two writes.
 */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { CloudEvent } from '../../core/events/cloud-event.ts';
import { foldName, isSameName } from '../../core/model/key-name.ts';
import type { Clock } from '../../core/ports.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { Serializer } from '../../core/serializer.ts';
import { failedEvent, provenEvent } from './events.ts';
import { type DrillState, type JournalLine, updateDrillState } from './model/drill-state.ts';
import { type DrillResult, isConclusive } from './model/result.ts';
import { fileResults } from './model/results.ts';

/** Results after which they are filed in the documents of their HSMs. */
const FILE_AFTER = 50;

/** What a journal works with. */
export interface JournalDeps {
  readonly state: DocumentStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly seals?: Seals | undefined;
  /** What seals name an HSM by. */
  readonly resourceOf: (hsm: string) => string | undefined;
}

/** Any method fails with `state-conflict`, `state-corrupt` or a storage code. */
export class Journal {
  readonly #deps: JournalDeps;
  readonly #drillHsm: string;
  readonly #writes = new Serializer();
  readonly #filing = new Serializer();
  #waiting: ((state: DrillState) => DrillState)[] = [];
  #next: Promise<DrillState> | undefined;

  constructor(deps: JournalDeps, drillHsm: string) {
    this.#deps = deps;
    this.#drillHsm = drillHsm;
  }

  /** Changes the stored state; resolves with it when that is written. */
  change(change: (state: DrillState) => DrillState): Promise<DrillState> {
    this.#waiting.push(change);
    this.#next ??= this.#writes.run(() => this.#write());
    return this.#next;
  }

  /** The stored state, with all that was noted before. */
  read(): Promise<DrillState> {
    return this.change((state) => state);
  }

  /** Notes a key that is about to be restored. Fails with `seal-unavailable`, too: an unsealed line would count for nothing. */
  async open(line: JournalLine, signal: AbortSignal): Promise<void> {
    const sealed = await this.#sealed(line, signal);
    await this.change((state) => ({ ...state, journal: [...others(state, line), sealed] }));
  }

  /** Strikes off the `lines` whose keys are not among `present`, as a list of the drill HSM that is younger than they are shows them. */
  async strikeAbsent(lines: readonly JournalLine[], present: readonly string[]): Promise<void> {
    const gone = lines.filter(
      ({ key, restoredAs = key }) => !present.some((name) => isSameName(name, restoredAs)),
    );
    await this.change((state) => ({
      ...state,
      journal: state.journal.filter((one) => !gone.some((line) => isSameLine(one, line))),
    }));
  }

  /** Strikes a line off of which nothing came: the name was taken. */
  async forget(line: JournalLine): Promise<void> {
    await this.change((state) => ({ ...state, journal: others(state, line) }));
  }

  /**
   * Notes what came of a drill; its line stays until a list shows that its key is gone. What is to be said and done of a failure is noted
   * in the same write: a process that dies later loses none of it. With `isKnown` that was done when this recovery point failed before.
   */
  async close(result: DrillResult, isKnown: boolean, signal: AbortSignal): Promise<void> {
    const sealed = await this.#sealed(result, signal);
    const state = await this.change((before) => ({
      ...(isConclusive(result) ? withProof(before, result) : withFailure(before, result, isKnown)),
      unfiled: [...before.unfiled.filter((one) => !isSameKey(one, sealed)), sealed],
    }));
    if (state.unfiled.length >= FILE_AFTER) await this.file();
  }

  /** Files what is not filed yet. Killed in between, the same is filed once more. */
  file(): Promise<DrillState> {
    return this.#filing.run(async () => {
      const { unfiled } = await this.read();
      const byHsm = Map.groupBy(unfiled, ({ hsm }) => hsm);
      for (const [hsm, results] of byHsm)
        await fileResults(this.#deps.state, hsm, results, this.#deps.clock.now());
      const filed = new Set(unfiled.map((one) => JSON.stringify(one)));
      return this.change((state) => ({
        ...state,
        unfiled: state.unfiled.filter((one) => !filed.has(JSON.stringify(one))),
      }));
    });
  }

  async #write(): Promise<DrillState> {
    const changes = this.#waiting;
    this.#waiting = [];
    this.#next = undefined;
    const { after } = await updateDrillState(this.#deps.state, this.#drillHsm, (state) =>
      changes.reduce((changed, change) => change(changed), state),
    );
    if (after.value === undefined) throw new Error('expected the state that was written');
    return after.value;
  }

  async #sealed<T extends JournalLine | DrillResult>(facts: T, signal: AbortSignal): Promise<T> {
    const { seals, resourceOf } = this.#deps;
    const hsm = resourceOf(facts.hsm);
    if (seals?.sealer === undefined || hsm === undefined) return facts;
    return { ...facts, seal: await seals.sealer.seal('drill', { hsm, facts }, signal) };
  }
}

function withFailure(state: DrillState, result: DrillResult, isKnown: boolean): DrillState {
  if (result.verdict !== 'failed') return state;
  const { hsm, key } = result;
  const { toBackUp, failing } = state;
  const noted = { ...state, failing: [...otherKeys(failing, result), { hsm, key }] };
  if (isKnown) return noted;
  return {
    ...withEvent(noted, failedEvent(result)),
    toBackUp: [...otherKeys(toBackUp, result), { hsm, key }],
  };
}

/** What was reported as failed is reported as brought back. */
function withProof(state: DrillState, result: DrillResult): DrillState {
  const { failing = [] } = state;
  const left = otherKeys(failing, result);
  if (left.length === failing.length) return state;
  return { ...withEvent(state, provenEvent(result)), failing: left };
}

function withEvent(state: DrillState, event: CloudEvent): DrillState {
  return { ...state, outbox: [...state.outbox.filter(({ id }) => id !== event.id), event] };
}

function otherKeys(keys: DrillState['failing'] = [], result: DrillResult) {
  return keys.filter((one) => !isSameKey(one, result));
}

function others({ journal }: DrillState, line: JournalLine): JournalLine[] {
  return journal.filter((one) => !isSameLine(one, line));
}

function isSameLine(a: JournalLine, b: JournalLine): boolean {
  return isSameKey(a, b) && a.runId === b.runId;
}

function isSameKey(a: Pick<DrillResult, 'hsm' | 'key'>, b: Pick<DrillResult, 'hsm' | 'key'>): boolean {
  return a.hsm === b.hsm && foldName(a.key) === foldName(b.key);
}
