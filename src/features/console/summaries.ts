/** The summaries that the scans left, and what they are worth now. */

import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { Clock } from '../../core/ports.ts';
import { DatedSeals } from '../../core/seal/dated-seals.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { isoTime } from '../../core/time.ts';
import {
  datedSummary,
  type HsmSummary,
  readSummary,
  readSummaryHead,
  type SummaryHead,
} from '../status/summary-document.ts';
import { type HeldOf, WatchNotes } from './watch-notes.ts';

/** What reading summaries needs. */
export interface SummariesDeps {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly seals: Seals | undefined;
  /** What seals name an HSM by. */
  readonly resourceOf: (hsm: string) => string | undefined;
  /** Why an HSM cannot be used, where its settings are wrong: a sentence. */
  readonly faultOf?: (hsm: string) => string | undefined;
  /** What is known of the events of an HSM's watch without its memory. */
  readonly eventsOf?: HeldOf;
}

/** What is known of an HSM: its summary, and why that cannot be relied on, if so. */
export interface KnownSummary<T> {
  readonly summary?: T;
  /** In sentences; absent while the summary holds. */
  readonly why?: string;
  /** Whether it has a good seal. Where it has none, whoever can write the storage can have made it up. */
  readonly sealed: boolean;
}

/** One per process: a summary that has not changed is read once. */
export class Summaries {
  readonly #deps: SummariesDeps;
  readonly #whole = new Map<string, { readonly etag: string; readonly summary: HsmSummary }>();

  /** What the watches of the HSMs have noted just now. */
  readonly watches: WatchNotes;

  constructor(deps: SummariesDeps) {
    this.#deps = deps;
    this.watches = new WatchNotes(deps.store, deps.eventsOf);
  }

  /** The head of an HSM's summary. Fails with `state-corrupt` or a storage code. */
  async head(hsm: string): Promise<KnownSummary<SummaryHead>> {
    const found = await readSummaryHead(this.#deps.store, hsm);
    if (found === undefined) return this.#none(hsm);
    return { summary: found.head, ...(await this.#doubt(found.head)) };
  }

  /** The whole summary. Fails with `state-corrupt` or a storage code. */
  async whole(hsm: string): Promise<KnownSummary<HsmSummary>> {
    const found = await readSummaryHead(this.#deps.store, hsm);
    if (found === undefined) return this.#none(hsm);
    const known = this.#whole.get(hsm);
    const summary = known?.etag === found.etag ? known.summary : await readSummary(this.#deps.store, hsm);
    if (summary === undefined) return this.#none(hsm);
    // Another may have been written between the two reads: its tag is not known, and it is read again.
    if (
      summary.head.linesSha256 === found.head.linesSha256 &&
      summary.head.judgedAt === found.head.judgedAt
    ) {
      this.#whole.set(hsm, { etag: found.etag, summary });
    }
    return { summary, ...(await this.#doubt(summary.head)) };
  }

  /** Of an HSM that has no summary. */
  #none(hsm: string): KnownSummary<never> {
    return { why: this.#deps.faultOf?.(hsm) ?? 'No scan has seen this HSM yet.', sealed: false };
  }

  async #doubt(head: SummaryHead): Promise<Omit<KnownSummary<never>, 'summary'>> {
    const unsealed = await this.#unsealed(head);
    const late =
      this.#deps.clock.now() <= head.staleAfter
        ? undefined
        : `The last scan that saw this HSM was at ${isoTime(head.judgedAt)}; the next is late.`;
    const { silentSince } = await this.watches.of(head.hsm);
    const silent =
      silentSince === undefined
        ? undefined
        : `The HSM could not be read since ${isoTime(silentSince)}: what is said of its keys is of ${isoTime(head.judgedAt)}.`;
    const fault = this.#deps.faultOf?.(head.hsm);
    const why = [fault ?? [], unsealed ?? [], silent ?? [], late ?? []].flat().join(' ');
    return {
      sealed: this.#deps.seals !== undefined && unsealed === undefined,
      ...(why === '' ? {} : { why }),
    };
  }

  /** Why it has no good seal where it should have one. */
  async #unsealed(head: SummaryHead): Promise<string | undefined> {
    const { seals, resourceOf } = this.#deps;
    if (seals === undefined) return undefined;
    const doubts = await new DatedSeals({ seals, resourceOf }).doubts();
    return doubts(datedSummary(head), head.seal);
  }
}
