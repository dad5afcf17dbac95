/** Reads what people decided about HSMs out of the audit log. */
import { isWardenError } from '../../core/errors.ts';
import { Serializer } from '../../core/serializer.ts';
import { type AuditPart, comparePart } from '../audit/audit-log.ts';
import { type DecisionLog, decisionOf } from '../audit/decision-lines.ts';
import { type DecisionJudge, judgeOf } from '../audit/line-seals.ts';
import { addedBy, type DecisionLine, decidedBy, type Protectable } from './decided.ts';
import { type AddedHsm, DECISION_EVENTS, type FleetDecisions, kindOf } from './decisions.ts';

/** Parts read concurrently. */
const READS_AT_ONCE = 16;

/** The log, and which address it may have protected. */
export type FleetLog = DecisionLog & Protectable;

/** Reads decisions. One for each process: it reads the whole log once, and then what was appended. */
export class DecisionReader {
  readonly #log: FleetLog;
  readonly #serializer = new Serializer();
  /** By segment, how far it was read. */
  readonly #read = new Map<string | undefined, { readonly part: AuditPart; readonly bytes: number }>();
  /** By the digest of the resource. */
  readonly #last = new Map<string, DecisionLine>();

  constructor(log: FleetLog) {
    this.#log = log;
  }

  /** Fails with `seal-unavailable` and the storage codes; what was read until then need not be read again. */
  read(): Promise<FleetDecisions> {
    return this.#serializer.run(async () => {
      const current = await currentSegment(this.#log.anchor);
      await this.#advanceAll();
      return decidedBy(this.#last, this.#log, current);
    });
  }

  /** The HSMs that people added. It reads the log alone, which is all that some apps may. Fails as {@link DecisionReader.read}. */
  added(): Promise<readonly AddedHsm[]> {
    return this.#serializer.run(async () => {
      await this.#advanceAll();
      return addedBy(this.#last, this.#log);
    });
  }

  async #advanceAll(): Promise<void> {
    const { auditStore, decisions } = this.#log;
    const judge = await judgeOf(decisions);
    // Every segment, whatever the anchor in the state says is the current one.
    for (const segment of [undefined, ...(await auditStore.segments())]) await this.#advance(segment, judge);
  }

  async #advance(segment: string | undefined, judge: DecisionJudge): Promise<void> {
    const { auditStore } = this.#log;
    const before = this.#read.get(segment);
    const parts: AuditPart[] = [];
    for await (const part of auditStore.parts(segment))
      if (before === undefined || comparePart(part, before.part) >= 0) parts.push(part);
    for (let start = 0; start < parts.length; start += READS_AT_ONCE) {
      const texts = await Promise.all(
        parts.slice(start, start + READS_AT_ONCE).map(async (part) => {
          const from = before !== undefined && comparePart(part, before.part) === 0 ? before.bytes : 0;
          return { part, from, text: await auditStore.read(part, from) };
        }),
      );
      for (const { part, from, text } of texts) {
        const whole = text.slice(0, text.lastIndexOf('\n') + 1);
        for (const line of whole.split('\n')) this.#take(line, segment, judge);
        // Bytes that are no text have another length as text: what follows them is read again, so that no decision is passed over.
        const sure = whole.slice(0, whole.lastIndexOf('\n', wrongAt(whole)) + 1);
        this.#read.set(segment, { part, bytes: from + Buffer.byteLength(sure) });
      }
    }
  }

  #take(text: string, segment: string | undefined, judge: DecisionJudge): void {
    const entry = decisionOf(text, DECISION_EVENTS, judge);
    const kind = kindOf(entry?.event);
    if (entry?.digest === undefined || kind === undefined) return;
    const { digest, actor, at, seq, detail = '', factId: name = '', address } = entry;
    const before = this.#last.get(digest);
    // A line that somebody copied to a later place is no later decision.
    if (before !== undefined && (before.decision.at - at || before.decision.seq - seq) >= 0) return;
    const decision = { kind, by: { id: actor.id, name: actor.name }, at, reason: detail, seq };
    this.#last.set(digest, { decision, segment, name, address });
  }
}

/** Undefined in the first segment; `null` where the anchor says nothing that can be read: whoever writes the state could have seen to that. */
async function currentSegment(anchor: DecisionLog['anchor']): Promise<string | undefined | null> {
  try {
    return (await anchor.read())?.segment?.name;
  } catch (error) {
    if (!isWardenError(error, 'audit-corrupt')) throw error;
    return null;
  }
}

/** Where the first bytes are that are no text; the end where all are. */
function wrongAt(text: string): number {
  const at = text.indexOf('\uFFFD');
  return at < 0 ? text.length : at;
}
