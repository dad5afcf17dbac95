/** What a backup is worth beside everything else that is known of its key. */
import { describe, expect, it } from 'vitest';
import { judgeCandidate, type KnownPoint } from '../../../../src/features/recovery/model/known-facts.ts';
import { aBackupRecord } from '../../../support/backup-record.ts';

const T0 = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

/** A point of the key orders, captured on a day, with versions named by a letter; `x!` is version x with another public key. */
function aPoint(day: number, versions: string, change: Partial<KnownPoint> = {}): KnownPoint {
  const capturedAt = T0 + day * DAY_MS;
  const facts = versions.split(' ').map((name) => ({
    version: name.replace('!', '').repeat(32),
    thumbprint: name.padEnd(43, 'A'),
  }));
  const record = aBackupRecord(Buffer.from('bytes'), { key: 'orders', capturedAt, versions: facts });
  return { blob: `contoso/orders/${day}-${versions}`, storedAt: capturedAt, record, ...change };
}

describe('a backup is contradicted', () => {
  it.each([
    ['by the catalogue, of which a version has another public key', aPoint(2, 'a!'), aPoint(1, 'a'), []],
    [
      'by an older backup, of which a version has another public key',
      aPoint(2, 'a!'),
      undefined,
      [aPoint(1, 'a')],
    ],
    ['by the catalogue, of which it lacks a version', aPoint(2, 'a c'), aPoint(1, 'a b'), []],
    ['by an older backup, of which it lacks a version', aPoint(2, 'a c'), undefined, [aPoint(1, 'a b')]],
    [
      'by the catalogue of the same moment, of which it lacks a version',
      aPoint(1, 'a'),
      aPoint(1, 'a b'),
      [],
    ],
    [
      'however far ahead the clock was that it says it was captured by',
      aPoint(365, 'a c', { storedAt: T0 + 2 * DAY_MS }),
      aPoint(1, 'a b'),
      [],
    ],
  ])('%s', (_, candidate, catalogue, points) => {
    const { contradictions, expected } = judgeCandidate(candidate, catalogue, points);

    expect(contradictions).toHaveLength(1);
    expect(expected.some(({ confirmed }) => confirmed)).toBe(false);
  });
});

describe('a backup is not contradicted', () => {
  it.each([
    ['by a catalogue that says the same', aPoint(1, 'a b'), aPoint(1, 'a b'), [], 'confirmed', 0],
    ['by older ones of fewer versions', aPoint(3, 'a b'), aPoint(3, 'a b'), [aPoint(1, 'a')], 'confirmed', 0],
    [
      'by later versions, when it is the older one: approvers are informed',
      aPoint(1, 'a'),
      aPoint(3, 'a b'),
      [],
      'confirmed',
      1,
    ],
    [
      'by its pinned copy',
      aPoint(1, 'a'),
      aPoint(1, 'a'),
      [aPoint(1, 'a', { blob: 'pinned/1', storedAt: T0 + 9 * DAY_MS })],
      'confirmed',
      0,
    ],
    [
      'by a backup that disagrees with the catalogue, too',
      aPoint(2, 'a'),
      aPoint(2, 'a'),
      [aPoint(1, 'a!')],
      'confirmed',
      1,
    ],
    ['by an earlier key that had the name', aPoint(5, 'c'), aPoint(5, 'c'), [aPoint(1, 'a')], 'confirmed', 1],
    [
      'by nothing, when the catalogue is lost',
      aPoint(2, 'a b'),
      undefined,
      [aPoint(1, 'a')],
      'unconfirmed',
      1,
    ],
  ] as const)('%s', (_, candidate, catalogue, points, standing, warnings) => {
    const judgement = judgeCandidate(candidate, catalogue, points);

    expect(judgement.contradictions).toEqual([]);
    expect(judgement.isStranger).toBe(false);
    expect(judgement.warnings).toHaveLength(warnings);
    expect(judgement.expected.every(({ confirmed }) => confirmed === (standing === 'confirmed'))).toBe(true);
  });
});

describe('a backup without a version that the catalogue knows', () => {
  it.each([
    ['later than the catalogue', 2, true],
    ['at the same moment', 1, false],
    ['before it: an earlier key of the name', 0, false],
  ])('%s', (_, day, isStranger) => {
    const judgement = judgeCandidate(aPoint(day, 'c'), aPoint(1, 'a'), []);

    expect(judgement).toMatchObject({ contradictions: [], isStranger });
    expect(judgement.warnings).toEqual([expect.stringContaining('may be of another key')]);
    expect(judgement.expected).toMatchObject([{ confirmed: false }]);
  });
});

it('only the versions that the catalogue names are confirmed', () => {
  const { expected } = judgeCandidate(aPoint(2, 'a b c'), aPoint(1, 'a b'), []);

  expect(expected.map(({ confirmed }) => confirmed)).toEqual([true, true, false]);
});
