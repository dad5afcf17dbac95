/** What is said of keys, their backups, drills and losses, and of channels. */
import { describe, expect, it } from 'vitest';
import { countsInWords } from '../../../src/console/words/count.ts';
import { drillsInWords } from '../../../src/console/words/drills.ts';
import { hasLostNamesake, lossInWords } from '../../../src/console/words/loss.ts';
import { receiverInWords } from '../../../src/console/words/receiver.ts';
import { backupWorth, coverageInWords } from '../../../src/console/words/states.ts';

it.each([
  [{ state: 'accepting', waiting: 0 }, 'Accepts messages', ''],
  [{ state: 'accepting', waiting: 1 }, 'Accepts messages', '1 message waits.'],
  [
    { state: 'accepting', waiting: 2, heldUp: { count: 1, since: '2026-11-24T12:00:00Z', why: 'refused' } },
    'Messages are held up',
    '1 message for a quarter of an hour or longer: refused. 2 messages wait.',
  ],
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

it.each([
  ['complete', 3, 'All versions backed up: 3 of 3'],
  ['partial', 2, 'Not all versions backed up: 2 of 3'],
  ['none', 0, 'No backup: 0 of 3 versions'],
])('coverage %s is said in numbers', (coverage, versionsCovered, words) => {
  expect(coverageInWords({ coverage, versionsCovered, versionsKnown: 3 })).toBe(words);
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

describe('the keys of an HSM', () => {
  const none = {
    active: 2,
    covered: 2,
    excluded: 0,
    deleted: 0,
    restorable: 0,
    risks: 0,
    lost: 0,
    acknowledged: 0,
  };
  it.each([
    [none, '2 of 2 covered'],
    [{ ...none, covered: 1, deleted: 3 }, '1 of 2 covered, 3 deleted'],
    [
      { ...none, excluded: 1, restorable: 1, acknowledged: 2 },
      '2 of 2 covered, 1 left out, 1 name known from backups only, 2 acknowledged losses',
    ],
  ])('%j: %s', (counts, words) => {
    expect(countsInWords(counts)).toBe(words);
  });
});
