/** What verifying the audit log finds: where, and in which words. */
import { describe, expect, it } from 'vitest';
import type { AuditPart } from '../../../src/features/audit/audit-log.ts';
import type { Checkpoint } from '../../../src/features/audit/checkpoints.ts';
import {
  type AuditEntry,
  type AuditEvent,
  type ChainTip,
  chainEntry,
  EMPTY_CHAIN,
  entryLine,
  entryOf,
  lineBody,
  SEAL,
} from '../../../src/features/audit/entry.ts';
import type { DecisionJudge } from '../../../src/features/audit/line-seals.ts';
import { type AnchorState, REARMED } from '../../../src/features/audit/segment.ts';
import {
  type AuditText,
  firstProblem,
  type KnownOfAudit,
  verifyAudit,
  verifyLog,
  verifyParts,
} from '../../../src/features/audit/verify-audit.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryAuditAnchor, MemoryAuditStore } from '../../support/memory/memory-audit-store.ts';

const NOBODY_GOES_ON = 'nobody decided that it goes on where it goes on';
const ANCHOR_GONE = 'what remembers the end of the log is gone: lines may have been cut off unseen';
const NOT_CHECKPOINT = 'it is not the line of a sealed checkpoint';
const NOT_WRITTEN = 'it is not the line that was written';
const NOT_SEEN = 'it is not the line that this process had seen there';

function anEvent(event: string): AuditEvent {
  return { event, actor: { kind: 'person', id: 'bob', name: 'Bob' }, decision: 'allowed' };
}

