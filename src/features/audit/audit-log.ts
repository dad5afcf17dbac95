/** Writes the audit log: one chain over daily parts, each sealed before the next begins, whoever writes at the same time. */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { repeatOnConflict } from '../../core/documents/update-document.ts';
import { WardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import {
  anchorGone,
  partAfter,
  SEALING_MS,
  sealTime,
  segmentGone,
  tipOfLine,
  tooSlow,
  utcDay,
  wentBackwards,
} from './chain-end.ts';
import {
  type AuditEvent,
  type ChainTip,
  EMPTY_CHAIN,
  entryLine,
  entryOf,
  isBehind,
  lineBody,
  SEAL,
} from './entry.ts';
import { type Line, LineQueue } from './line-queue.ts';
import type { DecisionSeals } from './line-seals.ts';
import { type AnchorState, SegmentName } from './segment.ts';

/** A part of the log: one day, or a further part of a day that grew beyond what an append blob can hold. */
export const AuditPart = z.strictObject({
  /** The segment it belongs to; absent in the first. */
  segment: SegmentName.exactOptional(),
  /** UTC day, `2026-11-24`. */
  day: z.string(),
  /** From 1. */
  number: z.int(),
});
export type AuditPart = z.infer<typeof AuditPart>;

/** The end of a part, as the store has it. */
export interface PartEnd {
  readonly part: AuditPart;
  /** Length in bytes: the position the next line is appended at. */
  readonly position: number;
  /** Appends so far, of one or more lines each. */
  readonly lines: number;
  /** Its last line; absent when it is empty. */
  readonly lastLine?: string;
  /** The store's own time, epoch milliseconds. */
  readonly serviceTime: number;
}

/** Append-only parts. Any method may fail with the storage codes. */
export interface AuditStore {
  /** The end of the newest part of a segment; undefined when there is none. Unless `fresh`, the part remembered from before may serve. */
  end(fresh: boolean, segment?: string): Promise<PartEnd | undefined>;
  /** Makes an empty part; one that exists already stays as it is. */
  open(part: AuditPart): Promise<void>;
  /** Appends at exactly `position`. Fails with `state-conflict` when the part has another length by now. */
  append(part: AuditPart, lines: string, position: number): Promise<void>;
  /** All parts of a segment, in order; of no other segment any. */
  parts(segment?: string): AsyncIterable<AuditPart>;
  /** The names of the later segments that are there, in order of their names. */
  segments(): Promise<readonly string[]>;
  /** Its text, or what follows its first `from` bytes. */
  read(part: AuditPart, from?: number): Promise<string>;
}

/** Where the newest known end of the chain is remembered, apart from the log itself: a log cut short is known by it. */
export interface AuditAnchor {
  read(): Promise<AnchorState | undefined>;
  /** Before the very first line: remembers that there is none, unless something is remembered already. */
  begin(): Promise<void>;
  /**
   * Keeps the farther of the two tips. Fails with `audit-corrupt` when nothing is remembered: somebody removed it, and a
   * new one would hide that lines were cut off.
   */
  advance(tip: ChainTip): Promise<void>;
  /** Whatever was remembered: the chain goes on in the segment of `state`. Only people decide that. */
  restart(state: AnchorState): Promise<void>;
}

/** Notes what happened. */
export interface AuditLog {
  /** Resolves with the chain's tip once the line is stored. Fails with `audit-corrupt` or a storage code: then nothing may be done. */
  note(event: AuditEvent): Promise<ChainTip>;
  /**
   * As {@link note}, of a decision: the line is sealed, where decisions are. For what the caller knows from its source in this very
   * call only, never for what it read from storage. Fails with `seal-unavailable`, too: then no line is there.
   */
  decide(event: AuditEvent): Promise<ChainTip>;
  /** Whether a decision can be sealed now: before anything is stored that a decision must follow. Fails with `seal-unavailable`. */
  requireSealing(): Promise<void>;
}

/** An append blob takes 50 000 blocks. https://learn.microsoft.com/azure/storage/blobs/scalability-targets */
const MAX_LINES = 49_000;
const WRITER = { kind: 'service', id: 'hsm-warden', name: 'HSM Warden' };

/** An end of the chain, and in which segment. */
export interface SeenTip extends ChainTip {
  readonly segment: string | undefined;
}

/** Each conflict means that another writer has appended: that many are never met, and no line is lost to them. */
const MOST_TRIES = 1_000;
/** So many conflicts are met without a wait: another writer, the end of a day, the next part. */
const STEADY = 25;
const MOST_WAIT_MS = 500;

/**
 * The audit log over an {@link AuditStore}. Instances may compete; within one, what comes while a write is under way is
 * written with the next one, in the order in which it came.
 */
export class ChainedAuditLog implements AuditLog {
  readonly #store: AuditStore;
  readonly #anchor: AuditAnchor;
  readonly #clock: Clock;
  readonly #seals: DecisionSeals | undefined;
  readonly #lines: LineQueue;
  #seen: SeenTip | undefined;

  /** Without `seals` no line is sealed. */
  constructor(store: AuditStore, anchor: AuditAnchor, clock: Clock, seals?: DecisionSeals) {
    this.#store = store;
    this.#anchor = anchor;
    this.#clock = clock;
    this.#seals = seals;
    this.#lines = new LineQueue((lines) => this.#append(lines), clock);
  }

  /** The farthest end of the chain that this process has written. */
  get seen(): SeenTip | undefined {
    return this.#seen;
  }

  note(event: AuditEvent): Promise<ChainTip> {
    return this.#lines.add(event, false);
  }

  decide(event: AuditEvent): Promise<ChainTip> {
    return this.#lines.add(event, this.#seals !== undefined);
  }

  async requireSealing(): Promise<void> {
    await this.#seals?.seal({ kind: 'probe', content: null });
  }

  async #append(batch: readonly Line[]): Promise<ChainTip> {
    let fresh = false;
    let tries = 0;
    const sealBy = this.#clock.now() + SEALING_MS;
    const tip = await repeatOnConflict(
      'The audit log',
      async () => {
        tries += 1;
        // Writers that meet often step out of each other's way.
        if (tries > STEADY) await this.#clock.sleep(randomInt(Math.min(tries * 10, MOST_WAIT_MS)));
        const isFresh = fresh;
        fresh = true;
        return this.#tryAppend(batch, isFresh, sealBy);
      },
      MOST_TRIES,
    );
    const { segment, ...written } = tip;
    this.#seen = tip;
    await this.#anchor.advance(written);
    return written;
  }

  /** Appends where the chain ends now; whoever was faster makes it a `state-conflict`. */
  async #tryAppend(batch: readonly Line[], fresh: boolean, sealBy: number): Promise<SeenTip> {
    const remembered = await this.#anchor.read();
    const segment = remembered?.segment?.name;
    const end = await this.#store.end(fresh, segment);
    if (end === undefined) {
      if (segment !== undefined) throw segmentGone(segment);
      this.#requireAhead(EMPTY_CHAIN, segment);
      await this.#store.open({ day: utcDay(this.#clock.now()), number: 1 });
      throw conflict();
    }
    const today = utcDay(end.serviceTime);
    const sealedAt = sealTime(end.lastLine);
    if (sealedAt !== undefined) {
      // Only after a fresh look: another writer may have gone on by more than one part. The seal alone says which part
      // is next: by clocks that differ, two writers would begin two.
      if (fresh) await this.#store.open(partAfter(end.part, utcDay(sealedAt)));
      throw conflict();
    }
    const tip = await tipAt(this.#store, end);
    this.#requireAhead(tip, segment);
    if (tip.seq === 0) await this.#anchor.begin();
    // Read again where another writer may just have begun the log.
    else if (remembered === undefined && (await this.#anchor.read()) === undefined) throw anchorGone();
    const isOver = end.lines > 0 && (end.part.day < today || end.lines >= MAX_LINES);
    const seal = { event: SEAL, actor: WRITER, decision: 'noted' as const };
    const events = isOver ? [{ event: seal, occurredAt: this.#clock.now(), sealed: false }] : batch;
    let last = tip;
    let text = '';
    for (const { event, occurredAt, sealed } of events) {
      const line = lineBody(last, event, end.serviceTime, occurredAt, sealed);
      if (sealed && this.#clock.now() > sealBy) throw tooSlow();
      const entry = (sealed ? await this.#seals?.sealLine(line) : undefined) ?? entryOf(line);
      text += entryLine(entry);
      last = { seq: entry.seq, hash: entry.hash };
    }
    await this.#store.append(end.part, text, end.position);
    if (isOver) throw conflict();
    return { ...last, segment };
  }

  /** Before anything is appended: a log that lost its end would otherwise go on as if nothing had been there. */
  #requireAhead(tip: ChainTip, segment: string | undefined): void {
    if (this.#seen === undefined || this.#seen.segment !== segment || !isBehind(tip, this.#seen)) return;
    throw wentBackwards(this.#seen.seq, tip.seq);
  }
}

/**
 * The tip of the chain whose newest part ends with `end`: a part that is empty goes on from the one before. Fails with
 * `audit-corrupt` where the last line is no entry, and with the storage codes.
 */
export async function tipAt(store: AuditStore, end: PartEnd): Promise<ChainTip> {
  if (end.lastLine !== undefined) return tipOfLine(end.lastLine, end.part);
  const { segment } = end.part;
  const before: AuditPart[] = [];
  for await (const part of store.parts(segment)) {
    if (comparePart(part, end.part) < 0) before.push(part);
  }
  for (const part of before.reverse()) {
    const lines = (await store.read(part)).trimEnd().split('\n');
    if (lines.at(-1) !== '') return tipOfLine(lines.at(-1) ?? '', part);
  }
  if (segment !== undefined) throw segmentGone(segment);
  return EMPTY_CHAIN;
}

/** The order of parts. */
export function comparePart(a: AuditPart, b: AuditPart): number {
  if (a.day !== b.day) return a.day < b.day ? -1 : 1;
  return a.number - b.number;
}

function conflict(): WardenError {
  return new WardenError('state-conflict', { message: 'The audit log has moved on meanwhile.' });
}
