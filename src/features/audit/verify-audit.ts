/** Reads the whole audit log and says whether anything in it was changed, removed, reordered, or cut off. */
import { z } from 'zod';
import { type AuditAnchor, AuditPart, type AuditStore, comparePart, type SeenTip } from './audit-log.ts';
import type { Checkpoint, PartsEnd } from './checkpoints.ts';
import { type ChainTip, EMPTY_CHAIN, isBehind, isIntact, parseEntry, SEAL } from './entry.ts';
import { type DecisionJudge, type DecisionSeals, judgeOf } from './line-seals.ts';
import { type AnchorState, REARMED } from './segment.ts';

/** Parts read concurrently: the log of years is thousands of small blobs. */
const READS_AT_ONCE = 16;

/** Something wrong with the log, and where. */
const AuditProblem = z.strictObject({
  part: AuditPart.optional(),
  /** Line in the part, from 1. */
  line: z.int(),
  problem: z.string(),
});
type AuditProblem = z.infer<typeof AuditProblem>;

/** The verdict: the log is whole when there are no problems. */
export const AuditVerdict = z.strictObject({
  entries: z.int(),
  tip: z.strictObject({ seq: z.int(), hash: z.string() }),
  problems: z.array(AuditProblem),
  from: z.strictObject({ seq: z.int(), at: z.string() }).exactOptional().meta({
    description:
      'The line that was gone on from, and when all up to it was found whole; absent where all was read',
  }),
  sealed: z.int().exactOptional().meta({
    description: 'Decisions whose seals count; absent where decisions are not sealed',
  }),
});
export type AuditVerdict = z.infer<typeof AuditVerdict>;

/** The first problem of a verdict in words, the same wherever it is found; undefined when there is none. */
export function firstProblem({ problems: [first] }: AuditVerdict): string | undefined {
  if (first === undefined) return undefined;
  const place = first.part === undefined ? '' : ` (${first.part.day}, line ${first.line})`;
  return `the audit log is not whole: ${first.problem}${place}`;
}

/** A part with its text. */
export interface AuditText {
  readonly part: AuditPart;
  readonly text: string;
}

/**
 * Verifies the parts in order against `anchor`, the farthest tip known from elsewhere: the chain finds every change
 * within; only the anchor finds lines cut off at the end. After the first problem of a part the rest of it is not judged.
 */
export function verifyParts(parts: Iterable<AuditText>, anchor: AnchorState | undefined): AuditVerdict {
  const verifier = new Verifier(anchor);
  for (const part of parts) verifier.take(part);
  return verifier.verdict();
}

/** What else is known: an end of the chain that was seen, and whether requests are stored, each of which has lines. */
export interface KnownOfAudit {
  readonly seen?: SeenTip | undefined;
  readonly hasRequests?: () => Promise<boolean>;
  /** Where decisions are sealed: a line with a seal that was made for something else is a problem. */
  readonly seals?: Pick<DecisionSeals, 'judge'> | undefined;
  /** A checkpoint with a good seal: the log must hold its line. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Only what follows the checkpoint is read: what comes before it was found whole then. */
  readonly isOnward?: boolean;
}

/** What was verified, and how far a later verification need not look back. */
export interface Verified {
  readonly verdict: AuditVerdict;
  /** The end of the last part that another one follows; absent where there is none. */
  readonly complete: PartsEnd | undefined;
  /** The checkpoint that was gone on from; absent where all was read. */
  readonly from: Checkpoint | undefined;
}

/** As {@link verifyParts}, over a store, and compared with what else is known. May fail with `seal-unavailable` and the storage codes. */
export async function verifyAudit(
  store: AuditStore,
  anchor: Pick<AuditAnchor, 'read'>,
  known: KnownOfAudit = {},
): Promise<AuditVerdict> {
  return (await verifyLog(store, anchor, known)).verdict;
}

/** As {@link verifyAudit}; says, too, up to where the log will not change any more. */
export async function verifyLog(
  store: AuditStore,
  anchor: Pick<AuditAnchor, 'read'>,
  known: KnownOfAudit = {},
): Promise<Verified> {
  const judge = known.seals === undefined ? undefined : await judgeOf(known.seals);
  // The anchor first: what is appended meanwhile is beyond it and no problem.
  const remembered = await anchor.read();
  const segment = remembered?.segment?.name;
  const checkpoint = known.checkpoint?.part.segment === segment ? known.checkpoint : undefined;
  const listed: AuditPart[] = [];
  for await (const part of store.parts(segment)) listed.push(part);
  const isThere = checkpoint !== undefined && listed.some((part) => comparePart(part, checkpoint.part) === 0);
  const from = known.isOnward === true && isThere ? checkpoint : undefined;
  const parts = from === undefined ? listed : listed.filter((part) => comparePart(part, from.part) > 0);
  const seen = known.seen?.segment === segment ? known.seen : undefined;
  const verifier = new Verifier(remembered, judge, checkpoint, from, seen);
  for (let rest = parts; rest.length > 0; rest = rest.slice(READS_AT_ONCE)) {
    const some = rest.slice(0, READS_AT_ONCE);
    const texts = await Promise.all(some.map(async (part) => ({ part, text: await store.read(part) })));
    for (const text of texts) verifier.take(text);
  }
  const verdict = await compared(verifier.verdict(), known, segment);
  const { complete } = verifier;
  // Remembered before the first line is written, so a log without it has lost it; read again for one that just began.
  if (remembered !== undefined || verdict.entries === 0 || (await anchor.read()) !== undefined)
    return { verdict, complete, from };
  const problem = 'what remembers the end of the log is gone: lines may have been cut off unseen';
  const problems = [...verdict.problems, { part: undefined, line: 0, problem }];
  return { verdict: { ...verdict, problems }, complete, from };
}

