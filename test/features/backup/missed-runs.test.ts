/** HSMs that people added wait for no night, and lose none to a timer that fired before they were known. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { startMissedRuns } from '../../../src/features/backup/missed-runs.ts';
import { noteRunBegin } from '../../../src/features/backup/open-run.ts';
import { runBeganAt, runIdentifier } from '../../../src/features/backup/start-runs.ts';
import { SweepWorld } from '../../support/sweep-world.ts';

const SCHEDULE = '0 0 2 * * *';
const TWO = Date.UTC(2026, 10, 25, 2);
const MINUTE = 60_000;

/** Which of the two is started at `now`, where the newest run over the first began at `beganAt`. */
async function started(beganAt: number | undefined, now: number): Promise<readonly string[]> {
  const world = await SweepWorld.withKeys(0);
  await world.clock.advance(now - world.clock.now());
  if (beganAt !== undefined)
    await noteRunBegin(world.state, 'contoso', runIdentifier(beganAt, 'nightly'), beganAt);
  const deps = { ...world.deps, signal: new AbortController().signal };
  const named = await startMissedRuns(deps, ['contoso'], SCHEDULE);
  const asked = world.queue.waiting.map(({ text }): string => JSON.parse(text).hsm);
  expect(asked).toEqual(named);
  // What was just started is not missed.
  expect(await startMissedRuns(deps, ['contoso'], SCHEDULE)).toEqual([]);
  return named;
}

describe('a run over an HSM that people added', () => {
  it.each([
    { what: 'no run was ever begun', beganAt: undefined, now: TWO + 60 * MINUTE, is: ['contoso'] },
    {
      what: 'the timer fired a quarter of an hour ago, and not for it',
      beganAt: TWO - 60 * MINUTE,
      now: TWO + 16 * MINUTE,
      is: ['contoso'],
    },
    {
      what: 'the timer fired days ago, and not for it',
      beganAt: TWO,
      now: TWO + 72 * 60 * MINUTE,
      is: ['contoso'],
    },
    { what: 'its run may be on its way', beganAt: TWO - 60 * MINUTE, now: TWO + 14 * MINUTE, is: [] },
    { what: "tonight's has begun", beganAt: TWO, now: TWO + 60 * MINUTE, is: [] },
    { what: "tonight's has begun a moment too early", beganAt: TWO - 1_000, now: TWO + 60 * MINUTE, is: [] },
    { what: 'a person has begun one since', beganAt: TWO + 5 * MINUTE, now: TWO + 60 * MINUTE, is: [] },
  ])('is started as due: $what', async ({ beganAt, now, is }) => {
    expect(await started(beganAt, now)).toEqual(is);
  });

  it('is not held up by another one of which nothing can be read', async () => {
    const world = await SweepWorld.withKeys(0);
    const { read } = world.state;
    world.state.read = async (name, ...rest) => {
      if ('hsm' in name && name.hsm === 'fabrikam')
        throw new WardenError('storage-forbidden', { message: 'planted' });
      return read.call(world.state, name, ...rest);
    };
    const deps = { ...world.deps, signal: new AbortController().signal };

    expect(await startMissedRuns(deps, ['fabrikam', 'contoso'], SCHEDULE)).toEqual(['contoso']);
  });
});

it.each([
  ['20261125T020000Z-nightly', TWO],
  ['20261125T025959Z-manual', TWO + 59 * MINUTE + 59_000],
  ['20269924T020000Z-nightly', undefined],
  ['rebuilt', undefined],
])('a run %s began at %s', (runId, beganAt) => {
  expect(runBeganAt(runId)).toBe(beganAt);
});
