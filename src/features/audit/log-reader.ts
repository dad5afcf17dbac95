/** Follows the audit log: reads what was added since, and proves each time that it goes on from what was read before. */
import { WardenError } from '../../core/errors.ts';
import type { SealVerdict } from '../../core/seal/verify-seal.ts';
import { Serializer } from '../../core/serializer.ts';
import { type AuditAnchor, type AuditPart, type AuditStore, comparePart } from './audit-log.ts';
import { type AuditEntry, type ChainTip, EMPTY_CHAIN, isIntact, parseEntry, SEAL } from './entry.ts';
import { type DecisionJudge, type DecisionSeals, judgeOf } from './line-seals.ts';
import { REARMED, type Segment } from './segment.ts';

/** Parts read concurrently: the log of years is thousands of small blobs. */
const READS_AT_ONCE = 16;
/** Hashes remembered to compare the anchor with: it follows the log within moments. */
const REMEMBERED = 1_000;

/** What is done with an entry; `seal` says whether it counts as a decision. */
export type TakeEntry = (entry: AuditEntry, seal: SealVerdict) => void;

/** One per process. What it has read it remembers: a log that is rolled back or rewritten afterwards is known for it. */
export class AuditReader {
  readonly #store: AuditStore;
  readonly #anchor: AuditAnchor;
  readonly #seals: Pick<DecisionSeals, 'judge'> | undefined;
  readonly #serializer = new Serializer();
  readonly #hashes = new Map<number, string>();
  /** The segment that is read; undefined in the first. */
  #segment: Segment | undefined;
  #armed = true;
  #tip: ChainTip = EMPTY_CHAIN;
  /** The last part that holds lines, and all of its text so far. */
  #part: AuditPart | undefined;
  #text = '';
  /** Length of that text, in bytes. */
  #bytes = 0;
  #sealed = true;

  /** With `seals` a line whose seal was made for something else is no line of the log. */
  constructor(store: AuditStore, anchor: AuditAnchor, seals?: Pick<DecisionSeals, 'judge'>) {
    this.#store = store;
    this.#anchor = anchor;
    this.#seals = seals;
  }

  /**
   * Reads on to the end and hands each new entry to `take`, in order and once. `forget` is called first when the log goes on in
   * another segment than before: what was taken until then counts no more. Fails with `audit-corrupt` when the log is not
   * the continuation of what was read, or ends before what is remembered elsewhere; with `seal-unavailable` when the pinned
   * keys cannot be read; and with the storage codes. With `isTail` the lines read before are not read again, and so not
   * compared: nothing may be decided by that.
   */
  advance(take: TakeEntry, forget: () => void = () => undefined, isTail = false): Promise<void> {
    return this.#serializer.run(() => this.#advance(take, forget, isTail));
  }