async function compared(
  verdict: AuditVerdict,
  { seen, hasRequests }: KnownOfAudit,
  segment: string | undefined,
): Promise<AuditVerdict> {
  const { tip, entries } = verdict;
  const problems = [...verdict.problems];
  if (seen !== undefined && seen.segment === segment && isBehind(tip, seen)) {
    const problem = `the chain went backwards: line ${seen.seq} was seen by this process and is not there, the last is ${tip.seq}`;
    problems.push({ line: 0, problem });
  }
  if (entries === 0 && problems.length === 0 && (await hasRequests?.()) === true) {
    problems.push({ line: 0, problem: 'the log is empty although requests are stored: it was removed' });
  }
  return { ...verdict, problems };
}

const OTHER_END = 'it is not the line that was written';
const OTHER_LINE = 'it is not the line that this process had seen there';

class Verifier {
  readonly #problems: AuditProblem[] = [];
  readonly #anchor: AnchorState | undefined;
  readonly #judge: DecisionJudge | undefined;
  #sealedDecisions = 0;
  #tip = EMPTY_CHAIN;
  #armed: boolean;
  #entries = 0;
  /** The anchor, until its line is met. */
  #ahead: AnchorState | undefined;
  #sealed = true;
  #last: AuditPart | undefined;
  /** The end of the last part that another one follows. */
  complete: PartsEnd | undefined;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #seen: ChainTip | undefined;

  /** The log must hold the lines of `checkpoint` and `seen`; with `from`, which is the first, it is taken as read until there. */
  constructor(
    anchor: AnchorState | undefined,
    judge?: DecisionJudge,
    checkpoint?: Checkpoint,
    from?: Checkpoint,
    seen?: ChainTip,
  ) {
    this.#anchor = anchor;
    this.#judge = judge;
    this.#checkpoint = checkpoint;
    this.#seen = seen;
    this.#ahead = anchor !== undefined && anchor.seq > (from?.tip.seq ?? 0) ? anchor : undefined;
    this.#armed = anchor?.segment === undefined || from !== undefined;
    this.#tip = from?.tip ?? anchor?.segment?.base ?? EMPTY_CHAIN;
    this.#entries = from?.entries ?? 0;
    this.#sealedDecisions = from?.sealed ?? 0;
    this.complete = from;
    if (from !== undefined && anchor?.seq === from.tip.seq && anchor.hash !== from.tip.hash)
      this.#report(from.part, 0, OTHER_END);
  }

  take({ part, text }: AuditText): void {
    // A part somebody opened and never wrote to; lines taken out of it would be missed by the chain.
    if (text === '') return;
    if (!this.#sealed) this.#report(this.#last, 0, 'another part follows, but it was not sealed');
    else if (this.#last !== undefined) {
      const [entries, sealed] = [this.#entries, this.#sealedDecisions];
      this.complete = { part: this.#last, tip: this.#tip, entries, sealed };
    }
    this.#last = part;
    this.#sealed = false;
    const lines = text.split('\n');
    if (lines.pop() !== '') this.#report(part, lines.length + 1, 'the last line has no end');
    for (const [index, line] of lines.entries()) {
      const fault = this.#sealed ? 'a line follows the seal' : this.#takeLine(line);
      if (fault === undefined) continue;
      this.#report(part, index + 1, fault);
      return;
    }
  }

  verdict(): AuditVerdict {
    const ahead = this.#ahead;
    if (ahead !== undefined) {
      this.#report(this.#last, 0, `the log was cut off: line ${ahead.seq} was written and is not there`);
    }
    const ended = this.#checkpoint;
    if (ended !== undefined && isBehind(this.#tip, ended.tip)) {
      this.#report(this.#last, 0, `the log was cut off: line ${ended.tip.seq} stands in a sealed checkpoint`);
    }
    if (!this.#armed) this.#report(this.#last, 0, 'nobody decided that it goes on where it goes on');
    const verdict = { entries: this.#entries, tip: this.#tip, problems: this.#problems };
    return this.#judge === undefined ? verdict : { ...verdict, sealed: this.#sealedDecisions };
  }

  #takeLine(line: string): string | undefined {
    const entry = parseEntry(line);
    if (entry === undefined) return 'it is not an entry';
    if (!isIntact(entry)) return 'its content was changed';
    if (entry.seq !== this.#tip.seq + 1 || entry.prev !== this.#tip.hash) {
      return `it does not follow line ${this.#tip.seq}: a line was removed, added or moved`;
    }
    const seal = this.#judge?.line(entry) ?? { good: true };
    if (!seal.good && seal.forged === true) return `its seal does not count, for ${seal.why}`;
    this.#tip = { seq: entry.seq, hash: entry.hash };
    this.#entries += 1;
    this.#sealed = entry.event === SEAL;
    if (seal.good && entry.seal !== undefined) this.#sealedDecisions += 1;
    const isArming = entry.event === REARMED && entry.hash === this.#anchor?.segment?.armed;
    if (isArming && seal.good) this.#armed = true;
    if (entry.seq === this.#anchor?.seq) {
      if (entry.hash !== this.#anchor.hash) return OTHER_END;
      this.#ahead = undefined;
    }
    // A log that was written again may have become longer.
    if (entry.seq === this.#seen?.seq && entry.hash !== this.#seen.hash) return OTHER_LINE;
    const { tip } = this.#checkpoint ?? {};
    if (entry.seq === tip?.seq && entry.hash !== tip.hash) return 'it is not the line of a sealed checkpoint';
    return undefined;
  }

  #report(part: AuditPart | undefined, line: number, problem: string): void {
    this.#problems.push({ part, line, problem });
  }
}
