/** Asks the HSM to bring the key back, once: repeated or resumed, it looks at what was done before. */
import { definedOnly } from '../../../core/defined-only.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { KeyDetail } from '../../../core/model/key.ts';
import { isSameName } from '../../../core/model/key-name.ts';
import type { Clock, KeyService } from '../../../core/ports.ts';
import { failure } from '../model/ending.ts';
import type { RecoveryRecord } from '../model/record.ts';
import { readKeyState } from '../planning/key-state.ts';
import { requireFit, requireTime } from '../planning/require-fit.ts';
import type { Answer, Claimed } from '../request/claims.ts';

/** The circumstances of one execution. Times are epoch milliseconds. */
export interface Circumstances {
  /** Whether an earlier execution of this request may have asked the HSM already. */
  readonly asked: boolean;
  /** Keeps for good that the HSM is about to be asked: a process that dies here must be known to have got so far. */
  readonly onAsk: () => Promise<void>;
  /** Set when the HSM has done it already for this request: it is not asked again. */
  readonly acted?: Claimed['acted'];
  /** Keeps for good that the HSM has done it, with the key it answered with. */
  readonly onActed: (answer: KeyDetail | undefined) => Promise<void>;
  /** Nothing is begun at or after this time: the claim may lapse. */
  readonly actBefore: number;
  readonly signal: AbortSignal;
  /** Called as each step begins. */
  readonly onStep: (step: string) => void;
}

/** How the key came to be active. */
interface BroughtBack {
  readonly warnings: readonly string[];
  /** Whether a call of this request brought it back, or may have: then what is there now is this request's doing. */
  readonly ours: boolean;
  /** What the HSM answered to a restore. */
  readonly answer?: Answer;
}

/** A restore whose answer was lost, after which the approved key is not there although the HSM finds its name taken. */
interface Lost {
  readonly lostTo: string;
}

/** Brings the key back, and keeps that it did. */
export function bringBack(
  { clock }: { readonly clock: Clock },
  record: RecoveryRecord,
  keys: KeyService,
  circumstances: Circumstances,
  bytes: Uint8Array | undefined,
): () => Promise<BroughtBack | Lost> {
  const { acted, onActed, signal } = circumstances;
  if (acted !== undefined) return () => foundActed(record, keys, acted.answer, signal);
  const act = actOnce(clock, record, keys, circumstances, bytes);
  let done: Awaited<ReturnType<typeof act>> | undefined;
  return async () => {
    done ??= await act();
    // Repeated alone when it fails: the HSM is not asked again.
    if (!('lostTo' in done) && done.ours) await onActed(done.answer);
    return done;
  };
}

/** What is there of a key that the HSM has brought back for this request before: it is judged, and never brought back again. */
async function foundActed(
  record: RecoveryRecord,
  keys: KeyService,
  answer: Answer | undefined,
  signal: AbortSignal,
): Promise<BroughtBack> {
  const { key } = record.operation;
  const isOther = answer !== undefined && !isSameName(answer.name, key);
  const { state } = await readKeyState(keys, key, signal);
  if (state !== 'active' && !isOther) {
    throw failure(
      record,
      'recovery-used',
      `this request has brought the key back already, and now it is ${state === 'deleted' ? 'soft-deleted' : 'gone'}`,
      'Find out who removed it since, and make a new request if it is needed.',
    );
  }
  const warnings = ['The key was found active when the execution was resumed.'];
  return { warnings, ours: true, ...definedOnly({ answer }) };
}

/** One attempt to bring the key back; repeated, it first looks at what the attempt before has done. */
function actOnce(
  clock: Clock,
  record: RecoveryRecord,
  keys: KeyService,
  { asked, onAsk, actBefore, signal }: Circumstances,
  bytes: Uint8Array | undefined,
): () => Promise<(Omit<BroughtBack, 'answer'> & { readonly answer?: KeyDetail }) | Lost> {
  const { action, key } = record.operation;
  let mayHaveActed = asked;
  return async () => {
    const acted = mayHaveActed;
    const found = await readKeyState(keys, key, signal);
    if (found.state === 'active') {
      if (acted) {
        return {
          warnings: asked ? ['The key was found active when the execution was resumed.'] : [],
          ours: true,
        };
      }
      throw failure(record, 'key-active', 'the key is active already', 'Nothing has to be recovered.');
    }
    requireFit(record, found);
    if (!acted) await onAsk();
    requireTime(clock.now(), record, actBefore);
    mayHaveActed = true;
    try {
      if (action === 'recover') await keys.recoverKey(key, signal);
      else if (bytes !== undefined) {
        return { warnings: [], ours: true, answer: await keys.restoreKey(bytes, signal) };
      }
    } catch (error) {
      // Somebody, perhaps an earlier self, was faster: what is there now is verified, not trusted.
      if (!isWardenError(error, 'key-name-conflict', 'key-not-found')) throw error;
      const { state } = await readKeyState(keys, key, signal);
      if (state === 'active') {
        return { warnings: ['The key came back at the same moment by another hand.'], ours: acted };
      }
      if (error.code !== 'key-name-conflict' || state !== 'gone') throw error;
      const why = `the HSM finds the name inside the backup taken, though it has no key ${key}`;
      if (acted) return { lostTo: `the answer to a restore was lost, and ${why}` };
      throw failure(
        record,
        'key-name-conflict',
        why,
        'The backup may hold another key than its record says. If the key was purged a moment ago, make a new request; otherwise restore another backup.',
      );
    }
    return { warnings: [], ours: true };
  };
}
