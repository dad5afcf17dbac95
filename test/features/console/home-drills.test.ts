/** What the home page says of restore drills: what they have shown, what keeps them from it, and that there are none. */
import { describe, expect, it } from 'vitest';
import { isoTime } from '../../../src/core/time.ts';
import {
  type DrillRun,
  type DrillState,
  updateDrillState,
} from '../../../src/features/drill/model/drill-state.ts';
import type { DrillResult } from '../../../src/features/drill/model/result.ts';
import { fileResults } from '../../../src/features/drill/model/results.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { aWorld } from '../../support/console-world.ts';
import { aDrillResult } from '../../support/drill-result.ts';
import { DAY_MS } from '../../support/watch-world.ts';

describe('the home page', () => {
  it('is at risk where a drill did not bring a key back, and says when the last drill was', async () => {
    const world = await aWorld();
    await world.scanned();
    expect(await world.home()).toMatchObject({
      verdict: 'safe',
      hsm: { drills: { proven: 0, undrilled: 2, failed: 0, blocked: 0 } },
    });
    expect((await world.home()).hsm?.drilledAt).toBeUndefined();

    const at = world.clock.now();
    const { keys } = await readCatalogue(world.state, 'contoso');
    const resultOf = (key: string, change: Partial<DrillResult>) => {
      const point = { ...aDrillResult(key).point, sha256: keys[key]?.record.sha256 ?? '' };
      return aDrillResult(key, { point, ...change });
    };
    const results = [
      resultOf('orders', { verdict: 'failed', endedAt: at }),
      resultOf('users', { endedAt: at - 1 }),
    ];
    await fileResults(world.state, 'contoso', results, at);
    await world.scanned();
    expect(await world.home()).toMatchObject({
      sentence: '1 key at risk. Not every key is safe.',
      hsm: {
        drilledAt: isoTime(at),
        drills: { proven: 1, failed: 1, blocked: 0 },
        risks: [{ key: 'orders', risk: 'drill-failed' }],
      },
    });
    expect((await world.keys({ word: 'at-risk' })).items).toMatchObject([
      { key: 'orders', risk: 'drill-failed', coverage: 'complete' },
    ]);
  });

  it('says that restores are unproven, and how to begin, where no drill HSM is named, and hides no failure of before', async () => {
    const world = await aWorld();
    const at = world.clock.now();
    const { keys } = await readCatalogue(world.state, 'contoso');
    const resultOf = (key: string, change: Partial<DrillResult>) => {
      const point = { ...aDrillResult(key).point, sha256: keys[key]?.record.sha256 ?? '' };
      return aDrillResult(key, { point, endedAt: at, ...change });
    };
    await fileResults(
      world.state,
      'contoso',
      [resultOf('orders', { verdict: 'failed' }), resultOf('users', {})],
      at,
    );
    world.drillHsms = [];
    await world.scanned();

    const { verdict, hsm } = await world.home();
    expect(verdict).toBe('at-risk');
    expect(hsm).toMatchObject({ drills: { proven: 0, failed: 1, undrilled: 1 }, risks: [{ key: 'orders' }] });
    expect(hsm?.drilledAt).toBeUndefined();
    expect(hsm?.warnings.join(' ')).toContain('Restores are unproven: no drill HSM is named. To begin');
  });

  it.each<[string, (now: number) => Partial<DrillState>, string]>([
    [
      'a run that could not begin',
      (now) => ({ runs: [aRun(now, { refused: ['It is protected.'] })] }),
      'No drill runs: It is protected.',
    ],
    [
      'copies that stay',
      (now) => ({ runs: [aRun(now, { residue: 2 })] }),
      'Copies left in the drill HSM: 2.',
    ],
    [
      'drills that were not tried',
      (now) => ({ mustFail: { at: now - 9 * DAY_MS, passed: [] } }),
      'The drills have not been tried for over a week',
    ],
  ])('warns of %s', async (_, change, text) => {
    const world = await aWorld();
    await updateDrillState(world.state, 'drill', (state) => ({ ...state, ...change(world.clock.now()) }));
    await world.scanned();
    expect((await world.home()).hsm?.warnings.join(' ')).toContain(text);
  });

  it('says that nothing is known of drills whose results cannot be read, and the rest all the same', async () => {
    const world = await aWorld();
    await world.state.write({ kind: 'drill-results', hsm: 'contoso' }, 'damaged', 'absent');
    await world.scanned();
    const { verdict, hsm } = await world.home();
    expect(verdict).toBe('safe');
    expect(hsm?.drills).toBeUndefined();
    expect(hsm?.warnings).toContainEqual(
      expect.stringMatching(/^What drills have proven is not known: .*contoso/),
    );
  });
});

function aRun(at: number, change: Partial<DrillRun>): DrillRun {
  const none = { planned: 0, proven: 0, metadataOnly: 0, failed: 0, blocked: 0, unusable: 0, never: 0 };
  return { runId: 'run-1', startedAt: at, endedAt: at, ...none, residue: 0, ...change };
}
