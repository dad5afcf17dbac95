/** What verifying the audit log finds: where, and in which words. */
import { describe, expect, it } from 'vitest';
import type { AuditPart } from '../../../src/features/audit/audit-log.ts';
import { type ChainTip, chainEntry, EMPTY_CHAIN, entryLine } from '../../../src/features/audit/entry.ts';
import { type AnchorState, REARMED } from '../../../src/features/audit/segment.ts';
import {
  type AuditText,
  firstProblem,
  verifyAudit,
  verifyParts,
} from '../../../src/features/audit/verify-audit.ts';
import {
  ANCHOR_GONE,
  aLogOf,
  anEvent,
  changed,
  FIRST,
  LOG,
  NOT_SEEN,
  NOT_WRITTEN,
  problemsOf,
  SECOND,
  stored,
  THIRD,
} from '../../support/audit-log-of-days.ts';

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
