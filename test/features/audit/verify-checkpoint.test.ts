/** What verifying the audit log finds from a sealed checkpoint on. */
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/features/audit/checkpoints.ts';
import { SEAL } from '../../../src/features/audit/entry.ts';
import type { AnchorState } from '../../../src/features/audit/segment.ts';
import { type AuditText, verifyLog } from '../../../src/features/audit/verify-audit.ts';
import {
  ANCHOR_GONE,
  aJudge,
  aLogOf,
  LOG,
  NOT_CHECKPOINT,
  NOT_WRITTEN,
  problemsOf,
  SECOND,
  stored,
} from '../../support/audit-log-of-days.ts';

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
