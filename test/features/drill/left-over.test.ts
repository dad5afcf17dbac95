import { afterEach, beforeEach, expect, test } from 'vitest';
import { DRILL, type DrillApp } from '../../../src/features/drill/manifest.ts';
import { DRILLS } from '../../../src/features/drill/message.ts';
import { readDrillState } from '../../../src/features/drill/model/drill-state.ts';
import { DrillWorld } from '../../support/drill-world.ts';
import { MemoryDeadLetters } from '../../support/memory/memory-dead-letters.ts';
import { MemoryWorkQueue } from '../../support/memory/memory-work-queue.ts';

let world: DrillWorld;

beforeEach(async () => {
  world = await DrillWorld.start({ seedKeys: 30 });
  await world.backUp();
});
afterEach(() => world.close());

test('what the time of an invocation leaves is done by the next ones, until all that was asked for is drilled', async () => {
  const queue = new MemoryWorkQueue(world.clock);
  const deps = world.deps();
  const app: DrillApp = {
    ...deps,
    sites: [deps.site],
    signal: new AbortController().signal,
    backupQueue: new MemoryWorkQueue(world.clock),
    queue,
    deadLetters: new MemoryDeadLetters(),
    config: {
      // Over after the first keys.
      budgetMs: 1,
      drill: { hsms: [], days: 30, schedule: '0 0 6 * * *', pace: 10 },
    },
  };
  const trigger = DRILL.triggers.find(({ name }) => name === 'drillWorker');
  if (trigger?.kind !== 'queue') throw new Error('expected the worker');
  await queue.send(DRILLS, { kind: 'drill', drillHsm: 'drill', runId: 'run-1', what: { kind: 'all' } });

  let invocations = 0;
  for (let message = queue.take(DRILLS); message !== undefined; message = queue.take(DRILLS)) {
    await trigger.run(app, message);
    invocations += 1;
  }

  expect(invocations).toBeGreaterThan(1);
  const [run] = (await readDrillState(world.state, 'drill')).runs;
  expect(run).toMatchObject({ planned: 30, failed: 0, blocked: 0, residue: 0 });
  expect(run?.left).toBeUndefined();
  expect((run?.proven ?? 0) + (run?.metadataOnly ?? 0)).toBe(30);
});
