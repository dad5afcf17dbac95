/** Copies in short what the row of nights shows: the runs of the last month. */
import { forEachConcurrently } from '../../core/concurrency.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { DAY_MS, isoTime } from '../../core/time.ts';
import { hasEnded, listRunIds, readRunHead } from '../backup/run-record.ts';
import type { CopiedRuns } from './model/copied-runs.ts';

/** Days of which runs are copied: those of the row, and the two that may be cut by its ends. */
const DAYS = 32;
/** Runs of so many days; of an HSM with more, each look lists them. */
const MOST = 100;
/** After so long runs are listed again though the end of none is news: some never end. */
const LISTED_MS = DAY_MS;
const READS_AT_ONCE = 4;

type EndedRun = CopiedRuns['ended'][number];

/** What is copied. */
export interface RunsToCopy {
  readonly hsm: string;
  /** As the former part has them. */
  readonly before: CopiedRuns | undefined;
  /** The run that ended last. */
  readonly lastRun: string | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The runs of the last month; undefined where there are too many. One that has ended is read once. Fails with a storage code. */
export async function copyRuns(
  store: DocumentStore,
  { hsm, before, lastRun, now }: RunsToCopy,
  signal?: AbortSignal,
): Promise<CopiedRuns | undefined> {
  const known = new Map((before?.ended ?? []).map((run) => [run.runId, run]));
  const isNews = lastRun !== undefined && !known.has(lastRun);
  if (before !== undefined && !isNews && now >= before.listedAt && now - before.listedAt < LISTED_MS)
    return before;
  const ids = await listRunIds(store, hsm, signal);
  const first = isoTime(now - DAYS * DAY_MS)
    .slice(0, 10)
    .replaceAll('-', '');
  // The names of runs begin with their day; what is named otherwise is for who looks to judge.
  const recent = ids.filter((id) => id >= first);
  if (recent.length > MOST) return undefined;
  const ended = new Map<string, EndedRun>();
  await forEachConcurrently(recent, READS_AT_ONCE, async (id) => {
    const run = known.get(id) ?? (await endedRun(store, hsm, id, signal));
    if (run !== undefined) ended.set(id, run);
  });
  const [oldest] = ids;
  const open = recent.filter((id) => !ended.has(id));
  return {
    listedAt: now,
    ended: recent.flatMap((id) => ended.get(id) ?? []),
    // The first run of all says since when there are any.
    open: oldest === undefined || recent.includes(oldest) ? open : [oldest, ...open],
  };
}

/** Undefined for one that has not ended, or cannot be read: who looks reads it, and says so. */
async function endedRun(
  store: DocumentStore,
  hsm: string,
  runId: string,
  signal?: AbortSignal,
): Promise<EndedRun | undefined> {
  try {
    const run = await readRunHead(store, hsm, runId, signal);
    if (run === undefined || !hasEnded(run)) return undefined;
    const { seal: _seal, ...head } = run;
    return head;
  } catch (error) {
    if (!isWardenError(error, 'state-corrupt')) throw error;
    return undefined;
  }
}
