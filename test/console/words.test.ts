import { describe, expect, it } from 'vitest';
import { counted, listed } from '../../src/console/words/count.ts';
import { differences } from '../../src/console/words/difference.ts';
import { drillsInWords } from '../../src/console/words/drills.ts';
import { agoInWords, milestone, spanInWords } from '../../src/console/words/duration.ts';
import { happenedInWords } from '../../src/console/words/happened.ts';
import { hasLostNamesake, lossInWords } from '../../src/console/words/loss.ts';
import { nightInWords, nightWord } from '../../src/console/words/night.ts';
import { operationTitle } from '../../src/console/words/operation.ts';
import { outcomeInWords } from '../../src/console/words/outcome.ts';
import { receiverInWords } from '../../src/console/words/receiver.ts';
import { backupWorth, coverageInWords } from '../../src/console/words/states.ts';
import { utcTime } from '../../src/console/words/time.ts';
import { verifiedInWords } from '../../src/console/words/verified.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('a span of time', () => {
  it.each([
    [0, 'under a minute'],
    [MINUTE - 1, 'under a minute'],
    [MINUTE, '1 minute'],
    [HOUR - 1, '59 minutes'],
    [HOUR, '1 hour'],
    [HOUR + MINUTE, '1 hour 1 minute'],
    [DAY - 1, '23 hours 59 minutes'],
    [DAY, '1 day'],
    [DAY + 59 * MINUTE, '1 day'],
    [2 * DAY + 3 * HOUR + 4 * MINUTE, '2 days 3 hours'],
    [-5, 'under a minute'],
  ])('of %i ms is %s', (ms, words) => {
    expect(spanInWords(ms)).toBe(words);
  });

  it('names days, hours and minutes where three parts are wanted', () => {
    expect(spanInWords(2 * DAY + 3 * HOUR + 4 * MINUTE, 3)).toBe('2 days 3 hours 4 minutes');
    expect(spanInWords(2 * DAY + 4 * MINUTE, 3)).toBe('2 days 4 minutes');
  });
});

describe('how long ago', () => {
  it.each([
    [0, 'just now'],
    [59_999, 'just now'],
    [MINUTE, '1 minute ago'],
    [25 * HOUR, '1 day ago'],
    [-5 * MINUTE, 'in 5 minutes'],
  ])('%i ms is %s', (ms, words) => {
    expect(agoInWords(1_000_000_000_000, 1_000_000_000_000 + ms)).toBe(words);
  });
});

describe('a countdown is announced', () => {
  it.each([
    [8 * DAY, undefined],
    [7 * DAY, 7 * DAY],
    [DAY + 1, 7 * DAY],
    [DAY, DAY],
    [MINUTE, MINUTE],
    [1, MINUTE],
    [0, 0],
    [-HOUR, 0],
  ])('with %i ms left at the milestone %s', (left, mark) => {
    expect(milestone(left)).toBe(mark);
  });
});

describe('numbers with their noun', () => {
  it.each([
    [0, '0 keys'],
    [1, '1 key'],
    [10_000, '10,000 keys'],
  ])('%i', (count, words) => {
    expect(counted(count, 'key')).toBe(words);
  });

  it('are listed as English has it', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });
});

it('a time in UTC names its zone', () => {
  expect(utcTime(0)).toBe('1970-01-01 00:00:00 UTC');
});

