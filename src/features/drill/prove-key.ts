/** The drill of one recovery point: fetch, restore, compare, use. Removing what it made is its caller's. */
import { isWardenError, type WardenError } from '../../core/errors.ts';
import type { KeyDetail } from '../../core/model/key.ts';
import { kindOf } from '../../core/model/public-key.ts';
import type { BackupStore, Clock, Pacer } from '../../core/ports.ts';
import { type RetryPolicy, withRetries } from '../../core/retry.ts';
import { DAY_MS } from '../../core/time.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue.ts';
import { compareRestored, nameFault } from './compare.ts';
import { fetchPoint } from './fetch-point.ts';
import type { Enrolment } from './model/enrolments.ts';
import type { DrillResult, Limit, Step } from './model/result.ts';
import type { DrillHsm } from './ports.ts';
import { type Use, type UseDeps, useVersion } from './use-version.ts';

/** What proving needs. */
export interface ProveDeps {
  readonly hsm: DrillHsm;
  readonly backups: BackupStore;
  readonly restores: Pacer;
  readonly clock: Clock;
  readonly retry: RetryPolicy;
}

/** Does the work and notes how long it took. */
type Timed = <T>(step: Step, work: () => Promise<T>) => Promise<T>;

/** What is to be proven. */
export interface ProveTask {
  readonly entry: CatalogueEntry;
  /** What seals name the protected HSM by. */
  readonly resource: string;
  readonly enrolments: readonly Enrolment[];
  /** Called before the restore: when it fails, nothing is restored. */
  readonly note: () => Promise<void>;
  /** Called with the name under which a key came back, where that is another. */
  readonly noteOther: (name: string) => Promise<void>;
  /** A key in the drill HSM that no line of the journal names: what a restore has made whose answer was lost. */
  readonly findOther: () => Promise<string | undefined>;
}

/** What was found; who drilled, when and where is its caller's to say. */
export type Proof = Pick<DrillResult, 'verdict' | 'reasons' | 'used' | 'unused' | 'kind' | 'steps'> & {
  /** Set when the HSM calls the backup damaged or of another security domain. */
  readonly foreign?: true;
  /** Whether there may be a copy in the drill HSM now. A name that was taken before is somebody else's. */
  readonly made: boolean;
  /** Set when the name in the backup was taken: by another drill of the same run, or by somebody else. */
  readonly taken?: true;
};

/** Fails only when `signal` is aborted, or the journal cannot be written. */
export async function proveKey(deps: ProveDeps, task: ProveTask, signal: AbortSignal): Promise<Proof> {
  const steps: Partial<Record<Step, number>> = {};
  const timed: Timed = async (step, work) => {
    const from = deps.clock.now();
    try {
      return await work();
    } finally {
      steps[step] = Math.max(0, deps.clock.now() - from);
    }
  };
  const none = { used: [], unused: [], steps };
  let made = false;
  try {
    const fetched = await timed('fetch', () => fetchPoint(deps, task.entry, signal));
    if ('fault' in fetched) return { verdict: 'failed', reasons: [fetched.fault], ...none, made };
    const { found, recorded } = fetched;
    await task.note();
    made = true;
    const restored = await restore(deps, task, found.bytes, timed, signal);
    const other = nameFault(task.entry.record, restored);
    if (other !== undefined) {
      await task.noteOther(restored.name);
      return { verdict: 'failed', reasons: [other], ...none, made };
    }
    const { faults, versions } = await timed('compare', () =>
      repeated(deps, signal, () => compareRestored(deps.hsm, found.stored.record, signal)),
    );
    const kind = kindOfKey(versions.at(-1) ?? restored);
    if (faults.length > 0) return { verdict: 'failed', reasons: faults.slice(0, 5), kind, ...none, made };
    const uses = await timed('use', () => useInTurn(deps, { ...task, recorded }, versions, signal));
    return { ...judge(uses), kind, steps, made };
  } catch (error) {
    if (!isWardenError(error) || signal.aborted || isOwn(error)) throw error;
    const reasons = [error.message];
    if (error.code === 'backup-foreign')
      return { verdict: 'blocked', reasons, ...none, foreign: true, made: false };
    if (error.code === 'key-name-conflict')
      return { verdict: 'blocked', reasons, ...none, made: false, taken: true };
    return { verdict: 'blocked', reasons, ...none, made };
  }
}

