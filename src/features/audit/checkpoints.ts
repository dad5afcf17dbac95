/** Sealed words of the recovery app that the audit log was whole up to the end of a day: what begins afterwards goes on from there. */
import { z } from 'zod';
import { canonicalJson } from '../../core/canonical-json.ts';
import { isWardenError } from '../../core/errors.ts';
import type { OnceStore } from '../../core/once-store.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { Seal } from '../../core/seal/seal.ts';
import { HOUR_MS } from '../../core/time.ts';
import { AuditPart } from './audit-log.ts';
import { type DecisionSeals, judgeOf } from './line-seals.ts';

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

/** Of the newest so many are read: who can write there can put others before a good one, and then the log is read in full. */
const READ = 5;
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

  /** The farthest one of `segment` with a good seal. Fails with `seal-unavailable` or a storage code. */
  async last(segment: string | undefined): Promise<Checkpoint | undefined> {
    const { once, decisions } = this.#deps;
    const names = (await once.list(folderOf(segment))).slice(-READ);
    const texts = await Promise.all(names.map((name) => once.read(name)));
    const judge = await judgeOf(decisions);
    const good = texts.flatMap((text) => {
      const parsed = Stored.safeParse(jsonOf(text));
      if (!parsed.success) return [];
      const { said, seal } = parsed.data;
      const isOf = said.part.segment === segment;
      return isOf && judge.decision({ kind: KIND, content: said }, seal).good ? [said] : [];
    });
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
      const name = `${folderOf(end.part.segment)}${String(at).padStart(16, '0')}.json`;
      await once.write(name, canonicalJson({ format: 1, said, seal }));
    } catch (error) {
      if (!isWardenError(error)) throw error;
      logger.warn('no checkpoint of the audit log could be kept', { day: end.part.day, error });
    }
  }
}

function folderOf(segment: string | undefined): string {
  return `checkpoints/${segment ?? 'first'}/`;
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
