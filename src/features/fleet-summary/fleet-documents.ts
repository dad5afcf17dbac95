/** The documents of the HSMs of a fleet, as far as the summary of the fleet has good copies of them; all others from where they are. */
import type { DocumentAddress, WriteGuard } from '../../core/documents/document-store.ts';
import { readDocument } from '../../core/documents/update-document.ts';
import { isWardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { nextRunAfter } from '../../core/schedule.ts';
import { MINUTE_MS } from '../../core/time.ts';
import type { KnownNotes } from '../notes/finding-notes.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import { copyOf, openCopy } from './copied-documents.ts';
import { isBeyondDoubt } from './judge-part.ts';
import type { CopiedRuns } from './model/copied-runs.ts';
import { FLEET_SUMMARY, type FleetPart, partOf, placesOf } from './model/fleet-summary.ts';

/** A timer may fire a little before its time. */
const EARLY_MS = MINUTE_MS;
const NOTHING_NOTED: KnownNotes = { losses: [], damaged: new Map(), ignored: [] };

/** What reading works with. */
export interface FleetDocumentsDeps {
  readonly store: CatalogueStore;
  readonly clock: Pick<Clock, 'now'>;
  /** All of the settings. */
  readonly hsms: readonly string[];
  /** When runs are due, and how late one may be. */
  readonly nights: { readonly schedule: string; readonly graceMs: number };
}

/**
 * A {@link CatalogueStore} in front of another. {@link renew} reads one document for fifty HSMs; until it is called again, the documents of those
 * HSMs whose part is beyond doubt are its copies. Of every other HSM, each document is read where it is, so that what is missing, old or
 * without a good seal costs reads, and hides nothing. Its readers judge a copy exactly as its original.
 */
export class FleetDocuments implements CatalogueStore {
  readonly #deps: FleetDocumentsDeps;
  #parts: ReadonlyMap<string, FleetPart> = new Map();
  /** HSMs of which anything is noted for good. */
  #noted: ReadonlySet<string> = new Set();

  constructor(deps: FleetDocumentsDeps) {
    this.#deps = deps;
  }

  get points() {
    return this.#deps.store.points;
  }

  /** What is noted for good is never taken from a copy: of an HSM that has a part, one list of all notes says whether there are any. */
  get notes(): CatalogueStore['notes'] {
    const { notes } = this.#deps.store;
    if (notes === undefined) return undefined;
    return {
      keep: (...call) => notes.keep(...call),
      hsms: (signal) => notes.hsms(signal),
      read: async (hsm, signal) =>
        this.#parts.has(hsm) && !this.#noted.has(hsm) ? NOTHING_NOTED : notes.read(hsm, signal),
    };
  }

  /** Reads the summary of the fleet. What cannot be read makes no difference but that each document is read where it is. */
  async renew(): Promise<void> {
    const { store, hsms } = this.#deps;
    try {
      const [noted = new Set<string>(), ...read] = await Promise.all([
        store.notes?.hsms(),
        ...placesOf(hsms).map((names, place) => this.#read(place, names)),
      ]);
      this.#noted = noted;
      this.#parts = new Map(read.flat());
    } catch (error) {
      if (!isWardenError(error)) throw error;
      this.#parts = new Map();
    }
  }

  /** The events of an HSM's watch that no topic has accepted, by its part; undefined where it has none. */
  events(hsm: string): Pick<FleetPart, 'waiting' | 'refused'> | undefined {
    return this.#parts.get(hsm);
  }

  async read(address: DocumentAddress, signal?: AbortSignal) {
    const part = this.#partFor(address);
    return (part && copyOf(part, address)) ?? this.#deps.store.read(address, signal);
  }

  async open(address: DocumentAddress, signal?: AbortSignal) {
    const part = this.#partFor(address);
    return (part && openCopy(part, address)) ?? this.#deps.store.open(address, signal);
  }

  write(address: DocumentAddress, text: string, guard: WriteGuard, signal?: AbortSignal) {
    return this.#deps.store.write(address, text, guard, signal);
  }

  writeFrom(address: DocumentAddress, text: AsyncIterable<string>, guard: WriteGuard, signal?: AbortSignal) {
    return this.#deps.store.writeFrom(address, text, guard, signal);
  }

  list(kind: 'recovery', next?: string, signal?: AbortSignal) {
    return this.#deps.store.list(kind, next, signal);
  }

  /** Those of the last month, and the first of all. While a run is due that the summary does not know yet they are listed. */
  async listRuns(hsm: string, next?: string, signal?: AbortSignal) {
    const runs = this.#parts.get(hsm)?.runs;
    if (next === undefined && runs !== undefined && this.#knowsLast(runs))
      return { items: [...runs.open, ...runs.ended.map(({ runId }) => runId)].sort() };
    return this.#deps.store.listRuns(hsm, next, signal);
  }

  #knowsLast({ ended }: CopiedRuns): boolean {
    const { clock, nights } = this.#deps;
    const last = ended.at(-1);
    return last !== undefined && nextRunAfter(nights.schedule, last.startedAt + EARLY_MS) > clock.now();
  }

  #partFor(address: DocumentAddress): FleetPart | undefined {
    return 'hsm' in address ? this.#parts.get(address.hsm) : undefined;
  }

  async #read(
    place: number,
    names: readonly string[],
  ): Promise<readonly (readonly [hsm: string, part: FleetPart])[]> {
    const { store, clock, nights } = this.#deps;
    const { value } = await readDocument(store, FLEET_SUMMARY, { kind: 'fleet-summary', place });
    const now = clock.now();
    const judged = await Promise.all(
      names.map(async (hsm) => {
        const part = partOf(value, hsm);
        if (part === undefined || !(await isBeyondDoubt(store, hsm, part, { now, nights }))) return [];
        return [[hsm, part] as const];
      }),
    );
    return judged.flat();
  }
}
