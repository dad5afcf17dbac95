/** The write-once claim of an execution: who rolls back state and log together meets it, and nothing is done a second time. */
import { z } from 'zod';
import { canonicalJson, type Json } from '../../../core/canonical-json.ts';
import { definedOnly } from '../../../core/defined-only.ts';
import { isWardenError, WardenError } from '../../../core/errors.ts';
import type { KeyDetail } from '../../../core/model/key.ts';
import type { OnceStore } from '../../../core/once-store.ts';
import { Seal } from '../../../core/seal/seal.ts';
import { wellFormedJson } from '../../../core/well-formed.ts';
import { type DecisionFacts, type DecisionSeals, judgeOf } from '../../audit/line-seals.ts';
import { Outcome, type RecoveryRecord } from '../model/record.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Begun = z.strictObject({
  /** 2 by a worker that writes `asked.json`, too, before it asks the HSM; 1 by one of before. */
  format: z.union([z.literal(1), z.literal(2)]),
  id: z.string(),
  digest: Digest,
  worker: z.string(),
});

/** What the HSM answered to the call of this request, as far as it answered with a key. */
const Answer = z.strictObject({
  name: z.string(),
  version: z.string(),
  thumbprint: z.string().exactOptional(),
});
export type Answer = z.infer<typeof Answer>;
const Acted = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  digest: Digest,
  answer: Answer.exactOptional(),
});

/** The HSM may have been asked: written just before. */
const Asked = z.strictObject({ format: z.literal(1), id: z.string(), digest: Digest });

const Ended = z.strictObject({
  /** 2 with a seal, 1 without. */
  format: z.union([z.literal(1), z.literal(2)]),
  id: z.string(),
  digest: Digest,
  outcome: Outcome,
  seal: Seal.exactOptional(),
});
type Ended = z.infer<typeof Ended>;

/** What was claimed for a request before. */
export interface Claimed {
  readonly begun: boolean;
  /** Whether the HSM may have been asked: if not, what is there now is somebody else's doing. */
  readonly asked: boolean;
  /** Set once the HSM has done it: it is never asked for it again. */
  readonly acted?: { readonly answer?: Answer };
}

/** The claims of requests, in the account whose blobs no app can rewrite. */
export class Claims {
  readonly #store: OnceStore;
  readonly #decisions: DecisionSeals | undefined;

  /** With `decisions` how an execution ended is sealed. */
  constructor(store: OnceStore, decisions?: DecisionSeals) {
    this.#store = store;
    this.#decisions = decisions;
  }

  /** What is claimed for `record`. Fails with `record-unproven` when it was claimed for something else or ended by people, or the storage codes. */
  async of(record: Pick<RecoveryRecord, 'id' | 'digest'>): Promise<Claimed> {
    const { id, digest } = record;
    const [begun, asked, acted, closed] = await Promise.all([
      this.#read(begunName(id), Begun, record),
      this.#read(askedName(id), Asked, record),
      this.#read(actedName(id), Acted, record),
      this.#store.read(closedName(id)),
    ]);
    if (closed !== undefined) throw wasClosed(id);
    if (begun === undefined && (asked !== undefined || acted !== undefined)) throw foreign(id, digest);
    // A worker of before said nothing when it asked.
    const isAsked = asked !== undefined || begun?.format === 1;
    if (acted === undefined) return { begun: begun !== undefined, asked: isAsked };
    return { begun: true, asked: true, acted: definedOnly({ answer: acted.answer }) };
  }

  /** Claims the execution for `worker`; whether it was the first to. May fail with the storage codes. */
  begin({ id, digest }: Pick<RecoveryRecord, 'id' | 'digest'>, worker: string): Promise<boolean> {
    return this.#store.write(begunName(id), canonicalJson({ format: 2, id, digest, worker }));
  }

  /** Keeps for good that people ended it before it was executed. May fail with the storage codes. */
  async close({ id, digest }: Pick<RecoveryRecord, 'id' | 'digest'>): Promise<void> {
    await this.#store.write(closedName(id), canonicalJson({ format: 1, id, digest }));
  }

  /** Keeps for good that the HSM is about to be asked. May fail with the storage codes. */
  async ask({ id, digest }: Pick<RecoveryRecord, 'id' | 'digest'>): Promise<void> {
    await this.#store.write(askedName(id), canonicalJson({ format: 1, id, digest }));
  }

