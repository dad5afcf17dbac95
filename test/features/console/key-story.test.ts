/** What happened to one key, in words that say no more than is known. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { DatedSeals } from '../../../src/core/seal/dated-seals.ts';
import { isoTime } from '../../../src/core/time.ts';
import { type StoryDeps, tellStory } from '../../../src/features/console/key-story.ts';
import { fileResults } from '../../../src/features/drill/model/results.ts';
import type { RecoveryRecord } from '../../../src/features/recovery/model/record.ts';
import type { CatalogueStore } from '../../../src/features/recovery-points/catalogue.ts';
import type { Judge } from '../../../src/features/recovery-points/point-seals.ts';
import { aDrillResult } from '../../support/drill-result.ts';
import { MemorySealer } from '../../support/memory/memory-sealer.ts';
import { anOperation, aRequest, T0 } from '../../support/recovery-builders.ts';
import { settledWorld, WatchWorld } from '../../support/watch-world.ts';

const PLACE = { hsm: 'contoso', key: 'orders' };

async function storyOf(world: WatchWorld, change: Partial<StoryDeps> & { records?: RecoveryRecord[] } = {}) {
  const { records = [], ...deps } = change;
  const believe = { resourceOf: () => undefined };
  return tellStory({ store: world.state, backups: world.backups, believe, ...deps }, PLACE, records);
}

/** The documents of `world`, whose sealing keys are as `judge` finds them; what is dated is by a key that is not pinned. */
function judgedBy(world: WatchWorld, judge: () => Promise<Judge>): CatalogueStore {
  const { pinned } = new MemorySealer(world.clock);
  const dated = new DatedSeals({ seals: { pinned: async () => pinned }, resourceOf: (hsm) => hsm });
  return Object.assign(world.state, { points: { judge, dated } });
}

describe('a request that succeeded', () => {
  const succeeded = (
    action: 'recover' | 'restore' | 'adopt',
    outcome: object | undefined,
  ): RecoveryRecord => ({
    ...aRequest({ operation: anOperation({ action }) }),
    state: 'succeeded',
    endedAt: T0 + 1,
    ...(outcome === undefined
      ? {}
      : { outcome: { result: 'succeeded', step: 'done', message: 'done.', warnings: [], ...outcome } }),
  });

  it.each([
    ['recover', { versions: 2, verified: 2 }, 'recovered', 'Brought back; 2 of 2 versions verified'],
    ['restore', { versions: 2, verified: 1 }, 'recovered', 'Brought back; 1 of 2 versions verified'],
    ['recover', { versions: 1, verified: 0 }, 'recovered', 'Brought back; 0 of 1 version verified'],
    ['recover', {}, 'recovered', 'Brought back; how many versions were verified is not known'],
    ['recover', undefined, 'recovered', 'Brought back; how many versions were verified is not known'],
    ['adopt', { versions: 2 }, 'adopted', 'The backup counts as a recovery point'],
  ] as const)('(%s, %j) is said as %s: %s', async (action, outcome, kind, text) => {
    const { timeline } = await storyOf(new WatchWorld(), { records: [succeeded(action, outcome)] });

    expect(timeline[0]).toMatchObject({ kind, text });
  });
});