/** Parts of a day each, with the lines that follow one another from `base`. */
function aLogOf(events: readonly (readonly string[])[], base: ChainTip = EMPTY_CHAIN, segment?: string) {
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
const LOG = aLogOf(THREE_DAYS);
const [FIRST, SECOND, THIRD] = LOG.parts.map(({ part }) => part);

/** The log with the text of the part `index` changed. */
function changed(index: number, change: (lines: string[]) => string[]): AuditText[] {
  return LOG.parts.map(({ part, text }, n) => ({
    part,
    text: n === index ? change(text.split(/(?<=\n)/)).join('') : text,
  }));
}

describe('a log of three days', () => {
  it('is whole as it was written, with or without what remembers its end', () => {
    const verdict = { entries: 7, tip: LOG.tip, problems: [] };

    expect(verifyParts(LOG.parts, LOG.tip)).toStrictEqual(verdict);
    expect(verifyParts(LOG.parts, LOG.at(6))).toStrictEqual(verdict);
    expect(verifyParts(LOG.parts, undefined)).toStrictEqual(verdict);
    expect(verifyParts([], undefined)).toStrictEqual({ entries: 0, tip: EMPTY_CHAIN, problems: [] });
  });

  it('may hold the line that begins a segment, though it is the first one', () => {
    const log = aLogOf([[REARMED, 'two']]);

    expect(verifyParts(log.parts, log.tip).problems).toEqual([]);
    expect(verifyParts(log.parts, undefined).problems).toEqual([]);
  });

  it('may have parts in which nothing was written', () => {
    const empty = { part: { day: '2026-01-02', number: 2 }, text: '' };
    const [first, second, third] = LOG.parts;
    const parts = [first, second, empty, third, empty].flatMap((part) => part ?? []);

    expect(verifyParts(parts, LOG.tip).problems).toEqual([]);
  });

  const cutOff = (at: number) => `the log was cut off: line ${at} was written and is not there`;
  const unchained = (at: number) => `it does not follow line ${at}: a line was removed, added or moved`;

  it.each<{
    name: string;
    parts: readonly AuditText[];
    anchor?: ChainTip;
    problems: readonly (readonly [AuditPart | undefined, number, string])[];
  }>([
    { name: 'removed whole', parts: [], problems: [[undefined, 0, cutOff(7)]] },
    {
      name: 'whose last line was removed',
      parts: changed(2, (lines) => lines.slice(0, -1)),
      problems: [[THIRD, 0, cutOff(7)]],
    },
    {
      name: 'whose last line has no end',
      parts: changed(2, ([six = '', seven = '']) => [six, seven.trimEnd()]),
      problems: [
        [THIRD, 2, 'the last line has no end'],
        [THIRD, 0, cutOff(7)],
      ],
    },
    {
      name: 'with a line that is none',
      parts: changed(2, ([six = '']) => [six, 'half a li\n']),
      problems: [
        [THIRD, 2, 'it is not an entry'],
        [THIRD, 0, cutOff(7)],
      ],
    },
    {
      name: 'with a line that was changed',
      parts: changed(2, ([six = '', seven = '']) => [six, seven.replace('Bob', 'Eve')]),
      problems: [
        [THIRD, 2, 'its content was changed'],
        [THIRD, 0, cutOff(7)],
      ],
    },
    {
      name: 'with a line removed, of which only the first consequence in a part is named',
      parts: changed(0, (lines) => lines.slice(1)),
      problems: [
        [FIRST, 1, unchained(0)],
        [FIRST, 0, 'another part follows, but it was not sealed'],
        [SECOND, 1, unchained(0)],
        [SECOND, 0, 'another part follows, but it was not sealed'],
        [THIRD, 1, unchained(0)],
        [THIRD, 0, cutOff(7)],
      ],
    },
    {
      name: 'whose seal was removed',
      parts: changed(1, (lines) => lines.slice(0, 1)),
      problems: [
        [SECOND, 0, 'another part follows, but it was not sealed'],
        [THIRD, 1, unchained(4)],
        [THIRD, 0, cutOff(7)],
      ],
    },
    {
      name: 'with a line of the right number that follows another',
      parts: changed(2, ([six = '']) => [
        six,
        entryLine(chainEntry({ seq: 6, hash: 'a'.repeat(64) }, anEvent('seven'), 2, 2)),
      ]),
      problems: [
        [THIRD, 2, unchained(6)],
        [THIRD, 0, cutOff(7)],
      ],
    },
    {
      name: 'with a line that follows the right one under another number',
      parts: changed(2, ([six = '']) => [
        six,
        entryLine(chainEntry({ ...LOG.at(6), seq: 7 }, anEvent('seven'), 2, 2)),
      ]),
      problems: [
        [THIRD, 2, unchained(6)],
        [THIRD, 0, cutOff(7)],
      ],
    },
    {
      name: 'with a line after a seal',
      parts: changed(1, (lines) => [...lines, entryLine(chainEntry(LOG.at(5), anEvent('late'), 1, 1))]),
      problems: [[SECOND, 3, 'a line follows the seal']],
    },
    {
      name: 'of which another line was written last',
      parts: LOG.parts,
      anchor: { seq: 7, hash: 'a'.repeat(64) },
      problems: [
        [THIRD, 2, NOT_WRITTEN],
        [THIRD, 0, cutOff(7)],
      ],
    },
  ])('$name', ({ parts, anchor = LOG.tip, problems }) => {
    const found = verifyParts(parts, anchor).problems;

    expect(found.map(({ part, line, problem }) => [part, line, problem])).toEqual(problems);
  });
});

describe('the first problem in words', () => {
  const verdict = { entries: 0, tip: EMPTY_CHAIN };

  it.each([
    { problems: [], words: undefined },
    { problems: [{ line: 0, problem: 'it is gone' }], words: 'the audit log is not whole: it is gone' },
    {
      problems: [
        { part: { day: '2026-01-02', number: 1 }, line: 3, problem: 'it is no entry' },
        { line: 0, problem: 'and more' },
      ],
      words: 'the audit log is not whole: it is no entry (2026-01-02, line 3)',
    },
  ])('$words', ({ problems, words }) => {
    expect(firstProblem({ ...verdict, problems })).toBe(words);
  });
});

/** The log in a store, with what remembers its end. */
function stored(parts: readonly AuditText[], tip: AnchorState | undefined) {
  const store = new MemoryAuditStore(new ManualClock());
  store.contents.push(...parts.map((part) => ({ ...part })));
  const anchor = new MemoryAuditAnchor();
  anchor.tip = tip;
  return { store, anchor };
}

async function problemsOf(parts: readonly AuditText[], tip: AnchorState | undefined, known: KnownOfAudit) {
  const { store, anchor } = stored(parts, tip);
  const { problems } = await verifyAudit(store, anchor, known);
  return problems.map(({ part, line, problem }) => [part, line, problem]);
}

describe('a log of which this process has seen a line', () => {
  const OTHER = 'a'.repeat(64);
  const backwards = (at: number, last: number) =>
    `the chain went backwards: line ${at} was seen by this process and is not there, the last is ${last}`;

  it.each([
    { name: 'its last line', seen: LOG.tip, problems: [] },
    { name: 'a line before the last', seen: LOG.at(4), problems: [] },
    {
      name: 'a line that is not there',
      seen: { seq: 8, hash: OTHER },
      problems: [[undefined, 0, backwards(8, 7)]],
    },
    {
      name: 'another last line',
      seen: { seq: 7, hash: OTHER },
      problems: [
        [THIRD, 2, NOT_SEEN],
        [undefined, 0, backwards(7, 7)],
      ],
    },
    {
      name: 'another line before the last',
      seen: { seq: 6, hash: OTHER },
      problems: [
        [THIRD, 1, NOT_SEEN],
        [undefined, 0, backwards(6, 6)],
      ],
    },
    {
      name: 'a line of another segment, which is not compared',
      seen: { seq: 9, hash: OTHER, segment: 'b'.repeat(26) },
      problems: [],
    },
    {
      name: 'a line of another segment with the number of one that is there',
      seen: { seq: 6, hash: OTHER, segment: 'b'.repeat(26) },
      problems: [],
    },
  ])('$name', async ({ seen, problems }) => {
    expect(await problemsOf(LOG.parts, LOG.at(5), { seen: { segment: undefined, ...seen } })).toEqual(
      problems,
    );
  });
});

describe('what remembers the end of the log', () => {
  it('is read before the lines, and once where it is there', async () => {
    const { store, anchor } = stored(LOG.parts, LOG.tip);
    const reads: (AnchorState | undefined)[] = [];
    const read = async () => {
      reads.push(anchor.tip);
      return reads.length === 1 ? anchor.tip : undefined;
    };

    expect((await verifyAudit(store, { read })).problems).toEqual([]);
    expect(reads).toEqual([LOG.tip]);
  });
});

describe('an empty log', () => {
  it.each([
    { name: 'with requests', hasRequests: async () => true, found: true },
    { name: 'without requests', hasRequests: async () => false, found: false },
    { name: 'of which nothing is known', hasRequests: undefined, found: false },
  ])('$name: was removed is $found', async ({ hasRequests, found }) => {
    const known = hasRequests === undefined ? {} : { hasRequests };
    const removed = [[undefined, 0, 'the log is empty although requests are stored: it was removed']];

    expect(await problemsOf([], undefined, known)).toEqual(found ? removed : []);
  });

  it('asks for no request where a line is there, or the end is known to be missing', async () => {
    const hasRequests = () => Promise.reject(new Error('not to be asked'));

    expect(await problemsOf(LOG.parts, LOG.tip, { hasRequests })).toEqual([]);
    expect(await problemsOf([], { seq: 1, hash: 'a'.repeat(64) }, { hasRequests })).toHaveLength(1);
  });

  it('is none where a line is there and what remembers the end is not', async () => {
    expect(await problemsOf(LOG.parts, undefined, {})).toEqual([[undefined, 0, ANCHOR_GONE]]);
  });
});

describe('a sealed checkpoint', () => {
  /** Of the end of the second day. */
  const CHECKPOINT: Checkpoint = {
    part: { day: '2026-01-02', number: 1 },
    tip: LOG.at(5),
    entries: 5,
    sealed: 0,
    at: 9,
  };
  const OTHER = { ...CHECKPOINT, tip: { seq: 5, hash: 'a'.repeat(64) } };

  /** Verifies onward, and says which parts were read. */
  async function onward(checkpoint: Checkpoint, parts: readonly AuditText[], tip: AnchorState | undefined) {
    const { store, anchor } = stored(parts, tip);
    const reads: string[] = [];
    const read = store.read.bind(store);
    store.read = async (part, from) => {
      reads.push(part.day);
      return read(part, from);
    };
    return { ...(await verifyLog(store, anchor, { checkpoint, isOnward: true })), reads };
  }

  it('is gone on from: only what follows is read, and all is counted', async () => {
    const found = await onward(CHECKPOINT, LOG.parts, LOG.tip);

    expect(found).toEqual({
      verdict: { entries: 7, tip: LOG.tip, problems: [] },
      complete: CHECKPOINT,
      from: CHECKPOINT,
      reads: ['2026-01-03'],
    });
  });

  it.each([
    {
      name: 'of a part that is not there',
      checkpoint: { ...CHECKPOINT, part: { day: '2026-01-09', number: 1 } },
    },
    { name: 'of another number', checkpoint: { ...CHECKPOINT, part: { day: '2026-01-02', number: 2 } } },
    {
      name: 'of another segment',
      checkpoint: { ...CHECKPOINT, part: { ...CHECKPOINT.part, segment: 'b'.repeat(26) } },
    },
  ])('$name is not gone on from', async ({ checkpoint }) => {
    const found = await onward(checkpoint, LOG.parts, LOG.tip);

    expect(found.from).toBeUndefined();
    expect(found.reads).toEqual(['2026-01-01', '2026-01-02', '2026-01-03']);
    expect(found.verdict).toMatchObject({ entries: 7, problems: [] });
  });

  it('says where the last complete part ends, where all is read', async () => {
    const { store, anchor } = stored(LOG.parts, LOG.tip);
    const { complete, from } = await verifyLog(store, anchor);
    const { at: _at, ...end } = CHECKPOINT;

    expect(complete).toEqual(end);
    expect(from).toBeUndefined();
  });

  it('must be in the log: also where all is read', async () => {
    const cut = `the log was cut off: line 5 stands in a sealed checkpoint`;
    const shorter = aLogOf([['one', 'two', SEAL], ['four']]);

    expect(await problemsOf(LOG.parts, LOG.tip, { checkpoint: OTHER })).toContainEqual([
      SECOND,
      2,
      NOT_CHECKPOINT,
    ]);
    expect(await problemsOf(shorter.parts, shorter.tip, { checkpoint: CHECKPOINT })).toEqual([
      [SECOND, 0, cut],
    ]);
    expect(await problemsOf(LOG.parts, LOG.tip, { checkpoint: CHECKPOINT })).toEqual([]);
  });

  it.each([
    { name: 'of the same line', tip: LOG.at(5), problems: [] },
    { name: 'of a line before it', tip: LOG.at(4), problems: [] },
    {
      name: 'of another line at its place',
      tip: { seq: 5, hash: 'a'.repeat(64) },
      problems: [[SECOND, 0, NOT_WRITTEN]],
    },
    {
      name: 'of a line that is missing after it',
      tip: { seq: 6, hash: 'a'.repeat(64) },
      problems: [[undefined, 0, 'the log was cut off: line 6 was written and is not there']],
    },
  ])('is compared with what remembers the end: $name', async ({ tip, problems }) => {
    const { verdict } = await onward(CHECKPOINT, LOG.parts.slice(0, 2), tip);

    expect(verdict.problems.map(({ part, line, problem }) => [part, line, problem])).toEqual(problems);
  });

  it('does not stand in for what remembers the end', async () => {
    const { verdict } = await onward(CHECKPOINT, LOG.parts, undefined);

    expect(verdict.problems.map(({ problem }) => problem)).toEqual([ANCHOR_GONE]);
  });

  it('counts the decisions sealed until there', async () => {
    const { store, anchor } = stored(LOG.parts, LOG.tip);
    const seals = { judge: async () => aJudge([]) };
    const checkpoint = { ...CHECKPOINT, sealed: 3 };
    const { verdict } = await verifyLog(store, anchor, { checkpoint, isOnward: true, seals });

    expect(verdict.sealed).toBe(3);
  });
});

/** Calls the seals of the lines `bad` forged, and those of `unknown` neither. */
function aJudge(bad: readonly number[], unknown: readonly number[] = []): DecisionJudge {
  return {
    line: ({ seq: at }) => {
      if (bad.includes(at)) return { good: false, forged: true, why: 'the key is another one' };
      if (unknown.includes(at)) return { good: false, why: 'the HSM has another name' };
      return { good: true, keyId: 'k', sealedAt: 0 };
    },
    decision: () => ({ good: false, why: 'it is no line' }),
  };
}

describe('a later segment', () => {
  const NAME = 'b'.repeat(26);
  const BASE = { seq: 3, hash: 'c'.repeat(64) };
  const later = aLogOf([[REARMED, 'five']], BASE, NAME);
  const state = (armed = later.at(4).hash): AnchorState => ({
    ...later.tip,
    segment: { name: NAME, base: BASE, armed },
  });
  const judged = (judge: DecisionJudge) => ({ seals: { judge: async () => judge } });

  it('is whole where it begins with the line by which people decided so', async () => {
    const { store, anchor } = stored([...LOG.parts, ...later.parts], state());

    expect(await verifyAudit(store, anchor)).toEqual({ entries: 2, tip: later.tip, problems: [] });
  });

  it.each<{ name: string; log: ReturnType<typeof aLogOf>; armed?: string; known: KnownOfAudit }>([
    { name: 'without such a line', log: aLogOf([['four', 'five']], BASE, NAME), known: {} },
    { name: 'with another such line', log: later, armed: 'd'.repeat(64), known: {} },
    { name: 'with another line of that hash', log: later, armed: later.at(5).hash, known: {} },
    { name: 'with a line whose seal does not count', log: later, known: judged(aJudge([], [4])) },
  ])('$name is one that nobody decided about', async ({ log, armed = log.at(4).hash, known }) => {
    const tip = { ...log.tip, segment: { name: NAME, base: BASE, armed } };

    expect(await problemsOf(log.parts, tip, known)).toEqual([[log.parts[0]?.part, 0, NOBODY_GOES_ON]]);
  });

  it('compares what this process has seen in it', async () => {
    const seen = { seq: 6, hash: 'a'.repeat(64), segment: NAME };

    expect(await problemsOf(later.parts, state(), { seen })).toHaveLength(1);
    expect(await problemsOf(later.parts, state(), { seen: { ...later.tip, segment: NAME } })).toEqual([]);
  });

  it('is decided about already where it is gone on from a checkpoint', async () => {
    const two = aLogOf([[REARMED, SEAL], ['six']], BASE, NAME);
    const [part] = two.parts.map((one) => one.part);
    const { store, anchor } = stored(two.parts, {
      ...two.tip,
      segment: { name: NAME, base: BASE, armed: two.at(4).hash },
    });
    const checkpoint = part && { part, tip: two.at(5), entries: 2, sealed: 0, at: 1 };

    expect((await verifyLog(store, anchor, { checkpoint, isOnward: true })).verdict).toEqual({
      entries: 3,
      tip: two.tip,
      problems: [],
    });
  });
});

describe('the seals of lines', () => {
  const SIGNATURE = { format: 1 as const, keyId: 'k'.repeat(43), sealedAt: 0, signature: 's'.repeat(86) };

  const sealed = entryOf(lineBody(LOG.tip, anEvent('eight'), 2, 2, true), SIGNATURE);
  const [first, second, third] = LOG.parts;
  const parts = [first, second, third && { ...third, text: third.text + entryLine(sealed) }].flatMap(
    (part) => part ?? [],
  );
  const tip = { seq: 8, hash: sealed.hash };

  it.each([
    { name: 'counts: of the lines that have one', judge: aJudge([]), count: 1, problem: undefined },
    { name: 'is not known', judge: aJudge([], [8]), count: 0, problem: undefined },
    {
      name: 'was made for something else',
      judge: aJudge([8]),
      count: 0,
      problem: 'its seal does not count, for the key is another one',
    },
  ])('one that $name ($count)', async ({ judge, count, problem }) => {
    const { store, anchor } = stored(parts, tip);
    const verdict = await verifyAudit(store, anchor, { seals: { judge: async () => judge } });

    expect(verdict.sealed).toBe(count);
    expect(verdict.problems[0]?.problem).toBe(problem);
  });

  it('are not counted where decisions are not sealed', async () => {
    const { store, anchor } = stored(parts, tip);

    expect(await verifyAudit(store, anchor)).toStrictEqual({ entries: 8, tip, problems: [] });
  });
});