  /** Keeps for good that the HSM has done it. May fail with the storage codes. */
  async act({ id, digest }: Pick<RecoveryRecord, 'id' | 'digest'>, answer?: KeyDetail): Promise<void> {
    const known =
      answer === undefined
        ? undefined
        : { name: answer.name, version: answer.version, ...definedOnly({ thumbprint: answer.thumbprint }) };
    const text = canonicalJson({ format: 1, id, digest, ...definedOnly({ answer: known }) });
    // Another worker of the same request may have been first: then it is kept, which is all that counts.
    await this.#store.write(actedName(id), text);
  }

  /**
   * Keeps for good how the execution ended, and resolves with what was kept first: a worker that resumes says nothing else than the
   * one before. A success is kept sealed or not at all. Fails with `seal-unavailable` then, and with the storage codes.
   */
  async end(record: Pick<RecoveryRecord, 'id' | 'digest'>, outcome: Outcome): Promise<Outcome> {
    const { id, digest } = record;
    const said = { id, digest, outcome };
    const seal = await this.#sealOf(said);
    const ended = seal === undefined ? { format: 1, ...said } : { format: 2, ...said, seal };
    await this.#store.write(endedName(id), canonicalJson(storable(ended)));
    const kept = (await this.ended(record)) ?? outcome;
    // What came back before and is not there any more is no success now.
    return kept.result === 'succeeded' && outcome.result !== 'succeeded' ? outcome : kept;
  }

  /**
   * How it ended, as the worker kept it; a success counts by its seal, where decisions are sealed. Fails with `record-unproven`
   * when it is of something else or its seal does not count, `seal-unavailable`, or the storage codes.
   */
  async ended(record: Pick<RecoveryRecord, 'id' | 'digest'>): Promise<Outcome | undefined> {
    const kept = await this.#read(endedName(record.id), Ended, record);
    if (kept === undefined || kept.outcome.result !== 'succeeded') return kept?.outcome;
    const verdict = (await judgeOf(this.#decisions)).decision(factsOf(kept), kept.seal);
    if (verdict.good) return kept.outcome;
    throw unsealed(record.id, verdict.why);
  }

  /** A key that came back as another, or not at all, is reported without a seal rather than late. */
  async #sealOf(said: Pick<Ended, 'id' | 'digest' | 'outcome'>): Promise<Seal | undefined> {
    try {
      return await this.#decisions?.seal(factsOf(said));
    } catch (error) {
      if (!isWardenError(error, 'seal-unavailable') || said.outcome.result === 'succeeded') throw error;
      return undefined;
    }
  }

  async #read<T extends { readonly id: string; readonly digest: string }>(
    name: string,
    schema: z.ZodType<T>,
    { id, digest }: Pick<RecoveryRecord, 'id' | 'digest'>,
  ): Promise<T | undefined> {
    const text = await this.#store.read(name);
    if (text === undefined) return undefined;
    const parsed = schema.safeParse(jsonOrUndefined(text));
    if (parsed.success && parsed.data.id === id && parsed.data.digest === digest) return parsed.data;
    throw foreign(id, digest);
  }
}

function begunName(id: string): string {
  return `claims/${id}/begun.json`;
}

function askedName(id: string): string {
  return `claims/${id}/asked.json`;
}

function actedName(id: string): string {
  return `claims/${id}/acted.json`;
}

function endedName(id: string): string {
  return `claims/${id}/ended.json`;
}

function factsOf({ id, digest, outcome }: Pick<Ended, 'id' | 'digest' | 'outcome'>): DecisionFacts {
  return { kind: 'outcome', content: storable({ id, digest, outcome }) };
}

/** Words of the service in it are kept well-formed. */
function storable<T extends { readonly outcome: Outcome }>(ended: T): Json {
  return wellFormedJson(ended);
}

function closedName(id: string): string {
  return `claims/${id}/closed.json`;
}

function wasClosed(id: string): WardenError {
  return new WardenError('record-unproven', {
    message: `Recovery ${id} was rejected or cancelled before, and the store and the audit log say otherwise.`,
    advice: 'Find out who can write both containers, and make a new request.',
  });
}

function unsealed(id: string, why: string): WardenError {
  return new WardenError('record-unproven', {
    message: `That recovery ${id} succeeded is not proven: the seal of what the worker kept does not count, for ${why}.`,
    advice:
      'A recovery of before decisions were sealed has none: look at the key itself. Otherwise find out who can write the container of the audit log.',
  });
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function foreign(id: string, digest: string): WardenError {
  return new WardenError('record-unproven', {
    message: `The write-once claim of recovery ${id} is not one of its digest ${digest}.`,
    advice: 'Find out who can write the container of the audit log, and make a new request.',
  });
}