describe('a night', () => {
  const run = (state: string, failed = 0, refused = 0) => ({
    hsm: 'contoso',
    state,
    counts: { backedUp: 1, failed, refused },
  });
  const night = (
    runs: readonly ReturnType<typeof run>[],
    missing: string[] = [],
    unreadable: string[] = [],
  ) => ({
    runs,
    missing,
    unreadable,
  });
  it.each([
    ['without a run that was due is none', night([]), 'none'],
    ['of good runs is good', night([run('succeeded'), run('succeeded')]), 'good'],
    ['with a failed key is bad', night([run('succeeded', 1)]), 'bad'],
    ['with a refused key is bad', night([run('succeeded', 0, 1)]), 'bad'],
    ['with a partial run is bad', night([run('succeeded'), run('partial')]), 'bad'],
    [
      'with a missing run is bad, however good the others are',
      night([run('succeeded')], ['fabrikam']),
      'bad',
    ],
    ['without any of the runs that were due is bad', night([], ['fabrikam']), 'bad'],
    ['with a run that nobody can read is not known', night([run('succeeded')], [], ['fabrikam']), 'unknown'],
    ['with a run that goes on is not good', night([run('succeeded'), run('running')]), 'running'],
    ['of a rebuilt record is not known', night([run('rebuilt')]), 'unknown'],
  ] as const)('%s', (_name, of, word) => {
    expect(nightWord(of)).toBe(word);
  });

  it('is said aloud with what is missing, and in the words of the page', () => {
    const date = '2026-11-24';
    expect(nightInWords({ date, ...night([run('partial', 2)], ['fabrikam'], ['tailspin']) })).toBe(
      '2026-11-24: contoso: partial: some keys failed, 1 key backed up, 2 failed. No run over fabrikam, though one was due. The record of a run over tailspin cannot be read.',
    );
    expect(nightInWords({ date, ...night([]) })).toBe('2026-11-24: no run');
  });
});

it.each([
  [{ state: 'accepting', waiting: 0 }, 'Accepts messages', ''],
  [{ state: 'accepting', waiting: 1 }, 'Accepts messages', '1 message waits.'],
  [
    { state: 'failing', waiting: 2, lastError: 'refused' },
    'Accepts nothing',
    'The last error: refused. 2 messages wait.',
  ],
  [{ state: 'unconfirmed' }, 'Never accepted a message', 'Try it: hsm-warden notify test.'],
  [{ state: 'unknown', why: 'It is damaged.' }, 'Cannot tell', 'It is damaged.'],
] as const)('a channel that is %j: %s', (of, word, words) => {
  expect(receiverInWords({ channel: 'teams', ...of })).toMatchObject({ word, words });
});

describe('drills', () => {
  const none = { proven: 0, metadataOnly: 0, earlier: 0, undrilled: 0, failed: 0, blocked: 0 };
  it.each([
    [undefined, 'cannot tell'],
    [none, 'restores are unproven'],
    [{ ...none, undrilled: 4 }, 'restores are unproven'],
    [{ ...none, proven: 2 }, '2 keys proven'],
    [{ ...none, failed: 1 }, '0 keys proven, 1 FAILED'],
    [
      { proven: 1, failed: 1, blocked: 3, metadataOnly: 2, earlier: 5, undrilled: 6 },
      '1 key proven, 1 FAILED, 3 could not be drilled, 2 restored, not used, 5 with an earlier backup only, 6 not drilled yet',
    ],
  ])('with %j are: %s', (drills, words) => {
    expect(drillsInWords(drills)).toBe(words);
  });
});

describe('a lost key', () => {
  const loss = { lost: 'key', finding: 'f' } as const;
  const noted = { ...loss, acknowledged: {} };
  it.each([
    ['lost', loss, 'This key is lost', true, false],
    ['lost', { lost: 'newest-version' }, 'This key is lost', false, false],
    ['acknowledged', noted, 'This key is lost, and that is acknowledged', false, false],
    ['safe', loss, 'An earlier key of this name is lost', true, true],
    ['safe', noted, 'An earlier key of this name is lost, and that is acknowledged', false, false],
  ] as const)('of the word %s with %j is: %s', (word, of, title, canAcknowledge, hasNamesake) => {
    expect(lossInWords({ word, loss: of })).toMatchObject({ title, canAcknowledge });
    expect(hasLostNamesake({ word, loss: of })).toBe(hasNamesake);
  });

  it('that nobody lost is no namesake', () => {
    expect(hasLostNamesake({ word: 'safe' })).toBe(false);
  });
});

describe('what was verified', () => {
  it.each([
    [{}, false],
    [{ versions: 2 }, false],
    [{ versions: 2, verified: 1 }, false],
    [{ versions: 0, verified: 0 }, false],
    [{ versions: 2, verified: 2 }, true],
  ])('%j is whole: %s', (outcome, isWhole) => {
    expect(verifiedInWords(outcome).isWhole).toBe(isWhole);
  });
});

