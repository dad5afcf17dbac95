/** The runs, by the day they began on. */

import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { DAY_MS, epochOf, isoTime } from '../../core/time.ts';
import {
  hasEnded,
  listRunIds,
  openRun,
  parseOutcome,
  type RunHead,
  readRunHead,
} from '../backup/run-record.ts';
import { dueAt, isMissing, type NightPolicy } from './missing-runs.ts';
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

/** What nights are made from. */
export interface NightsDeps {
  readonly store: DocumentStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly policy: NightPolicy;
  readonly hsms: readonly string[];
  /** Since when an HSM is watched, epoch milliseconds; undefined where nothing says. */
  readonly since: (hsm: string) => Promise<number | undefined>;
}

/** The runs of one HSM in some days. */
interface HsmRuns {
  readonly hsm: string;
  /** When the first of all its runs began or since when it is watched, epoch milliseconds. */
  readonly since: number | undefined;
  readonly runs: readonly NightRun[];
  /** When runs that cannot be read began, as far as their names say. */
  readonly unreadable: readonly (number | undefined)[];
}

/** One per process: it remembers the heads of runs that have ended. */
export class Nights {
  readonly #deps: NightsDeps;
  readonly #ended = new Map<string, NightRun>();

  constructor(deps: NightsDeps) {
    this.#deps = deps;
  }

  /**
   * The nights of `days` days, the last of them that of `until` (epoch milliseconds), oldest first, days without a run among them.
   * A run that cannot be read is named by its HSM. Fails with the storage codes.
   */
  async list(days: number, until: number): Promise<Night[]> {
    const { hsms, policy, clock } = this.#deps;
    const first = utcDay(until - (days - 1) * DAY_MS);
    const last = utcDay(until);
    // The run of the last night may have begun after midnight.
    const ofHsms = await Promise.all(hsms.map((hsm) => this.#runsOf(hsm, first, utcDay(until + DAY_MS))));
    const now = clock.now();
    return Array.from({ length: days }, (_, index) => {
      const date = utcDay(until - (days - 1 - index) * DAY_MS);
      const due = dueAt(policy, date, now);
      const ofDay = ofHsms.flatMap(({ runs }) => runs.filter(({ startedAt }) => startedAt.startsWith(date)));
      return {
        date,
        runs: ofDay.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
        missing: ofHsms.filter((one) => isMissing(due, one.since, startsOf(one))).map(({ hsm }) => hsm),
        // One whose name does not say when it began is shown where everybody looks.
        unreadable: ofHsms
          .filter(({ unreadable }) =>
            unreadable.some((at) => (at === undefined ? last : utcDay(at)) === date),
          )
          .map(({ hsm }) => hsm),
      };
    });
  }

  /** One run, with a page of its keys. Fails with `run-unknown`, `state-corrupt` or a storage code. */
  async detail({ hsm, runId, outcome, limit, offset }: NightQuery): Promise<NightDetail> {
    const document = await this.#deps.store.open({ kind: 'run', hsm, runId });
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

  async #runsOf(hsm: string, first: string, last: string): Promise<HsmRuns> {
    const { store, since } = this.#deps;
    const watchedSince = await since(hsm);
    const ids = await listRunIds(store, hsm);
    const began = [watchedSince ?? [], ids.flatMap((id) => beganAt(id) ?? [])].flat();
    // Their names begin with the time they began at.
    const wanted = ids.filter((id) => inDays(id, first, last));
    const read = await Promise.all(wanted.map(async (id) => ({ id, run: await this.#run(hsm, id) })));
    return {
      hsm,
      since: began.length === 0 ? undefined : began.reduce((a, b) => Math.min(a, b)),
      runs: read.flatMap(({ run }) => (run === undefined || run === 'unreadable' ? [] : [run])),
      unreadable: read.filter(({ run }) => run === 'unreadable').map(({ id }) => beganAt(id)),
    };
  }

  async #run(hsm: string, runId: string): Promise<NightRun | 'unreadable' | undefined> {
    const name = `${hsm}/${runId}`;
    const known = this.#ended.get(name);
    if (known !== undefined) return known;
    try {
      const head = await readRunHead(this.#deps.store, hsm, runId);
      if (head === undefined) return undefined;
      const run = runOf(head);
      if (hasEnded(head)) this.#keep(name, run);
      return run;
    } catch (error) {
      if (!isWardenError(error, 'state-corrupt')) throw error;
      return 'unreadable';
    }
  }

  #keep(name: string, run: NightRun): void {
    this.#ended.set(name, run);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MOST_KEPT * this.#deps.hsms.length && oldest !== undefined)
      this.#ended.delete(oldest);
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

function startsOf({ runs, unreadable }: HsmRuns): readonly number[] {
  return [...runs.map(({ startedAt }) => epochOf(startedAt)), ...unreadable.flatMap((at) => at ?? [])];
}

/** When a run of this id began, as far as its name says, epoch milliseconds. */
function beganAt(runId: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(runId);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const at = epochOf(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** Whether a run of this id began within the days, as far as its name says; one whose name does not say is read. */
function inDays(runId: string, first: string, last: string): boolean {
  const at = beganAt(runId);
  return at === undefined || (utcDay(at) >= first && utcDay(at) <= last);
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
