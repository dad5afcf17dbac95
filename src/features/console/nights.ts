/** The runs, by the day they began on. */

import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import { DAY_MS, isoTime } from '../../core/time.ts';
import { hasEnded, openRun, parseOutcome, type RunHead, readRunHead } from '../backup/run-record.ts';
import type { Night, NightDetail, NightRun } from './model/nights.ts';

/** Runs of one HSM that are remembered: those that ended do not change any more. */
const MOST_KEPT = 400;
const MOST_CAUSES = 50;
const TROUBLES: ReadonlySet<string> = new Set(['refused', 'failed', 'vanished']);

/** What is asked of a run. */
export interface NightQuery {
  readonly hsm: string;
  readonly runId: string;
  readonly outcome?: string;
  readonly limit: number;
  /** How many are before the page. */
  readonly offset: number;
}

/** One per process: it remembers the heads of runs that have ended. */
export class Nights {
  readonly #store: DocumentStore;
  readonly #hsms: readonly string[];
  readonly #ended = new Map<string, NightRun>();

  constructor(store: DocumentStore, hsms: readonly string[]) {
    this.#store = store;
    this.#hsms = hsms;
  }

  /**
   * The nights of `days` days, the last of them that of `until` (epoch milliseconds), oldest first, days without a run among them.
   * A run that cannot be read is left out. Fails with the storage codes.
   */
  async list(days: number, until: number): Promise<Night[]> {
    const first = utcDay(until - (days - 1) * DAY_MS);
    const last = utcDay(until);
    const runs = (await Promise.all(this.#hsms.map((hsm) => this.#runsOf(hsm, first, last)))).flat();
    return Array.from({ length: days }, (_, index) => {
      const date = utcDay(until - (days - 1 - index) * DAY_MS);
      const ofDay = runs.filter((run) => run.startedAt.startsWith(date));
      return { date, runs: ofDay.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)) };
    });
  }

  /** One run, with a page of its keys. Fails with `run-unknown`, `state-corrupt` or a storage code. */
  async detail({ hsm, runId, outcome, limit, offset }: NightQuery): Promise<NightDetail> {
    const document = await this.#store.open({ kind: 'run', hsm, runId });
    if (document === undefined) throw unknown(hsm, runId);
    const { head, lines } = await openRun(document.text, hsm, runId);
    const causes = new Map<string, { code: string; count: number; example: string }>();
    const items: NightDetail['items'] = [];
    let total = 0;
    for await (const batch of lines) {
      for (const line of batch) {
        const of = parseOutcome(line, head);
        if (of.error !== undefined) {
          const cause = causes.get(of.error.code) ?? {
            code: of.error.code,
            count: 0,
            example: of.error.message,
          };
          causes.set(cause.code, { ...cause, count: cause.count + 1 });
        }
        if (
          outcome !== undefined &&
          (outcome === 'trouble' ? !TROUBLES.has(of.outcome) : of.outcome !== outcome)
        )
          continue;
        total += 1;
        if (total <= offset || items.length >= limit) continue;
        const { reason, error, versions, durationMs } = of;
        items.push({
          key: line.key,
          outcome: of.outcome,
          ...definedOnly({ reason, error, versions, durationMs }),
        });
      }
    }
    const { parts, retries, throttles } = head;
    return {
      run: { ...runOf(head), parts, retries, throttles },
      causes: [...causes.values()].sort((a, b) => b.count - a.count).slice(0, MOST_CAUSES),
      items,
      total,
      ...(offset + items.length < total ? { next: String(offset + items.length) } : {}),
    };
  }

  async #runsOf(hsm: string, first: string, last: string): Promise<NightRun[]> {
    const ids: string[] = [];
    let next: string | undefined;
    do {
      const page = await this.#store.listRuns(hsm, next);
      ids.push(...page.items);
      next = page.next;
    } while (next !== undefined);
    // Their names begin with the time they began at.
    const wanted = ids.filter((id) => inDays(id, first, last));
    const runs = await Promise.all(wanted.map((id) => this.#run(hsm, id)));
    return runs.filter((run) => run !== undefined);
  }

  async #run(hsm: string, runId: string): Promise<NightRun | undefined> {
    const name = `${hsm}/${runId}`;
    const known = this.#ended.get(name);
    if (known !== undefined) return known;
    try {
      const head = await readRunHead(this.#store, hsm, runId);
      if (head === undefined) return undefined;
      const run = runOf(head);
      if (hasEnded(head)) this.#keep(name, run);
      return run;
    } catch (error) {
      if (!isWardenError(error, 'state-corrupt')) throw error;
      return undefined;
    }
  }

  #keep(name: string, run: NightRun): void {
    this.#ended.set(name, run);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MOST_KEPT * this.#hsms.length && oldest !== undefined) this.#ended.delete(oldest);
  }
}

function runOf({ hsm, runId, state, startedAt, endedAt, counts }: RunHead): NightRun {
  return {
    hsm,
    runId,
    state,
    startedAt: isoTime(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt) }),
    counts,
  };
}

/** Whether a run of this id began within the days, as far as its name says; one whose name does not say is read. */
function inDays(runId: string, first: string, last: string): boolean {
  const match = /^(\d{4})(\d\d)(\d\d)T/.exec(runId);
  if (match === null) return true;
  const day = `${match[1]}-${match[2]}-${match[3]}`;
  return day >= first && day <= last;
}

function utcDay(at: number): string {
  return isoTime(at).slice(0, 10);
}

function unknown(hsm: string, runId: string): WardenError {
  return new WardenError('run-unknown', {
    message: `There is no run ${runId} over HSM ${hsm}.`,
    advice: 'GET /api/console/nights lists them.',
    hsm,
  });
}
