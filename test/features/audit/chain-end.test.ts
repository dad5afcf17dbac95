/** Where the log goes on, and in which words it does not. */
import { describe, expect, it } from 'vitest';
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
} from '../../../src/features/audit/chain-end.ts';
import {
  type AuditEvent,
  chainEntry,
  EMPTY_CHAIN,
  entryLine,
  SEAL,
} from '../../../src/features/audit/entry.ts';

const PART = { day: '2026-01-02', number: 3 };
const line = (event: string) => {
  const noted: AuditEvent = { event, actor: { kind: 'service', id: 'w', name: 'w' }, decision: 'noted' };
  return entryLine(chainEntry(EMPTY_CHAIN, noted, 7, 6));
};

describe('the part that follows a sealed one', () => {
  it.each([
    { name: 'the next day', day: '2026-01-03', after: { day: '2026-01-03', number: 1 } },
    { name: 'the same day', day: '2026-01-02', after: { day: '2026-01-02', number: 4 } },
    { name: 'the day before, by another clock', day: '2026-01-01', after: { day: '2026-01-02', number: 4 } },
  ])('sealed $name', ({ day, after }) => {
    expect(partAfter(PART, day)).toEqual(after);
  });
});

describe('the last line of a part', () => {
  it('says when it sealed the part, if it did', () => {
    expect([line(SEAL), line('other'), '', undefined].map(sealTime)).toEqual([
      7,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is where the chain stands, or nothing is done', () => {
    const { hash } = JSON.parse(line('other'));

    expect(tipOfLine(line('other'), PART)).toEqual({ seq: 1, hash });
    expect(() => tipOfLine('half a li', PART)).toThrow(
      'The last line of the audit log of 2026-01-02, part 3, is not a whole entry.',
    );
  });
});

describe('what stands in the way', () => {
  const EXAMINE = 'Nothing is approved or executed until it is examined; verify the audit log.';

  it.each([
    {
      error: anchorGone,
      message: 'What remembers the end of the audit log is gone: lines may have been cut off unseen.',
    },
    {
      error: () => segmentGone('x'),
      message: 'The segment x of the audit log, in which it should go on, is not there.',
    },
    {
      error: () => wentBackwards(7, 5),
      message: 'The audit log went backwards: this process wrote line 7, and the last line is 5 now.',
    },
  ])('$message', ({ error, message }) => {
    expect(error()).toMatchObject({ code: 'audit-corrupt', message, advice: EXAMINE });
  });

  it('is a seal that comes too late, too', () => {
    expect(SEALING_MS).toBe(60_000);
    expect(tooSlow()).toMatchObject({
      code: 'seal-unavailable',
      message:
        'No decision could be sealed at the end of the audit log within 60 s: others append faster than the sealing key signs.',
      advice:
        'Nothing was decided: try again. If it goes on, see how fast the vault of the sealing key answers.',
    });
  });

  it('is dated by days of UTC', () => {
    expect([Date.UTC(2026, 10, 24) - 1, Date.UTC(2026, 10, 24)].map(utcDay)).toEqual([
      '2026-11-23',
      '2026-11-24',
    ]);
  });
});
