/** Which recovery points a drill proves tonight. A guarantee, not a lottery: no key waits longer than the settings say. */
import { DAY_MS } from '../../core/time.ts';

/** The newest recovery point of a key that may be drilled. Times are epoch milliseconds. */
export interface DrillCandidate {
  readonly hsm: string;
  readonly key: string;
  /** Kind and size, as far as they are known: `RSA-3072`. */
  readonly kind: string;
  readonly capturedAt: number;
  /** The listed key's times: they differ when the key has changed. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /**
   * Set when the last drill did not prove the key: it `failed` on this very recovery point, or was of an older one, since `replaced`, or
   * a version that it could not use was `enrolled` since.
   */
  readonly unproven?: 'failed' | 'replaced' | 'enrolled';
}

/** What the last drill of a key that ended with an answer was about. */
export interface LastDrill extends Pick<DrillCandidate, 'createdAt' | 'updatedAt'> {
  /** When it ended. */
  readonly provenAt: number;
}

/** Why a key is drilled. */
type DrillReason = 'new' | 'changed' | 'failed' | 'due' | 'oldest' | 'requested';

/** One key of a plan. */
export interface PlannedDrill<Candidate extends DrillCandidate = DrillCandidate> {
  readonly candidate: Candidate;
  readonly reason: DrillReason;
  /** By when it must be proven. */
  readonly dueAt: number;
}

/** What a plan is made under. */
export interface DrillPolicy {
  /** Every key is proven within so many whole days. */
  readonly days: number;
  /** When the next run is due. */
  readonly nextRunAt: number;
  /** Whether this is the run of a night, which takes its share of the oldest; others take only what cannot wait. */
  readonly nightly: boolean;
}

/** New and changed keys are proven within this time. */
export const FRESH_MS = DAY_MS;
/** A run may come to a key only at its end, and the next one may start late. */
const MARGIN_MS = DAY_MS / 24;

/** The keys to drill now, the most urgent first. `lastOf` knows the last drill of a key that proved it. */
export function planDrills<Candidate extends DrillCandidate>(
  candidates: readonly Candidate[],
  lastOf: (candidate: Candidate) => LastDrill | undefined,
  policy: DrillPolicy,
  now: number,
): readonly PlannedDrill<Candidate>[] {
  const all = candidates
    .map((candidate) => judge(candidate, lastOf(candidate), policy, now))
    .sort((a, b) => a.dueAt - b.dueAt || order(a.candidate, b.candidate));
  // What failed fails again until there is another recovery point: once a night is enough.
  const waits = policy.nightly ? ['oldest'] : ['oldest', 'failed'];
  const chosen = new Set(all.filter(({ reason }) => !waits.includes(reason)));
  if (policy.nightly) {
    const share = Math.ceil(all.length / policy.days);
    for (const one of all.filter(({ reason }) => reason === 'oldest').slice(0, share)) chosen.add(one);
    for (const one of oneOfEach(all, chosen)) chosen.add(one);
  }
  return all.filter((one) => chosen.has(one));
}

/** How long the key that waits longest has been without a proof, in milliseconds; 0 when there is none. */
export function oldestUnproven<Candidate extends DrillCandidate>(
  candidates: readonly Candidate[],
  lastOf: (candidate: Candidate) => LastDrill | undefined,
  now: number,
): number {
  return Math.max(0, ...candidates.map((one) => now - (lastOf(one)?.provenAt ?? one.capturedAt)));
}

function judge<Candidate extends DrillCandidate>(
  candidate: Candidate,
  last: LastDrill | undefined,
  { days, nextRunAt }: DrillPolicy,
  now: number,
): PlannedDrill<Candidate> {
  const { capturedAt, createdAt, updatedAt, unproven } = candidate;
  // A clock that was ahead may have dated the backup: it does not put the proof off.
  const freshDueAt = Math.min(capturedAt, now) + FRESH_MS;
  if (unproven === 'failed') return { candidate, reason: 'failed', dueAt: freshDueAt };
  if (last === undefined || unproven !== undefined) return { candidate, reason: 'new', dueAt: freshDueAt };
  if (last.createdAt !== createdAt || last.updatedAt !== updatedAt) {
    return { candidate, reason: 'changed', dueAt: freshDueAt };
  }
  // Proven by a clock that was ahead: nobody knows how old the proof is.
  if (last.provenAt > now) return { candidate, reason: 'due', dueAt: now };
  const dueAt = last.provenAt + days * DAY_MS;
  return { candidate, reason: dueAt <= nextRunAt + MARGIN_MS ? 'due' : 'oldest', dueAt };
}

/** Of every kind and of every HSM that has none chosen, the one that waits longest. */
function oneOfEach<Candidate extends DrillCandidate>(
  all: readonly PlannedDrill<Candidate>[],
  chosen: ReadonlySet<PlannedDrill<Candidate>>,
): readonly PlannedDrill<Candidate>[] {
  const groupsOf = ({ candidate: { hsm, kind } }: PlannedDrill<Candidate>) => [`hsm ${hsm}`, `kind ${kind}`];
  const covered = new Set([...chosen].flatMap(groupsOf));
  const added: PlannedDrill<Candidate>[] = [];
  for (const one of all) {
    const groups = groupsOf(one);
    if (groups.every((group) => covered.has(group))) continue;
    for (const group of groups) covered.add(group);
    added.push(one);
  }
  return added;
}

function order(a: DrillCandidate, b: DrillCandidate): number {
  const [left, right] = [`${a.hsm}/${a.key}`, `${b.hsm}/${b.key}`];
  return left === right ? 0 : left < right ? -1 : 1;
}
