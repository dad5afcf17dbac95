/** Drills that must fail go the whole way of a drill: container, list, read, seal, restore, comparison, use, removal. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import type { Seals } from '../../../src/core/seal/seals.ts';
import { verifySeal } from '../../../src/core/seal/verify-seal.ts';
import type { FaultPoints } from '../../../src/features/drill/fault-points.ts';
import { readDrillState, updateDrillState } from '../../../src/features/drill/model/drill-state.ts';
import type { RunDeps } from '../../../src/features/drill/run-context.ts';
import { pointFacts } from '../../../src/features/recovery-points/point-seals.ts';
import { mortalFaults, mortalHsm } from '../../support/drill-faults.ts';
import { DrillWorld } from '../../support/drill-world.ts';
import { KillSwitch } from '../../support/kill-switch.ts';
import { MemoryBackupStore } from '../../support/memory/memory-backup-store.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';

const WRONG = [
  'a damaged backup',
  'the backup of another key under this name',
  'a backup with a swapped public key',
  'a backup with a swapped recorded public key',
  'a backup with a seal on other facts',
];
const STORAGE = new WardenError('storage-forbidden', { message: 'The container may not be written.' });

let world: DrillWorld;
beforeEach(async () => {
  world = await DrillWorld.withTwoKeys();
});
afterEach(() => world.close());

const mustFail = async () => (await readDrillState(world.state, 'drill')).mustFail;
const events = () => world.sink.accepted.filter(({ type }) => type === 'HsmWarden.DrillBroken');
const withFaults = (faults: FaultPoints): RunDeps => ({ ...world.deps(), faults });
const notTried = () =>
  world.logger.lines.find(({ message }) => message === 'drills could not be tried; the next run tries again')
    ?.fields?.why;

test('an unharmed recovery point and every wrong one lie in their container for their drill, and no longer', async () => {
  const { blobs } = world.backups;

  await world.run();

  expect(await mustFail()).toEqual({ at: expect.any(Number), passed: [] });
  expect(world.faults.seen).toHaveLength(1 + WRONG.length);
  expect(world.faults.backups.blobs).toEqual([]);
  expect(world.faults.backups.publicKeys.size).toBe(0);
  expect(world.backups.blobs).toEqual(blobs);
});

test('each has a seal of the key of the trials, and one of them a seal on other facts', async () => {
  await world.run();

  const verdicts = world.faults.seen.map((record) =>
    record.seal === undefined
      ? undefined
      : verifySeal(
          world.faultSealer.pinned,
          'recovery-point',
          pointFacts('resource/contoso', record),
          record.seal,
        ).good,
  );
  expect(verdicts).toEqual([true, true, true, true, true, false]);
});

test('a drill that does not check the seal is found out by the loudest event', async () => {
  const blind = Object.assign(world.faultPoints(), { points: world.faults.backups });

  await world.run({}, withFaults(blind));

  expect(events()[0]?.data).toMatchObject({
    severity: 'critical',
    passed: ['a backup with a seal on other facts'],
  });
});

test.each<[string, () => FaultPoints | Promise<FaultPoints>, string]>([
  [
    'cannot be stored',
    () => {
      world.faults.backups.faults.fail('put', STORAGE);
      return world.faultPoints();
    },
    'may not be written',
  ],
  [
    'cannot be removed',
    () => {
      world.faults.faults.fail('clear', STORAGE, { after: 1 });
      return world.faultPoints();
    },
    'may not be written',
  ],
  [
    'cannot be sealed',
    () => {
      world.faultSealer.faults.fail('seal', new WardenError('seal-unavailable', { message: 'No vault.' }));
      return world.faultPoints();
    },
    'No vault.',
  ],
  [
    'are not listed',
    () => Object.assign(world.faultPoints(), { points: new MemoryBackupStore(world.clock) }),
    'it is not listed',
  ],
  [
    'can be read once only',
    () => {
      const missing = new WardenError('blob-missing', { message: 'It is gone.' });
      world.faults.backups.faults.fail('read', missing, { after: 1, times: 5 });
      return world.faultPoints();
    },
    'a damaged backup: It is gone.',
  ],
  [
    'are judged by a key that did not seal them',
    () => {
      const other = new MemorySealer(world.clock);
      const own = { sealer: world.faultSealer, pinned: async () => other.pinned };
      return world.faultPoints({ own });
    },
    'it is not listed',
  ],
  [
    'are sealed with a key that the settings pin',
    () => world.faultPoints({ seals: { pinned: async () => world.faultSealer.pinned } }),
    'is pinned in WARDEN_SEAL_PUBLIC_KEYS',
  ],
])(
  'while wrong recovery points %s nothing is known of the drills: the next run tries again',
  async (_, make, why) => {
    await world.run({}, withFaults(await make()));

    expect(await mustFail()).toBeUndefined();
    expect(JSON.stringify(notTried())).toContain(why);
    expect(events()).toEqual([]);

    await world.run({ runId: 'run-2' }, undefined, { nightly: false });

    expect(await mustFail()).toMatchObject({ passed: [] });
    expect(world.faults.backups.blobs).toEqual([]);
    expect(world.inDrillHsm).toEqual([]);
  },
);

test.each<[string, Seals | undefined, readonly string[] | undefined]>([
  ['is said to be untried where real drills check it', sealsOf(), ['the check of the seal']],
  ['is nothing that is missing where nothing is sealed', undefined, undefined],
])('without a key of the trials the check of the seal %s', async (_, seals, untried) => {
  await world.run({}, withFaults(world.faultPoints({ own: undefined, seals })));

  expect(await mustFail()).toEqual({ at: expect.any(Number), passed: [], ...(untried && { untried }) });
  expect(world.faults.seen).toHaveLength(WRONG.length);
  expect(world.faults.seen.filter(({ seal }) => seal !== undefined)).toEqual([]);
  const warned = world.logger.lines.filter(({ message }) =>
    message.includes('do not try all that drills check'),
  );
  expect(warned).toHaveLength(untried === undefined ? 0 : 1);
});

function sealsOf(): Seals {
  return { pinned: async () => new MemorySealer({ now: () => 0, sleep: async () => undefined }).pinned };
}

test('a trial that is killed at any call leaves nothing once another has ended, and never says that drills are broken', async () => {
  await world.run();
  const killedAt = async (call: number, after: boolean) => {
    await updateDrillState(world.state, 'drill', ({ mustFail: _, ...state }) => state);
    const kill = new KillSwitch(call, after);
    const { site } = world.deps();
    const hsm = mortalHsm(site.hsm, kill);
    const deps = { ...withFaults(mortalFaults(world, kill)), site: { ...site, hsm } };
    const order = { runId: `kill-${call}-${after}`, what: { kind: 'due' as const } };
    await world.run(order, deps, { nightly: false }).catch(() => undefined);
    return kill.fired;
  };
  let calls = 0;
  // Before the effect of each call, and after that of every third.
  while (await killedAt(calls + 1, false)) {
    calls += 1;
    if (calls % 3 === 0) await killedAt(calls, true);
  }

  expect(calls).toBeGreaterThan(50);
  expect(events()).toEqual([]);
  expect(world.faults.backups.blobs).toEqual([]);
  expect(world.inDrillHsm).toEqual([]);
  expect(await readDrillState(world.state, 'drill')).toMatchObject({ journal: [], mustFail: { passed: [] } });
}, 300_000);
