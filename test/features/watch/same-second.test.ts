/** A purged key, and in its place one of another HSM that was made in the very same second: only its versions say that it is another. */
import { beforeEach, describe, expect, it } from 'vitest';
import { EVERY_KEY } from '../../../src/core/model/selection.ts';
import { readMessage } from '../../../src/core/queue.ts';
import { DEFAULT_RETRY } from '../../../src/core/retry.ts';
import { KEY_BACKUPS } from '../../../src/features/backup/queues.ts';
import { backUpSingleKey } from '../../../src/features/backup/single-key.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { type ScanApp, scanHsm } from '../../../src/features/watch/manifest.ts';
import { MemoryHsm, type MemoryKey } from '../../support/memory/memory-hsm.ts';
import { MemoryWorkQueue } from '../../support/memory/memory-work-queue.ts';
import { afterDeletion, type Succession } from '../../support/succession.ts';
import { FreePacer } from '../../support/sweep-world.ts';
import { aWatchPolicy, DAY_MS } from '../../support/watch-world.ts';

const SIGNAL = new AbortController().signal;

/** The key of another HSM that has the name and the times of the one that `world` has deleted. */
function twinOf(world: Succession): MemoryKey {
  const other = new MemoryHsm({ name: 'contoso-dr', clock: world.clock });
  const twin = other.createKey('orders');
  const [own] = world.hsm.deleted.get('orders')?.versions ?? [];
  const [version] = twin.versions;
  if (own === undefined || version === undefined) throw new Error('expected a version of each');
  version.attributes = own.attributes;
  return twin;
}

let world: Succession;
let queue: MemoryWorkQueue;
beforeEach(async () => {
  world = await afterDeletion();
  queue = new MemoryWorkQueue(world.clock);
  const twin = twinOf(world);
  await world.does('purge');
  world.hsm.active.set('orders', twin);
});

/** A scan as the app does it. */
function scanAsApp(selection = EVERY_KEY) {
  const { thresholdsMs, schedule, refreshMs, graceMs, ...policy } = aWatchPolicy();
  const watch = { ...policy, schedule: '0 */15 * * * *', thresholdsMs, overdueGraceMs: graceMs };
  const { keys } = world.deps;
  const app: ScanApp = {
    ...world.deps,
    backups: world.backups,
    hsms: { get: () => ({ keys }) },
    queue,
    signal: SIGNAL,
    config: { selection, schedule, refreshMs, watch },
  };
  return scanHsm(app, 'contoso');
}

/** Does what the next message asks for, if there is one. */
async function backUpAsAsked() {
  const message = queue.take(KEY_BACKUPS);
  if (message === undefined) return 'not asked for';
  const deps = { ...world.deps, backups: world.backups, pacer: new FreePacer(), queue };
  const policy = { selection: EVERY_KEY, retry: DEFAULT_RETRY };
  return backUpSingleKey(deps, policy, readMessage(KEY_BACKUPS, message), SIGNAL);
}

describe('a key of the same second', () => {
  it('is not the key that was there: the purge is reported, and it has no backup', async () => {
    const reported = await world.during(() => world.scan());
    expect(reported).toContain('KeyPurged orders');
    expect(reported).not.toContain('KeyRecovered orders');

    await world.clock.advance(2 * DAY_MS);
    expect(await world.during(() => world.scan())).toContain('KeyUnprotected orders');
    expect(await world.during(() => world.scan())).toEqual([]);
  });

  it('is backed up as the scan asks, which no run would do, and is not asked for again', async () => {
    await scanAsApp();
    await world.clock.advance(DAY_MS);
    const [version] = world.hsm.active.get('orders')?.versions ?? [];

    expect(await backUpAsAsked()).toBe('backed-up');
    const { keys } = await readCatalogue(world.state, 'contoso');
    expect(keys.orders?.record.versions).toMatchObject([{ version: version?.version }]);

    await scanAsApp();
    expect(await backUpAsAsked()).toBe('not asked for');
  });

  it('is asked for by each scan until it has a backup', async () => {
    await scanAsApp();
    await scanAsApp();

    expect(queue.waiting.map(({ queue: name }) => name)).toEqual([KEY_BACKUPS.name, KEY_BACKUPS.name]);
    await world.clock.advance(DAY_MS);
    expect(await backUpAsAsked()).toBe('backed-up');
    expect(await backUpAsAsked()).toBe('covered');
  });

  it('is not asked for when the settings leave it out', async () => {
    await scanAsApp({ ...EVERY_KEY, exclude: ['orders'] });

    expect(queue.waiting).toEqual([]);
  });
});

it('a key of later times is left to the runs, which see that it changed', async () => {
  world.hsm.active.delete('orders');
  world.hsm.createKey('orders');
  await scanAsApp();

  expect(queue.waiting).toEqual([]);
});
