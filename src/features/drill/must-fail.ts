/**
 * Drills that must fail: a proof that never fails proves nothing. Wrong recovery points are stored, one at a time, in a container of
 * their own, and go the whole way of a drill: list, read, seal, restore, comparison, use, removal. Their results count nowhere.
 */
import { isWardenError } from '../../core/errors.ts';
import type { BackupStore, StoredBackup } from '../../core/ports.ts';
import { withRetries } from '../../core/retry.ts';
import { DAY_MS } from '../../core/time.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue.ts';
import { type CleanupDeps, removeKey } from './cleanup.ts';
import { pointOf } from './drill-one.ts';
import type { FaultPoints } from './fault-points.ts';
import { type RightPoint, type Sample, samplesOf, UNHARMED } from './fault-samples.ts';
import type { Journal } from './journal.ts';
import type { DrillState, JournalLine } from './model/drill-state.ts';
import { type Proof, type ProveDeps, proveKey } from './prove-key.ts';
import type { Candidate } from './select.ts';

/** How often the drills are tried themselves. */
const EVERY_MS = 7 * DAY_MS;

/** What they need. */
export interface MustFailDeps extends ProveDeps, CleanupDeps {
  readonly journal: Journal;
  readonly faults: FaultPoints;
  readonly resourceOf: (hsm: string) => string | undefined;
}

/** Whether it is time: once a week, and in each run after one that passed, so that their repair is noticed. */
export function isMustFailDue({ mustFail }: DrillState, now: number): boolean {
  if (mustFail === undefined || mustFail.passed.length > 0) return true;
  return now - mustFail.at >= EVERY_MS || mustFail.at > now;
}

/** What came of the drills of wrong recovery points, each named by what is wrong with it. */
interface Trials {
  readonly passed: readonly string[];
  /** Those of which nothing is known: the HSM or the storage said nothing, or the unharmed one did not pass. */
  readonly unanswered: readonly string[];
}

/** Two keys whose recovery points are proven; `other` where there is another. */
interface Subjects {
  readonly right: Candidate;
  readonly other: Candidate | undefined;
}

/**
 * Drills wrong recovery points made of both. What a trial that was killed has left in the container is removed first. Fails as
 * {@link proveKey}.
 */
export async function drillWrongOnes(
  deps: MustFailDeps,
  subjects: Subjects,
  signal: AbortSignal,
): Promise<Trials> {
  const passed: string[] = [];
  const unanswered: string[] = [];
  const clear = () => again(deps, () => deps.faults.clear(signal), signal);
  try {
    await clear();
    for (const sample of await made(deps, subjects, signal)) {
      const { what } = sample;
      const { came, why } = await drillSample(deps, subjects, sample, signal);
      await clear();
      const isWrong = what !== UNHARMED;
      if (isWrong && came === 'back') passed.push(what);
      if (came === 'unknown') unanswered.push(`${what}: ${why}`);
      // Where not even this one comes back the failures of the others say nothing.
      if (isWrong || came === 'back') continue;
      if (came === 'refused') unanswered.push(`${what} does not come back: ${why}`);
      break;
    }
  } catch (error) {
    if (!isWardenError(error) || signal.aborted) throw error;
    unanswered.push(error.message);
  }
  return { passed, unanswered };
}

async function made(
  { backups, faults }: MustFailDeps,
  { right, other }: Subjects,
  signal: AbortSignal,
): Promise<readonly Sample[]> {
  const mine = await fetched(backups, right, signal);
  const theirs = other === undefined ? undefined : await fetched(backups, other, signal);
  return samplesOf(mine, theirs, { sealed: faults.isSealing });
}

async function fetched(backups: BackupStore, { entry }: Candidate, signal: AbortSignal): Promise<RightPoint> {
  const { blob, versionId } = entry;
  const found = await backups.fetch(versionId === undefined ? { blob } : { blob, versionId }, signal);
  return { ...found, keys: await backups.publicKeysOf(blob, signal) };
}

/** What came of one: it brings its key back, it does not, or nobody knows; and why. */
interface Outcome {
  readonly came: 'back' | 'refused' | 'unknown';
  readonly why: string;
}

async function drillSample(
  deps: MustFailDeps,
  subjects: Subjects,
  { point, isSeenEarly }: Sample,
  signal: AbortSignal,
): Promise<Outcome> {
  const { faults } = deps;
  const sealed = await faults.seal(point, signal);
  const put = await again(deps, () => faults.put(sealed, signal), signal);
  const listed = await again(deps, () => listedAs(faults.points, put, signal), signal);
  // What has no good seal must not even be listed; whether it is refused to whoever knows its name is tried, too.
  const isHidden = point.isForged === true;
  if (listed !== undefined && isHidden) return { came: 'back', why: 'it is listed' };
  if (listed === undefined && !isHidden) return { came: 'unknown', why: 'it is not listed' };
  const { verdict, foreign, reasons, steps } = await proveAndRemove(deps, subjects, put, signal);
  const why = reasons.join(' ');
  if (verdict === 'proven' || verdict === 'metadata-only') return { came: 'back', why };
  if (steps.restore === undefined && isSeenEarly !== true) return { came: 'unknown', why };
  return { came: verdict === 'blocked' && foreign !== true ? 'unknown' : 'refused', why };
}

async function listedAs(
  points: BackupStore,
  { blob, record: { hsm, key } }: StoredBackup,
  signal: AbortSignal,
): Promise<StoredBackup | undefined> {
  for await (const page of points.list(hsm, key, signal)) {
    const found = page.find((one) => one.blob === blob);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function proveAndRemove(
  deps: MustFailDeps,
  { right, other }: Subjects,
  entry: CatalogueEntry,
  signal: AbortSignal,
): Promise<Proof> {
  const { journal, clock, resourceOf, faults } = deps;
  const { hsm, enrolments } = right;
  const both = other === undefined ? [right] : [right, other];
  // Either key may come back: both are noted before the restore, and both names are removed.
  const lines = both.map(
    (one): JournalLine => ({
      hsm: one.hsm,
      key: one.key,
      point: pointOf(one === right ? entry : one.entry),
      runId: 'must-fail',
      at: clock.now(),
    }),
  );
  const proof = await proveKey(
    { ...deps, backups: faults.points },
    {
      entry,
      resource: resourceOf(hsm) ?? hsm,
      enrolments,
      note: async () => {
        for (const line of lines) await journal.open(line, signal);
      },
      noteOther: async () => undefined,
      findOther: async () => other?.key,
    },
    signal,
  );
  for (const line of lines) {
    if (proof.made) await removeKey(deps, line.key, signal);
    else await journal.forget(line);
  }
  return proof;
}

function again<T>({ clock, retry }: MustFailDeps, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return withRetries(work, clock, retry, signal);
}