describe('a purged key', () => {
  /** As the verification leaves it when it has found the only backup damaged. */
  async function damage(world: WatchWorld): Promise<void> {
    const counts = { checked: 1, bytes: 1, found: 1 };
    const damaged = Object.fromEntries(world.backups.blobs.map((blob) => [blob, T0]));
    const progress = { format: 1, hsm: 'contoso', runId: 'run', startedAt: T0, ...counts, damaged };
    await world.state.write({ kind: 'verify', hsm: 'contoso' }, JSON.stringify(progress), 'absent');
  }

  function judged(world: WatchWorld, judge: () => Promise<Judge>): CatalogueStore {
    return judgedBy(world, judge);
  }

  const planted = () => new WardenError('seal-unavailable', { message: 'planted' });

  it.each<[string, (world: WatchWorld) => unknown, string]>([
    ['with a backup that counts', () => {}, 'a backup brings it back'],
    ['whose backup is damaged', damage, 'its newest backup is damaged'],
    [
      'whose backup is gone',
      ({ backups }) => backups.blobs.map((blob) => backups.forget(blob)),
      'no backup of it is known',
    ],
    [
      'whose backup has no good seal',
      (world) => judged(world, async () => () => ({ good: false, why: 'it has none' })),
      'its newest backup has no good seal',
    ],
    [
      'while the sealing keys cannot be read',
      (world) => judged(world, () => Promise.reject(planted())),
      'whether its newest backup counts is not known',
    ],
    [
      'while the verification cannot be read',
      ({ state }) => state.faults.fail('read', planted(), { subject: 'verify/contoso' }),
      'whether its newest backup counts is not known',
    ],
    [
      'while the backups cannot be listed',
      ({ backups }) => backups.faults.fail('list', planted()),
      'whether a backup brings it back is not known',
    ],
  ])('%s: what can come back is said, and no more', async (_name, change, left) => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    world.hsm.purgeKey('orders');
    await world.scan();
    await change(world);

    const { timeline } = await storyOf(world);

    expect(timeline.filter(({ kind }) => kind === 'purged').map(({ text }) => text)).toEqual([
      `Purged; ${left}`,
    ]);
  });

  it('is not brought back by the backup of a later key of its name', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    world.hsm.purgeKey('orders');
    await world.scan();
    for (const blob of world.backups.blobs) world.backups.forget(blob);
    world.hsm.createKey('orders');
    await world.clock.advance(1000);
    await world.backUp('orders');

    const { timeline } = await storyOf(world);

    expect(timeline).toContainEqual(expect.objectContaining({ text: 'Purged; no backup of it is known' }));
  });
});

it('calls no backup unsealed, and none sound, while the sealing keys cannot be read', async () => {
  const world = await settledWorld();
  const judge = () => Promise.reject(new WardenError('seal-unavailable', { message: 'planted' }));

  const { backups, timeline, unknown } = await storyOf(world, {
    store: judgedBy(world, judge),
  });

  expect(backups).toMatchObject([{ sealed: null, why: 'The sealing keys could not be read.' }]);
  expect(timeline.find(({ kind }) => kind === 'backup')).toEqual(
    expect.not.objectContaining({ sealed: expect.anything() }),
  );
  expect(unknown).toContain('The sealing keys could not be read: planted');
});

describe('a drilled key', () => {
  const [EARLY, LATE] = [T0 - 2000, T0 - 1000];

  it('shows its last drill, and the last that proved something', async () => {
    const world = new WatchWorld();
    await fileResults(world.state, 'contoso', [aDrillResult('Orders', { endedAt: EARLY })], EARLY);
    const failed = { verdict: 'failed' as const, reasons: ['Another key came back.'], endedAt: LATE };
    await fileResults(world.state, 'contoso', [aDrillResult('orders', failed), aDrillResult('other')], LATE);

    const { timeline } = await storyOf(world);

    expect(timeline).toEqual([
      {
        at: isoTime(LATE),
        kind: 'drill',
        verdict: 'failed',
        text: 'A restore drill failed: Another key came back.',
        blob: 'contoso/orders/1.keybackup',
      },
      expect.objectContaining({ at: isoTime(EARLY), verdict: 'proven' }),
    ]);
  });

  it('says that its drills could not be read, and shows the rest', async () => {
    const world = await settledWorld();
    world.state.faults.fail('read', new WardenError('storage-unavailable', { message: 'planted' }), {
      subject: 'drill-results/contoso',
    });

    const { timeline, unknown } = await storyOf(world);

    expect(unknown).toEqual(['The results of the drills could not be read: planted']);
    expect(timeline.map(({ kind }) => kind)).toContain('backup');
  });
});
