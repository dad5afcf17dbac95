/** What verifying the audit log finds in a later segment, and of the seals of lines. */
import { describe, expect, it } from 'vitest';
import { entryLine, entryOf, lineBody, SEAL } from '../../../src/features/audit/entry.ts';
import type { DecisionJudge } from '../../../src/features/audit/line-seals.ts';
import { type AnchorState, REARMED } from '../../../src/features/audit/segment.ts';
import { type KnownOfAudit, verifyAudit, verifyLog } from '../../../src/features/audit/verify-audit.ts';
import {
  aJudge,
  aLogOf,
  anEvent,
  LOG,
  NOBODY_GOES_ON,
  problemsOf,
  stored,
} from '../../support/audit-log-of-days.ts';

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
