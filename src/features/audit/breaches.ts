/** What was found wrong with the audit log, kept beside it for every process: only people who decide it make it count no more. */
import { z } from 'zod';
import { canonicalDigest, canonicalJson } from '../../core/canonical-json.ts';
import { mapConcurrently } from '../../core/concurrency.ts';
import { cutText } from '../../core/model/plain-text.ts';
import type { OnceStore } from '../../core/once-store.ts';
import type { Clock } from '../../core/ports.ts';
import { parseWellFormed } from '../../core/well-formed.ts';
import type { AuditAnchor, AuditStore } from './audit-log.ts';
import { isIntact, parseEntry } from './entry.ts';
import { type DecisionSeals, judgeOf } from './line-seals.ts';
import { REARMED, type Segment } from './segment.ts';

const PREFIX = 'breaches/';
const LONGEST = 500;
/** Whoever can write there may have planted thousands. */
const READS_AT_ONCE = 16;

const StoredBreach = z.strictObject({
  format: z.literal(1),
  /** When it was found, by the clock of the process that found it, epoch milliseconds. */
  at: z.int().nonnegative(),
  problem: z.string(),
});

/** Something found wrong. */
export const Breach = z.strictObject({
  id: z.string(),
  /** Epoch milliseconds; 0 where it cannot be read. */
  at: z.int().nonnegative(),
  problem: z.string(),
});
export type Breach = z.infer<typeof Breach>;

/** Where what was decided is read. */
export interface BreachesDeps {
  readonly once: OnceStore;
  readonly store: AuditStore;
  readonly anchor: Pick<AuditAnchor, 'read'>;
  readonly clock: Clock;
  /** Where decisions are sealed, one without a good seal decides nothing. */
  readonly decisions: Pick<DecisionSeals, 'judge'> | undefined;
}

/** Where a decision to go on is kept, by its digest. */
export function decisionName(digest: string): string {
  return `rearmings/${digest}/requested.json`;
}

/** What a decision says of the breaches that people took note of. */
const Decided = z.looseObject({ breaches: z.array(Breach), decided: z.array(z.string()) });

/** One per process. Its methods may fail with the storage codes. */
export class Breaches {
  readonly #deps: BreachesDeps;
  readonly #recorded = new Set<string>();
  #decisions: { readonly armed: string; readonly ids: ReadonlySet<string> } | undefined;

  constructor(deps: BreachesDeps) {
    this.#deps = deps;
  }

  /** Keeps what was found. The same problem of the same segment is kept once, whoever finds it and however often. */
  async record(problem: string): Promise<void> {
    const { once, anchor, clock } = this.#deps;
    // An anchor that cannot be read may be the very problem.
    const segment = await anchor.read().catch(() => undefined);
    const name = `${PREFIX}${canonicalDigest({ problem: problem.toWellFormed(), segment: segment?.segment?.name ?? null }).slice(0, 32)}.json`;
    if (this.#recorded.has(name)) return;
    await once.write(name, canonicalJson({ format: 1, at: clock.now(), problem: cutText(problem, LONGEST) }));
    this.#recorded.add(name);
  }

  /** What was found and nobody has decided about. One that cannot be read counts: somebody wrote it. */
  async open(): Promise<readonly Breach[]> {
    const { once, anchor } = this.#deps;
    const names = await once.list(PREFIX);
    if (names.length === 0) return [];
    const segment = await anchor.read().catch(() => undefined);
    const decided = await this.#decided(segment?.segment);
    const undecided = names.filter((name) => !decided.has(idOf(name)));
    return mapConcurrently(undecided, READS_AT_ONCE, (name) => this.#read(name));
  }

  /** Ids of what was found and decided about. */
  async decided(): Promise<readonly string[]> {
    const segment = await this.#deps.anchor.read().catch(() => undefined);
    return [...(await this.#decided(segment?.segment))];
  }

  async #read(name: string): Promise<Breach> {
    const text = await this.#deps.once.read(name);
    const parsed = StoredBreach.safeParse(jsonOf(text));
    const id = idOf(name);
    if (!parsed.success)
      return { id, at: 0, problem: `the finding ${name} beside the audit log cannot be read` };
    // Somebody else may have written it, at any length.
    return { id, at: parsed.data.at, problem: cutText(parsed.data.problem, LONGEST) };
  }

  /** The ids that the decision which began `segment` names. Of a segment that nobody began there are none. */
  async #decided(segment: Segment | undefined): Promise<ReadonlySet<string>> {
    if (segment === undefined) return new Set();
    if (this.#decisions?.armed === segment.armed) return this.#decisions.ids;
    const digest = await this.#decisionOf(segment);
    const text = digest === undefined ? undefined : await this.#deps.once.read(decisionName(digest));
    const json = jsonOf(text);
    const parsed = Decided.safeParse(json);
    if (!parsed.success || canonicalDigest(z.json().parse(json)) !== digest) return new Set();
    const ids = new Set([...parsed.data.breaches.map(({ id }) => id), ...parsed.data.decided]);
    this.#decisions = { armed: segment.armed, ids };
    return ids;
  }

  async #decisionOf({ name, base, armed }: Segment): Promise<string | undefined> {
    const { store } = this.#deps;
    const judge = await judgeOf(this.#deps.decisions);
    for await (const part of store.parts(name)) {
      let tip = base;
      for (const line of (await store.read(part)).split('\n')) {
        const entry = parseEntry(line);
        if (entry === undefined || !isIntact(entry) || entry.seq !== tip.seq + 1 || entry.prev !== tip.hash) {
          return undefined;
        }
        if (entry.event === REARMED)
          return entry.hash === armed && judge.line(entry).good ? entry.digest : undefined;
        tip = { seq: entry.seq, hash: entry.hash };
      }
      // Its beginning is one block of the first part.
      return undefined;
    }
    return undefined;
  }
}

function idOf(name: string): string {
  return name.slice(PREFIX.length).replace(/\.json$/, '');
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : parseWellFormed(text);
  } catch {
    return undefined;
  }
}