describe('how a request ended', () => {
  const ended = (state: string, action: string, outcome?: { versions?: number; verified?: number }) =>
    outcomeInWords({
      state,
      operation: { action, key: 'orders' },
      ...(outcome === undefined ? {} : { outcome }),
    });

  it.each([
    ['restore', { versions: 2, verified: 2 }, 'orders is back, verified', 'good'],
    ['restore', { versions: 2, verified: 1 }, 'orders is back', 'warn'],
    ['recover', { versions: 0, verified: 0 }, 'orders is back', 'warn'],
    ['recover', undefined, 'orders is back', 'warn'],
    ['adopt', { versions: 2 }, 'The backup counts as a recovery point', 'good'],
  ] as const)('well (%s, %j) is: %s', (action, outcome, title, tone) => {
    expect(ended('succeeded', action, outcome)).toMatchObject({ title, tone });
  });

  it('says of an adoption nothing about a key that is back', () => {
    expect(ended('succeeded', 'adopt', { versions: 2 }).verified).toBeUndefined();
  });

  it('badly is said for an adoption, too', () => {
    expect(ended('failed', 'adopt')).toEqual({
      title: 'It failed, and has ended: whoever still needs it asks again',
      tone: 'bad',
    });
  });
});

it.each([
  ['recover', 'Recover orders on contoso-dr'],
  ['restore', 'Restore orders on contoso-dr'],
  ['adopt', 'Adopt a backup of orders of contoso-dr'],
] as const)('a request to %s has its own title', (action, title) => {
  expect(operationTitle({ action, key: 'orders', hsm: 'contoso', target: 'contoso-dr' })).toBe(title);
});

it.each([
  ['complete', 3, 'All versions backed up: 3 of 3'],
  ['partial', 2, 'Not all versions backed up: 2 of 3'],
  ['none', 0, 'No backup: 0 of 3 versions'],
])('coverage %s is said in numbers', (coverage, versionsCovered, words) => {
  expect(coverageInWords({ coverage, versionsCovered, versionsKnown: 3 })).toBe(words);
});

describe('what changed while somebody looked', () => {
  const before = {
    state: 'requested',
    digest: 'a',
    expiresAt: 'later',
    approvals: [],
    missingGroups: [],
    policy: { approvals: 2, groups: [] },
  };
  it.each([
    ['nothing', {}, []],
    ['an approval', { approvals: [{ by: { id: 'b', name: 'bob' } }] }, ['bob approved it.']],
    ['the state', { state: 'rejected' }, ['It was “Waiting for approvals” and is “Rejected” now.']],
    ['the digest', { digest: 'b' }, ['What will be done is not what was shown: read it again.']],
    ['the policy', { policy: { approvals: 3, groups: [] } }, ['It needs 3 approvals now, and 2 before.']],
  ])('%s is said', (_name, change, sentences) => {
    expect(differences(before, { ...before, ...change })).toEqual(sentences);
  });
});

it.each([
  [false, true, undefined, 'Sealed, no fault known', 'good'],
  [false, null, undefined, 'No fault known; seals are not configured', 'calm'],
  [true, true, undefined, 'Damaged', 'bad'],
  [true, null, 'The sealing keys could not be read.', 'Damaged', 'bad'],
  [false, false, 'it has none', 'Not sealed: it does not count', 'bad'],
  [false, null, 'The sealing keys could not be read.', 'Not known whether it counts', 'unknown'],
  [null, true, undefined, 'Not known whether it counts', 'unknown'],
] as const)('of a backup (damaged %s, sealed %s, %s) it is said: %s', (damaged, sealed, why, word, tone) => {
  expect(backupWorth({ damaged, sealed, ...(why === undefined ? {} : { why }) })).toEqual([word, tone]);
});

it.each([
  [{ event: 'requested', by: 'Alice' }, 'Asked for, by Alice.'],
  [
    { event: 'approval-given', by: 'Bob', signIn: 'signed in now, c1' },
    'Approved, by Bob (signed in now, c1).',
  ],
  [{ event: 'rejected', by: 'Carol', detail: 'not needed.' }, 'Rejected, by Carol: not needed.'],
  [{ event: 'new-kind', by: 'HSM Warden' }, 'New kind, by HSM Warden.'],
])('%j is shown as: %s', (line, words) => {
  expect(happenedInWords(line)).toBe(words);
});