  async #advance(take: TakeEntry, forget: () => void, isTail: boolean): Promise<void> {
    const judge = await judgeOf(this.#seals);
    // The anchor first: what is appended meanwhile is beyond it.
    const remembered = await this.#anchor.read();
    if (remembered !== undefined && remembered.segment?.name !== this.#segment?.name) {
      this.#restart(remembered.segment);
      forget();
    }
    const parts: AuditPart[] = [];
    for await (const part of this.#store.parts(this.#segment?.name)) {
      if (this.#part === undefined || comparePart(part, this.#part) >= 0) parts.push(part);
    }
    if (this.#part !== undefined && (parts[0] === undefined || comparePart(parts[0], this.#part) !== 0)) {
      throw corrupt(`the part of ${this.#part.day} that was read before is gone`);
    }
    for (let start = 0; start < parts.length; start += READS_AT_ONCE) {
      const some = parts.slice(start, start + READS_AT_ONCE);
      const texts = await Promise.all(
        some.map(async (part) => {
          const from = isTail && this.#isLast(part) ? this.#bytes : 0;
          return { part, from, text: await this.#store.read(part, from) };
        }),
      );
      for (const one of texts) this.#take(one, remembered, judge, take);
    }
    await this.#compare(remembered);
    if (!this.#armed) throw corrupt('nobody decided that it goes on where it goes on');
  }

  #restart(segment: Segment | undefined): void {
    this.#segment = segment;
    this.#armed = segment === undefined;
    this.#tip = segment?.base ?? EMPTY_CHAIN;
    this.#part = undefined;
    this.#text = '';
    this.#bytes = 0;
    this.#sealed = true;
    this.#hashes.clear();
  }

  #take(
    { part, from, text }: { readonly part: AuditPart; readonly from: number; readonly text: string },
    anchor: ChainTip | undefined,
    judge: DecisionJudge,
    take: TakeEntry,
  ): void {
    const isSame = this.#isLast(part);
    if (isSame && from === 0 && !text.startsWith(this.#text)) {
      throw corrupt(`lines of ${part.day} that were read before have changed`);
    }
    const fresh = isSame && from === 0 ? text.slice(this.#text.length) : text;
    if (fresh === '') return;
    if (!isSame && !this.#sealed)
      throw corrupt(`a part follows that of ${this.#part?.day}, which is not sealed`);
    if (!fresh.endsWith('\n')) throw corrupt(`the last line of ${part.day} has no end`);
    if (!isSame) this.#begin(part);
    for (const line of fresh.slice(0, -1).split('\n')) {
      const entry = this.#follow(line, part);
      if (anchor?.seq === entry.seq && anchor.hash !== entry.hash) {
        throw corrupt(`line ${entry.seq} is not the one that was written`);
      }
      const seal = judge.line(entry);
      if (!seal.good && seal.forged === true) {
        throw corrupt(`the seal of line ${entry.seq} does not count, for ${seal.why}`);
      }
      this.#tip = { seq: entry.seq, hash: entry.hash };
      this.#hashes.set(entry.seq, entry.hash);
      this.#hashes.delete(entry.seq - REMEMBERED);
      this.#sealed = entry.event === SEAL;
      if (entry.event === REARMED && entry.hash === this.#segment?.armed && seal.good) this.#armed = true;
      this.#text += `${line}\n`;
      this.#bytes += Buffer.byteLength(line) + 1;
      take(entry, seal);
    }
  }

  #isLast(part: AuditPart): boolean {
    return this.#part !== undefined && comparePart(part, this.#part) === 0;
  }

  #begin(part: AuditPart): void {
    this.#part = part;
    this.#text = '';
    this.#bytes = 0;
    this.#sealed = false;
  }

  #follow(line: string, part: AuditPart): AuditEntry {
    const entry = parseEntry(line);
    if (this.#sealed) throw corrupt(`a line follows the seal of ${part.day}`);
    if (entry === undefined || !isIntact(entry)) throw corrupt(`a line of ${part.day} was changed`);
    if (entry.seq !== this.#tip.seq + 1 || entry.prev !== this.#tip.hash) {
      throw corrupt(`a line of ${part.day} does not follow line ${this.#tip.seq}`);
    }
    return entry;
  }

  async #compare(remembered: ChainTip | undefined): Promise<void> {
    // Remembered before the first line is written, so a log without it has lost it; read again for one that just began.
    const anchor = remembered ?? (this.#tip.seq === 0 ? EMPTY_CHAIN : await this.#anchor.read());
    if (anchor === undefined) throw corrupt('what remembers the end of the log is gone');
    if (anchor.seq > this.#tip.seq) throw corrupt(`it was cut off: line ${anchor.seq} was written`);
    const known = this.#hashes.get(anchor.seq);
    if (known !== undefined && known !== anchor.hash) {
      throw corrupt(`line ${anchor.seq} is not the one that was written`);
    }
  }
}

function corrupt(why: string): WardenError {
  return new WardenError('audit-corrupt', {
    message: `The audit log is not whole: ${why}.`,
    advice:
      'Nothing is executed until it is explained: compare the log with the copies that your events or SIEM have.',
  });
}
