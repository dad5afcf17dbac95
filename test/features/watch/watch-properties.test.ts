/** Whatever happens on the HSM, and wherever the watch dies: nothing is missed, nothing is reported that did not happen. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { SEVERITIES } from '../../../src/core/events/severity.ts';
import { COVERAGES } from '../../../src/features/watch/model/events.ts';
import { severityOfDeleted } from '../../../src/features/watch/model/severity.ts';
import type { KnownKey } from '../../../src/features/watch/model/watch-state.ts';
import type { MemoryKey } from '../../support/memory/memory-hsm.ts';
import { aMove, NAMES, type Play, playAll } from '../../support/watch-play.ts';
import { aWatchPolicy, DAY_MS, HOUR_MS, MINUTE_MS } from '../../support/watch-world.ts';

/** What holds with the audit log and without. */
async function expectCommonTruths({ world, crossed, deletions }: Play): Promise<void> {
  const pending = world
    .events('HsmWarden.PurgePending')
    .map(({ data }) => `${data.key} ${Date.parse(data.deletedAt)} ${data.thresholdSeconds}`);
  expect(new Set(pending).size).toBe(pending.length);
  expect([...crossed].filter((one) => !pending.includes(one))).toEqual([]);
  for (const { data } of world.events('HsmWarden.PurgePending')) {
    expect(data.secondsLeft).toBeLessThanOrEqual(data.thresholdSeconds);
  }
  const reported = world
    .events('HsmWarden.KeyDeleted')
    .map(({ data }) => `${data.key} ${Date.parse(data.deletedAt)}`);
  expect(new Set(reported).size).toBe(reported.length);
  expect([...deletions].filter((one) => !reported.includes(one))).toEqual([]);
  const { outbox, keys } = await world.memory();
  expect(outbox).toEqual([]);
  // What is remembered at the end is what is there.
  const { active, deleted } = world.hsm;
  expect(
    Object.entries(keys)
      .map(([name, { state, createdAt }]) => [name, state, createdAt])
      .sort(),
  ).toEqual([...placed(active, 'active'), ...placed(deleted, 'deleted')].sort());
}

function placed(keys: ReadonlyMap<string, MemoryKey>, state: KnownKey['state']) {
  return [...keys].map(([name, { versions }]) => [name, state, versions.at(-1)?.attributes.createdAt]);
}

/** A key is overdue at one moment for two reasons: its backup grew too old, and the key of its name that came later changed. */
const DUE_TWICE: Parameters<typeof playAll>[0] = [
  { kind: 'history', key: 'secret', deeds: ['recover', 'create', 'backUp', 'delete'] },
  { kind: 'wait', ms: 281_499_716 },
  { kind: 'history', key: 'orders', deeds: ['delete', 'purge', 'create', 'backUp', 'delete'] },
  { kind: 'die', at: 'state', after: 1 },
  { kind: 'recover', key: 'secret' },
  { kind: 'create', key: 'orders' },
  { kind: 'wait', ms: 334_082_285 },
  { kind: 'history', key: 'secret', deeds: ['delete', 'purge', 'create', 'delete'] },
  { kind: 'die', at: 'state', after: 1 },
  { kind: 'recover', key: 'secret' },
  { kind: 'create', key: 'orders' },
  { kind: 'history', key: 'orders', deeds: ['delete', 'purge', 'create'] },
  { kind: 'create', key: 'orders' },
];

/** A key comes back and is rotated minutes before its retention would have ended. */
const BACK_IN_TIME: Parameters<typeof playAll>[0] = [
  { kind: 'history', key: 'secret', deeds: ['create', 'delete'] },
  ...[6, 6, 4, 3.998].map((days) => ({ kind: 'wait', ms: days * DAY_MS }) as const),
  { kind: 'history', key: 'secret', deeds: ['recover', 'create', 'delete'] },
];

describe('the watch', () => {
  test.prop([fc.array(aMove, { minLength: 5, maxLength: 40 })], {
    numRuns: 400,
    examples: [[[...BACK_IN_TIME]]],
  })(
    'misses no purge, deletion or threshold, reports none that was not, and each once per id',
    async (moves) => {
      const play = await playAll(moves, true);

      const purged = Map.groupBy(play.world.events('HsmWarden.KeyPurged'), ({ data }) => data.key);
      for (const name of NAMES) {
        expect([name, purged.get(name)?.length ?? 0]).toEqual([name, play.purges.get(name) ?? 0]);
      }
      expect([...purged.values()].flat().filter(({ data }) => data.presumed === true)).toEqual([]);
      await expectCommonTruths(play);
    },
  );

  test.prop([fc.array(aMove, { minLength: 5, maxLength: 40 })], {
    numRuns: 400,
    examples: [[[...DUE_TWICE]]],
  })(
    'without the audit log reports the purge of every key it knew, and presumes one only where nothing can be known',
    async (moves) => {
      const play = await playAll(moves, false);
      const { seen, alike } = play.successions;

      const purged = Map.groupBy(play.world.events('HsmWarden.KeyPurged'), ({ data }) => data.key);
      for (const name of NAMES) {
        const reported = (purged.get(name) ?? []).map(({ data }) => data);
        const looked = reported.filter(({ foundBy }) => foundBy === 'look');
        const sure = looked.filter(({ presumed }) => presumed !== true);
        const expected = seen.get(name) ?? 0;
        expect(sure.length).toBeLessThanOrEqual(expected);
        expect(looked.length).toBeGreaterThanOrEqual(expected);
        expect(looked.length).toBeLessThanOrEqual(expected + (alike.get(name) ?? 0));
        expect(expected + reported.length - looked.length).toBeLessThanOrEqual(play.purges.get(name) ?? 0);
      }
      await expectCommonTruths(play);
    },
  );
});

describe('the severity of a deleted key', () => {
  const { thresholdsMs } = aWatchPolicy();
  const aTime = fc.integer({ min: 0, max: 90 * DAY_MS });
  const rank = (coverage: (typeof COVERAGES)[number], left: number) =>
    SEVERITIES.indexOf(severityOfDeleted(coverage, left, thresholdsMs));

  test.prop([fc.constantFrom(...COVERAGES), aTime, aTime])(
    'never falls while time runs and the coverage stays',
    (coverage, a, b) => {
      expect(rank(coverage, Math.min(a, b))).toBeGreaterThanOrEqual(rank(coverage, Math.max(a, b)));
    },
  );

  test.prop([aTime, aTime])('follows the coverage first: a key without a backup is never milder', (a, b) => {
    expect(rank('none', a)).toBeGreaterThanOrEqual(rank('partial', b));
    expect(rank('partial', a)).toBeGreaterThanOrEqual(rank('complete', b));
  });

  test.prop([fc.constantFrom(...thresholdsMs)])('can only change at a threshold', (threshold) => {
    expect(rank('complete', threshold + HOUR_MS)).toBeLessThanOrEqual(rank('complete', threshold));
    expect(rank('none', threshold + MINUTE_MS)).toBeLessThanOrEqual(rank('none', threshold));
  });
});
