/** Measures a run of restore drills at the documented limits of an HSM, against the floor that the slowest step sets. */
import { DrillWorld } from '../test/support/drill-world.ts';
import { atMost, type Figure, plain } from './figure.ts';

const KEYS = 300;
/** Restores, deletions and purges a second that an HSM takes: docs/drills.md. */
const RATE = 10;

/** Three hundred keys of every kind, each restored, compared, used, deleted and purged. */
export async function drills(): Promise<Figure[]> {
  const world = await DrillWorld.start({ limits: 'documented', seedKeys: KEYS });
  try {
    await world.backUp();
    const started = performance.now();
    const run = await world.run();
    const seconds = (performance.now() - started) / 1000;
    return [
      atMost('keys that were not restored and compared', KEYS - run.proven - run.metadataOnly, '', 0),
      atMost('keys left in the drill HSM', world.inDrillHsm.length, '', 0),
      plain('keys proven by their use', run.proven, ''),
      plain('wall', seconds, 's'),
      atMost('wall, in times of the slowest step alone', seconds / (KEYS / RATE), '', 1.1),
    ];
  } finally {
    await world.close();
  }
}
