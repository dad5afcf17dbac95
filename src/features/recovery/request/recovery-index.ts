/**
 * The ended requests as one document, so that nobody need read them one by one. It is derived from the requests and rebuilt
 * when it is missing or damaged. Nothing is executed from it, and what waits is known from the audit log, not from here.
 */
import { z } from 'zod';
import { definedOnly } from '../../../core/defined-only.ts';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { type DocumentType, parseDocument } from '../../../core/documents/document-type.ts';
import { updateDocument } from '../../../core/documents/update-document.ts';
import { isWardenError } from '../../../core/errors.ts';
import { HsmName, KeyName } from '../../../core/model/names.ts';
import type { Clock, Logger } from '../../../core/ports.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import { isProven } from '../model/ending.ts';
import type { HeldRecord } from '../model/ports.ts';
import { isClosed, RecoveryId, STATES } from '../model/record.ts';
import { forEachRecord } from './each-recovery.ts';
import type { RecoveryEvidence } from './evidence.ts';
import { KeptRecords } from './kept-records.ts';

const Time = z.int().nonnegative();

/** What is kept of a request that has ended and of which the world knows. Times are epoch milliseconds. */
const IndexEntry = z.strictObject({
  state: z.enum(STATES),
  hsm: HsmName,
  target: HsmName,
  key: KeyName,
  /** Its place in lists: when it was made, by the audit log where that knows it. */
  asked: Time,
  endedAt: Time,
  /** Of the request when it was read: with another one it was written since and is read again. */
  etag: z.string(),
  events: z.array(z.string()).exactOptional(),
  /** Whether it did what was approved, and that is proven; entries of before do not say. */
  proven: z.boolean().exactOptional(),
});
export type IndexEntry = z.infer<typeof IndexEntry>;

const Index = z.strictObject({ format: z.literal(1), ended: z.record(RecoveryId, IndexEntry) });

/** How it is stored. */
const INDEX_DOCUMENT: DocumentType<'recovery-index', z.infer<typeof Index>> = {
  kind: 'recovery-index',
  schema: Index,
  name: () => 'The index of ended recoveries',
  advice: 'Nothing to do: it is made again from the stored requests.',
  expendable: true,
};
const ADDRESS = { kind: 'recovery-index' } as const;

type Entries = ReadonlyMap<string, IndexEntry>;

/** What the index stands on. */
export interface IndexDeps {
  readonly store: DocumentStore;
  readonly evidence: RecoveryEvidence;
  readonly clock: Pick<Clock, 'now'>;
}

/** So long one that was read serves for lists: what ended since is read one by one. */
const FRESH_MS = MINUTE_MS;

/** What the index keeps of an ended request; undefined while it waits, or while something of it is not published yet. */
export function indexEntry({ record, etag }: HeldRecord, asked: number | undefined): IndexEntry | undefined {
  if (!isClosed(record) || record.untold.length > 0) return undefined;
  const { state, operation, createdAt, endedAt = createdAt, events } = record;
  const { hsm, target, key } = operation;
  const proven = isProven(record);
  return {
    state,
    hsm,
    target,
    key,
    asked: asked ?? createdAt,
    endedAt,
    etag,
    proven,
    ...definedOnly({ events }),
  };
}

/** One per process. Methods may fail with the storage codes. */
export class RecoveryIndex {
  /** Ended requests that lists have read. */
  readonly kept = new KeptRecords();
  readonly #deps: IndexDeps;
  #text: string | undefined;
  #entries: Entries = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #rebuilding: Promise<Entries> | undefined;

  constructor(deps: IndexDeps) {
    this.#deps = deps;
  }

  /** The stored index; undefined when there is none, or none that can be read. */
  async stored(): Promise<Entries | undefined> {
    const now = this.#deps.clock.now();
    const found = await this.#deps.store.read(ADDRESS);
    if (found === undefined) return undefined;
    this.#readAt = now;
    if (found.text === this.#text) return this.#entries;
    try {
      const { ended } = parseDocument(INDEX_DOCUMENT, ADDRESS, found.text);
      this.#entries = new Map(Object.entries(ended));
      this.#text = found.text;
      return this.#entries;
    } catch (error) {
      if (!isWardenError(error, 'state-corrupt')) throw error;
      this.#readAt = Number.NEGATIVE_INFINITY;
      return undefined;
    }
  }

  /** The index, made again where there is none. May fail with `audit-corrupt`, too. */
  async entries(logger: Logger): Promise<Entries> {
    if (this.#deps.clock.now() - this.#readAt < FRESH_MS) return this.#entries;
    const stored = await this.stored();
    if (stored !== undefined) return stored;
    this.#rebuilding ??= this.#rebuild(logger).finally(() => {
      this.#rebuilding = undefined;
    });
    return this.#rebuilding;
  }

  /** Adds what has ended, and takes out what is stored no more. */
  async update(added: Entries, gone: readonly string[] = []): Promise<void> {
    await updateDocument(this.#deps.store, INDEX_DOCUMENT, ADDRESS, (index) => {
      if (index !== undefined && added.size === 0 && gone.length === 0) return index;
      const ended = new Map(Object.entries(index?.ended ?? {}));
      for (const [id, entry] of added) ended.set(id, entry);
      for (const id of gone) ended.delete(id);
      return { format: 1 as const, ended: Object.fromEntries(ended) };
    });
  }

  async #rebuild(logger: Logger): Promise<Entries> {
    const logged = await this.#deps.evidence.all();
    const found = new Map<string, IndexEntry>();
    await forEachRecord({ store: this.#deps.store, logger }, (held) => {
      const { id } = held.record;
      const entry = indexEntry(held, logged.get(id)?.about?.at);
      if (entry !== undefined) found.set(id, entry);
    });
    await this.update(found);
    logger.info('the index of ended recoveries was rebuilt', { recoveries: found.size });
    return found;
  }
}
