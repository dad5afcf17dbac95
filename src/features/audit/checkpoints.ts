/** Sealed words of the recovery app that the audit log was whole up to the end of a day: what begins afterwards goes on from there. */
import { z } from 'zod';
import { canonicalJson } from '../../core/canonical-json.ts';
import { isWardenError, WardenError } from '../../core/errors.ts';
import type { OnceStore } from '../../core/once-store.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { Seal } from '../../core/seal/seal.ts';
import { HOUR_MS } from '../../core/time.ts';
import { AuditPart } from './audit-log.ts';
import { type DecisionJudge, type DecisionSeals, judgeOf } from './line-seals.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const KIND = 'audit-checkpoint';

/** The end of a part that is complete, with how much of the log stands until there. */
export const PartsEnd = z.strictObject({
  part: AuditPart,
  tip: z.strictObject({ seq: z.int().positive(), hash: Hash }),
  entries: z.int().nonnegative(),
  sealed: z.int().nonnegative(),
});
export type PartsEnd = z.infer<typeof PartsEnd>;

const Said = z.strictObject({
  ...PartsEnd.shape,
  /** When the whole log was verified, by the clock of the process that did it, epoch milliseconds. */
  at: z.int().nonnegative(),
});
/** What a process may go on from. */
export type Checkpoint = z.infer<typeof Said>;

const Stored = z.strictObject({ format: z.literal(1), said: Said, seal: Seal });

/** Of the newest so many the farthest counts: the clocks of the processes that kept them may differ. */
const NEWEST = 5;
/** Read concurrently where others were put before them: who can write there may have planted thousands. */
const READS_AT_ONCE = 16;
/** No more are read: nearly three years of them, for a key that sealed them may not count any more. */
const MOST_READ = 2_000;
/** One is made so often, however many processes verify the log. */
const EVERY_MS = 12 * HOUR_MS;

/** Where they are kept and what they are sealed with. */
export interface CheckpointsDeps {
  readonly once: OnceStore;
  readonly decisions: DecisionSeals;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One per process, where decisions are sealed. */
export class Checkpoints {
  readonly #deps: CheckpointsDeps;

  constructor(deps: CheckpointsDeps) {
    this.#deps = deps;
  }

  /**
   * The farthest of the newest ones of `segment` with a good seal, however many others were put before them. Fails with `audit-corrupt`
   * when those are more than are read, for then the good ones may be behind them; with `seal-unavailable`, or a storage code.
   */
  async last(segment: string | undefined): Promise<Checkpoint | undefined> {
    const { once, decisions } = this.#deps;
    const names = (await once.list(folderOf(segment))).toReversed();
    const judge = await judgeOf(decisions);
    const good: Checkpoint[] = [];
    let newest = 0;
    let read = 0;
    while (read < names.length && newest < NEWEST) {
      if (read >= MOST_READ) {
        if (newest > 0) break;
        throw hidden(segment);
      }
      const end = Math.min(MOST_READ, read + (read === 0 ? NEWEST : READS_AT_ONCE));
      const some = names.slice(read, end);
      const texts = await Promise.all(some.map((name) => once.read(name)));
      const found = texts.map((text) => saidIn(text, segment, judge));
      good.push(...found.flatMap((said) => said ?? []));
      // An older one that was put there again under a later name does not end the search.
      newest += found.filter(
        (said, index) => said !== undefined && nameOf(segment, said.at) === some[index],
      ).length;
      read += some.length;
    }
    return good.sort((a, b) => a.tip.seq - b.tip.seq || a.at - b.at).at(-1);
  }

  /** Keeps that the log was found whole just now, unless that was said a while ago. What fails is logged: without it the log is read in full. */
  async keep(end: PartsEnd, before: Checkpoint | undefined): Promise<void> {
    const { once, decisions, clock, logger } = this.#deps;
    const at = clock.now();
    if (before !== undefined && before.at <= at && at - before.at < EVERY_MS) return;
    const said: Checkpoint = { ...end, at };
    try {
      const seal = await decisions.seal({ kind: KIND, content: said });
      await once.write(nameOf(end.part.segment, at), canonicalJson({ format: 1, said, seal }));
    } catch (error) {
      if (!isWardenError(error)) throw error;
      logger.warn('no checkpoint of the audit log could be kept', { day: end.part.day, error });
    }
  }
}

function folderOf(segment: string | undefined): string {
  return `checkpoints/${segment ?? 'first'}/`;
}

function nameOf(segment: string | undefined, at: number): string {
  return `${folderOf(segment)}${String(at).padStart(16, '0')}.json`;
}

/** What a text says, where it is a checkpoint of `segment` with a good seal. */
function saidIn(
  text: string | undefined,
  segment: string | undefined,
  judge: DecisionJudge,
): Checkpoint | undefined {
  const parsed = Stored.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const { said, seal } = parsed.data;
  const isGood = said.part.segment === segment && judge.decision({ kind: KIND, content: said }, seal).good;
  return isGood ? said : undefined;
}

/** A finding: without the checkpoints nobody knows whether state and log were rolled back together. */
function hidden(segment: string | undefined): WardenError {
  return new WardenError('audit-corrupt', {
    message: `The checkpoints of the audit log cannot be found: none of the newest ${MOST_READ} blobs under ${folderOf(segment)} has a good seal.`,
    advice:
      'Find out who wrote them, and compare the log with its height in the workspace before people arm the gate again.',
  });
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
