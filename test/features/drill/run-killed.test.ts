import { expect, test } from 'vitest';
import { EventBus } from '../../../src/core/events/bus.ts';
import { readDrillState } from '../../../src/features/drill/model/drill-state.ts';
import { readResults } from '../../../src/features/drill/model/results.ts';
import type { RunDeps } from '../../../src/features/drill/run-context.ts';
import { mortalFaults, mortalHsm } from '../../support/drill-faults.ts';
import { DrillWorld } from '../../support/drill-world.ts';
import { KillSwitch } from '../../support/kill-switch.ts';

const KEYS = 100;
const KILLS = 40;

test('killed forty times, a drill of a hundred keys leaves nothing, and every key has its verdict', async () => {
  const world = await DrillWorld.start({ seedKeys: KEYS });
  try {
    await world.backUp();
    const next = random(20_264);
    let kills = 0;
    for (let calls = 0; kills < KILLS; ) {
      // The later a process dies, the more it has done: near its beginning, in its middle, after most of it.
      calls = 1 + Math.floor(next() * 60);
      const kill = new KillSwitch(calls, next() < 0.5);
      await world.run({}, mortal(world, kill)).catch(() => undefined);
      expect(kill.fired).toBe(true);
      kills += 1;
    }

    const run = await world.run();

    expect(run).toMatchObject({ planned: KEYS, failed: 0, blocked: 0, residue: 0 });
    expect(world.inDrillHsm).toEqual([]);
    expect(world.faults.backups.blobs).toEqual([]);
    expect(await readDrillState(world.state, 'drill')).toMatchObject({
      journal: [],
      unfiled: [],
      outbox: [],
    });
    const results = await readResults(world.state, 'contoso', world.deps());
    expect(results.size).toBe(KEYS);
    for (const [, { last }] of results) {
      // Nobody has enrolled the symmetric ones.
      expect(last.verdict).toBe(last.kind === 'oct' ? 'metadata-only' : 'proven');
    }
    expect(run.proven + run.metadataOnly).toBe(KEYS);
    expect(world.sink.counts.size).toBe(1);
  } finally {
    await world.close();
  }
}, 300_000);

function mortal(world: DrillWorld, kill: KillSwitch): RunDeps {
  const deps = world.deps();
  return {
    ...deps,
    state: kill.wrap(deps.state),
    backups: kill.wrap(deps.backups),
    faults: mortalFaults(world, kill),
    bus: new EventBus([], deps.clock),
    site: { ...deps.site, hsm: mortalHsm(deps.site.hsm, kill) },
  };
}

/** Mulberry32: numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
