import { expect, test } from 'vitest';
import { awaitRun } from '../../../src/cli/drill/await-run.ts';
import { type DrillRun, updateDrillState, withRun } from '../../../src/features/drill/model/drill-state.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryDocumentStore } from '../../support/memory/memory-document-store.ts';

const MINUTE_MS = 60_000;
const AWAITED = { drillHsm: 'drill', runId: 'run-1', budgetMs: 10 * MINUTE_MS };
const RUN: DrillRun = {
  ...{ runId: 'run-1', startedAt: 1, planned: 2, proven: 0, metadataOnly: 0 },
  ...{ failed: 0, blocked: 0, unusable: 0, never: 0, residue: 0 },
};

/** A run of which `stages` are seen, each after so many minutes. */
async function seen(stages: readonly (readonly [minutes: number, run: Partial<DrillRun>])[]) {
  const [state, clock] = [new MemoryDocumentStore(), new ManualClock({ autoAdvance: true })];
  const startedAt = clock.now();
  const waits = stages.map(async ([minutes, run]) => {
    await clock.sleep(minutes * MINUTE_MS);
    await updateDrillState(state, 'drill', (before) => withRun(before, { ...RUN, ...run }));
  });
  const run = await awaitRun({ state, clock }, AWAITED, new AbortController().signal).catch(
    (error: unknown) => String(error),
  );
  await Promise.all(waits);
  return { run, minutes: (clock.now() - startedAt) / MINUTE_MS };
}

test('a run that has ended is the answer', async () => {
  expect(await seen([[1, { endedAt: 5 }]])).toMatchObject({ run: { endedAt: 5 } });
});

test('what is left is done by another invocation: that is awaited, too', async () => {
  const { run } = await seen([
    [1, { endedAt: 5, left: 1 }],
    [3, { planned: 1 }],
    [4, { endedAt: 7 }],
  ]);
  expect(run).toMatchObject({ endedAt: 7 });
});

test('what nobody goes on with is left', async () => {
  expect(await seen([[1, { endedAt: 5, left: 1 }]])).toMatchObject({ run: { left: 1 } });
});

test('a run that does not begin is not awaited for ever', async () => {
  expect((await seen([])).run).toContain('has not begun the drill in HSM drill within 5 minutes');
});

test('a run in which nothing happens is not awaited for ever', async () => {
  expect((await seen([[1, {}]])).run).toContain(
    'Nothing has happened in the drill in HSM drill for 35 minutes',
  );
});
