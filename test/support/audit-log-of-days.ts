/** A log of three days for the tests of its verification, as parts and in a store. */
import type { AuditPart } from '../../src/features/audit/audit-log.ts';
import {
  type AuditEntry,
  type AuditEvent,
  type ChainTip,
  chainEntry,
  EMPTY_CHAIN,
  entryLine,
  SEAL,
} from '../../src/features/audit/entry.ts';
import type { DecisionJudge } from '../../src/features/audit/line-seals.ts';
import type { AnchorState } from '../../src/features/audit/segment.ts';
import { type AuditText, type KnownOfAudit, verifyAudit } from '../../src/features/audit/verify-audit.ts';
import { ManualClock } from './memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from './memory/memory-audit-store.ts';

export const NOBODY_GOES_ON = 'nobody decided that it goes on where it goes on';
export const ANCHOR_GONE = 'what remembers the end of the log is gone: lines may have been cut off unseen';
export const NOT_CHECKPOINT = 'it is not the line of a sealed checkpoint';
export const NOT_WRITTEN = 'it is not the line that was written';
export const NOT_SEEN = 'it is not the line that this process had seen there';

export function anEvent(event: string): AuditEvent {
  return { event, actor: { kind: 'person', id: 'bob', name: 'Bob' }, decision: 'allowed' };
}

/** Parts of a day each, with the lines that follow one another from `base`. */
export function aLogOf(
  events: readonly (readonly string[])[],
  base: ChainTip = EMPTY_CHAIN,
  segment?: string,
) {
  let tip = base;
  const entries: AuditEntry[] = [];
  const parts = events.map((names, day): { part: AuditPart; text: string } => {
    const lines = names.map((name) => {
      const entry = chainEntry(tip, anEvent(name), day, day);
      tip = { seq: entry.seq, hash: entry.hash };
      entries.push(entry);
      return entryLine(entry);
    });
    const part = { day: `2026-01-0${day + 1}`, number: 1, ...(segment !== undefined && { segment }) };
    return { part, text: lines.join('') };
  });
  return { parts, entries, tip, at: (seq: number) => tipAt(entries, seq) };
}

function tipAt(entries: readonly AuditEntry[], seq: number): ChainTip {
  const entry = entries.find((one) => one.seq === seq);
  return { seq, hash: entry?.hash ?? '' };
}

/** Two lines and the seal, one line and the seal, two lines: 1 to 3, 4 to 5, 6 to 7. */
const THREE_DAYS = [
  ['one', 'two', SEAL],
  ['four', SEAL],
  ['six', 'seven'],
];
export const LOG = aLogOf(THREE_DAYS);
export const [FIRST, SECOND, THIRD] = LOG.parts.map(({ part }) => part);

/** The log with the text of the part `index` changed. */
export function changed(index: number, change: (lines: string[]) => string[]): AuditText[] {
  return LOG.parts.map(({ part, text }, n) => ({
    part,
    text: n === index ? change(text.split(/(?<=\n)/)).join('') : text,
  }));
}

/** The log in a store, with what remembers its end. */
export function stored(parts: readonly AuditText[], tip: AnchorState | undefined) {
  const store = new MemoryAuditStore(new ManualClock());
  store.contents.push(...parts.map((part) => ({ ...part })));
  const anchor = new MemoryAuditAnchor();
  anchor.tip = tip;
  return { store, anchor };
}

export async function problemsOf(
  parts: readonly AuditText[],
  tip: AnchorState | undefined,
  known: KnownOfAudit,
) {
  const { store, anchor } = stored(parts, tip);
  const { problems } = await verifyAudit(store, anchor, known);
  return problems.map(({ part, line, problem }) => [part, line, problem]);
}

/** Calls the seals of the lines `bad` forged, and those of `unknown` neither. */
export function aJudge(bad: readonly number[], unknown: readonly number[] = []): DecisionJudge {
  return {
    line: ({ seq: at }) => {
      if (bad.includes(at)) return { good: false, forged: true, why: 'the key is another one' };
      if (unknown.includes(at)) return { good: false, why: 'the HSM has another name' };
      return { good: true, keyId: 'k', sealedAt: 0 };
    },
    decision: () => ({ good: false, why: 'it is no line' }),
  };
}
