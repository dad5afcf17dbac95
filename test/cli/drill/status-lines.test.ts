import { expect, test } from 'vitest';
import { drillLines, undrilledLine } from '../../../src/cli/status/drill-lines.ts';
import type { HsmDrills } from '../../../src/features/drill/standing.ts';

const NOW = Date.UTC(2026, 10, 24, 2);
const DRILLS: HsmDrills = {
  ...{ hsm: 'contoso', proven: 3, metadataOnly: 0, earlier: 0, undrilled: 0, failed: [], blocked: [] },
  ...{ overdue: [], lastAt: NOW - 60_000, named: true, refused: [], residue: 0, untried: false },
  partsUntried: [],
};
const { lastAt: _, ...NEVER } = DRILLS;
const NONE: HsmDrills = { ...NEVER, named: false };
const lines = (change: Partial<HsmDrills>) =>
  drillLines({ ...DRILLS, ...change }, NOW, (_, text) => text).join('\n');

test('nothing is to be said of drills that do well', () => {
  expect(lines({})).toBe('  last drill 1 min ago; 3 keys proven to restore');
});

test.each<[string, Partial<HsmDrills>, string]>([
  [
    'proofs that are too old',
    { overdue: ['orders', 'b'] },
    '* 2 keys without a proof for too long: orders, …',
  ],
  ['a run that could not begin', { refused: ['It is protected.'] }, '* No drill runs: It is protected.'],
  ['copies that stay', { residue: 2 }, '* Copies left in the drill HSM: 2'],
  ['drills that were not tried', { untried: true }, '* The drills have not been tried for over a week'],
  [
    'a part of the drills that was not tried',
    { partsUntried: ['the check of the seal'] },
    '* The drills that must fail do not try the check of the seal: WARDEN_DRILL_FAULT_KEY_URL names no key',
  ],
  [
    'keys that are not drilled',
    { undrilled: 2, earlier: 1 },
    '1 by an earlier backup only, 2 not drilled yet',
  ],
])('is said: %s', (_, change, text) => {
  expect(lines(change)).toContain(text);
});

test('that no drill HSM is named is said once, of how many HSMs it is so', () => {
  const plain = (_: unknown, text: string) => text;
  const of = (...all: readonly HsmDrills[]) =>
    undrilledLine(new Map(all.map((one, index) => [`hsm-${index}`, one])), plain);
  expect(of(NONE)).toBeUndefined();
  expect(of(NONE, DRILLS)).toBeUndefined();
  expect(of(NONE, NONE, DRILLS)).toMatch(/^\* Restores are unproven: .*\(2 of 3 HSMs\)$/);
  expect(of(NONE, NONE)).toMatch(/\(all 2 HSMs\)$/);
  expect(drillLines(NONE, NOW, plain, true)).toEqual([]);
});
