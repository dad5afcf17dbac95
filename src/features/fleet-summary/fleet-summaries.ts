/** Writes the summary of the fleet: what has changed at once, what has only been seen again within minutes. */
import { forEachConcurrently } from '../../core/concurrency.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { updateDocumentWith } from '../../core/documents/update-document.ts';
import { isWardenError } from '../../core/errors.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { nextRunAfter } from '../../core/schedule.ts';
import { NamedSerializers } from '../../core/serializer.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { SummaryHead } from '../status/summary-document.ts';
import { copyHsm } from './copy-hsm.ts';
import { FLEET_SUMMARY, type FleetPart, type FleetSummary, partOf, placesOf } from './model/fleet-summary.ts';

/** HSMs read concurrently. */
const READS_AT_ONCE = 8;
/** A part older than this is put together again, whatever it says. */
const OLD_MS = 20 * MINUTE_MS;

/** What writing works with. */
export interface FleetSummariesDeps {
  readonly state: DocumentStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly hsms: readonly string[];
  /** When scans are due, NCRONTAB. */
  readonly scanSchedule: string;
}

/** What one call works with. */
export interface FleetSummariesCall {
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly signal: AbortSignal;
}

/** One for each process. */
export class FleetSummaries {
  readonly #deps: FleetSummariesDeps;
  readonly #places: readonly (readonly string[])[];
  readonly #writers = new NamedSerializers();
  /** By place: HSMs of which there is news, of which no writer has heard yet. */
  readonly #news = new Map<number, Set<string>>();

  constructor(deps: FleetSummariesDeps) {
    this.#deps = deps;
    this.#places = placesOf(deps.hsms);
  }

  /**
   * Copies what is stored of an HSM again, for it says something new. News of several HSMs that arrive while a document is written are
   * written together. What cannot be written is logged: the next round does it. Fails with the reason of the signal only.
   */
  async renew(hsm: string, call: FleetSummariesCall): Promise<void> {
    const place = this.#places.findIndex((names) => names.includes(hsm));
    if (place < 0) return;
    const news = this.#news.get(place) ?? new Set();
    this.#news.set(place, news.add(hsm));
    await this.#writers.run(String(place), async () => {
      const asked = this.#news.get(place);
      // Who came before has written it, too.
      if (asked === undefined) return;
      this.#news.delete(place);
      await this.#write(place, call, (name) => asked.has(name));
    });
  }

  /** Copies again what may have changed: where a scan was due since, and where there is no part. Fails with the reason of the signal only. */
  async round(call: FleetSummariesCall): Promise<void> {
    const { clock, scanSchedule } = this.#deps;
    for (const place of this.#places.keys()) {
      await this.#writers.run(String(place), () =>
        this.#write(place, call, (_, part) => isDue(part, clock.now(), scanSchedule)),
      );
    }
  }

  async #write(
    place: number,
    call: FleetSummariesCall,
    isWanted: (hsm: string, part: FleetPart | undefined) => boolean,
  ): Promise<void> {
    const { state } = this.#deps;
    try {
      const address = { kind: 'fleet-summary', place } as const;
      const change = async (before: FleetSummary | undefined) => ({
        // All that is written was read after what it replaces, so that nobody's later copy is lost.
        value: await this.#next(place, before, call, isWanted),
        result: undefined,
      });
      await updateDocumentWith(state, FLEET_SUMMARY, address, change, call.signal);
    } catch (error) {
      if (!isWardenError(error) || call.signal.aborted) throw error;
      call.logger.warn('the summary of the fleet could not be written', { place, error });
    }
  }

  async #next(
    place: number,
    before: FleetSummary | undefined,
    call: FleetSummariesCall,
    isWanted: (hsm: string, part: FleetPart | undefined) => boolean,
  ): Promise<FleetSummary | undefined> {
    const names = this.#places[place] ?? [];
    const parts = new Map(names.map((hsm) => [hsm, partOf(before, hsm)]));
    const wanted = names.filter((hsm) => isWanted(hsm, parts.get(hsm)));
    let hasChanged = false;
    await forEachConcurrently(wanted, READS_AT_ONCE, async (hsm) => {
      const former = parts.get(hsm);
      const next = await this.#copy(hsm, former, call);
      if (isSame(former, next)) return;
      parts.set(hsm, next);
      hasChanged = true;
    });
    const hsms = Object.fromEntries([...parts].filter(([, part]) => part !== undefined));
    // What is of no HSM of this document, or cannot be read, is not kept.
    const isTidy = Object.keys(before?.hsms ?? {}).length === Object.keys(hsms).length;
    return hasChanged || !isTidy ? { format: 1, hsms } : before;
  }

  /** One HSM that cannot be read has no part; who looks reads its own documents, and says what is wrong with them. */
  async #copy(
    hsm: string,
    before: FleetPart | undefined,
    { logger, signal }: FleetSummariesCall,
  ): Promise<FleetPart | undefined> {
    const { state, clock } = this.#deps;
    try {
      return await copyHsm(state, hsm, clock, before, signal);
    } catch (error) {
      if (!isWardenError(error) || signal.aborted) throw error;
      logger.info('an HSM has no part in the summary of the fleet', { hsm, error });
      return undefined;
    }
  }
}

/** Whether there may be news of an HSM that nobody has reported. What claims to be of the future is no reason to wait for that. */
function isDue(part: FleetPart | undefined, now: number, scanSchedule: string): boolean {
  const head = SummaryHead.safeParse(part?.summary).data;
  if (part === undefined || head === undefined) return true;
  if (part.at > now || now - part.at >= OLD_MS || head.judgedAt > now) return true;
  return nextRunAfter(scanSchedule, head.judgedAt) <= now;
}

function isSame(a: FleetPart | undefined, b: FleetPart | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return JSON.stringify({ ...a, at: 0 }) === JSON.stringify({ ...b, at: 0 });
}
