/** How much a deleted key weighs, threshold by threshold. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_THRESHOLDS_MS } from '../../../../src/features/watch/model/policy.ts';
import { severityOfDeleted, severityOfPurged } from '../../../../src/features/watch/model/severity.ts';
import { DAY_MS, HOUR_MS } from '../../../support/watch-world.ts';

const COVERED = ['complete', 'excluded', 'partial', 'none'] as const;

describe('the severity of a deleted key', () => {
  const LONG = ['info', 'info', 'warning', 'high'];
  const SHORT = ['notice', 'notice', 'warning', 'high'];
  const VERY_SHORT = ['warning', 'warning', 'high', 'critical'];

  it.each([
    { name: 'a moment before the first threshold', left: 30 * DAY_MS + 1, expected: LONG },
    { name: 'at the first threshold', left: 30 * DAY_MS, expected: SHORT },
    { name: 'a moment before three days', left: 3 * DAY_MS + 1, expected: SHORT },
    { name: 'at three days', left: 3 * DAY_MS, expected: VERY_SHORT },
    { name: 'at the last threshold', left: 6 * HOUR_MS, expected: VERY_SHORT },
    { name: 'when no time is left', left: 0, expected: VERY_SHORT },
  ])('$name goes by what its backups cover', ({ left, expected }) => {
    const found = COVERED.map((coverage) => severityOfDeleted(coverage, left, DEFAULT_THRESHOLDS_MS));

    expect(found).toEqual(expected);
  });

  it.each([
    { thresholds: [2, 1], left: 3, expected: 'info' },
    { thresholds: [2, 1], left: 2, expected: 'notice' },
    { thresholds: [2, 1], left: 1, expected: 'warning' },
    { thresholds: [1], left: 1, expected: 'warning' },
    { thresholds: [], left: 0, expected: 'info' },
  ])('with the thresholds $thresholds and $left left is $expected', ({ thresholds, left, expected }) => {
    expect(severityOfDeleted('complete', left, thresholds)).toBe(expected);
  });

  it('is at its most when the key is purged', () => {
    expect(COVERED.map(severityOfPurged)).toEqual(['warning', 'warning', 'high', 'critical']);
  });
});