/** The journal's own failures end the run: without it nothing may be restored. */
function isOwn(error: WardenError): boolean {
  return isWardenError(error, 'state-conflict', 'state-corrupt', 'lease-lost', 'app-stopping', 'aborted');
}

/** A restore whose answer was lost, and whose name is taken at the next try, was done: nobody else restores here. */
async function restore(
  deps: ProveDeps,
  { entry, findOther }: ProveTask,
  bytes: Uint8Array,
  timed: Timed,
  signal: AbortSignal,
): Promise<KeyDetail> {
  let doubtful = false;
  return withRetries(
    async () => {
      await deps.restores.take(signal);
      try {
        // Without the wait for the pace: how long a recovery would take.
        const restored = await timed('restore', () => deps.hsm.keys.restoreKey(bytes, signal));
        deps.restores.succeeded();
        return restored;
      } catch (error) {
        if (doubtful && isWardenError(error, 'key-name-conflict')) {
          const made = (await present(deps, entry.record.key, signal)) ?? (await findOther());
          if (made !== undefined) return deps.hsm.keys.getKey(made, undefined, signal);
        }
        doubtful ||= isWardenError(error, 'hsm-unreachable', 'hsm-unavailable', 'hsm-answer-unexpected');
        if (isWardenError(error, 'hsm-throttled', 'hsm-unavailable'))
          deps.restores.throttled(error.retryAfterMs);
        throw error;
      }
    },
    deps.clock,
    deps.retry,
    signal,
  );
}

/** The name itself where the drill HSM has such a key; a backup may hold the key of another name. */
async function present({ hsm }: ProveDeps, name: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await hsm.keys.getKey(name, undefined, signal)).name;
  } catch (error) {
    if (isWardenError(error, 'key-not-found')) return undefined;
    throw error;
  }
}

function repeated<T>(deps: ProveDeps, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return withRetries(work, deps.clock, deps.retry, signal);
}

interface VersionUse {
  readonly version: string;
  readonly use: Use;
}

/** The newest version each time, of the older ones another each day. */
async function useInTurn(
  deps: ProveDeps,
  { resource, enrolments, recorded }: ProveTask & Pick<UseDeps, 'recorded'>,
  versions: readonly KeyDetail[],
  signal: AbortSignal,
): Promise<readonly VersionUse[]> {
  const now = deps.clock.now();
  const older = versions.slice(0, -1);
  const turn = older[Math.floor(now / DAY_MS) % Math.max(1, older.length)];
  const chosen = [versions.at(-1), turn].filter((version) => version !== undefined);
  const uses: VersionUse[] = [];
  for (const version of chosen) {
    const context = { hsm: deps.hsm, resource, enrolments, now, recorded };
    const use = await repeated(deps, signal, () => useVersion(context, version, signal));
    uses.push({ version: version.version, use });
  }
  return uses;
}

const LIMIT_WORDS: Readonly<Record<Limit, string>> = {
  never: 'its owner does not want it used (tag hsm-warden-drill=never)',
  disabled: 'it is disabled',
  expired: 'it is expired',
  'not-yet-valid': 'it is not valid yet',
  operations: 'its operations do not allow it',
  'not-enrolled': 'its owner has enrolled nothing for it: hsm-warden drill enroll',
  kind: 'keys of its kind are not used by drills',
};

function judge(uses: readonly VersionUse[]): Omit<Proof, 'steps' | 'kind' | 'made'> {
  const used = uses.flatMap(({ version, use }) => (use.kind === 'used' ? [{ version, how: use.how }] : []));
  const unused = uses.flatMap(({ version, use }) =>
    use.kind === 'limited' ? [{ version, limit: use.limit }] : [],
  );
  const wrong = uses.flatMap(({ use }) => (use.kind === 'wrong' ? [use.why] : []));
  if (wrong.length > 0) return { verdict: 'failed', reasons: wrong, used, unused };
  const reasons = unused.map(
    ({ version, limit }) => `Version ${version} was not used: ${LIMIT_WORDS[limit]}.`,
  );
  return { verdict: uses[0]?.use.kind === 'used' ? 'proven' : 'metadata-only', reasons, used, unused };
}

function kindOfKey({ publicKey, keyType }: KeyDetail): string {
  return publicKey === undefined ? keyType.replace(/-HSM$/, '') : kindOf(publicKey);
}
