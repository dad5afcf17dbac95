/** Two regions of one HSM see a change at different times: what one had a moment ago is not called gone because the other answers. */
import { describe, expect, it } from 'vitest';
import { NameMap } from '../../../src/core/model/key-name.ts';
import { readCatalogue } from '../../../src/features/recovery-points/catalogue.ts';
import { lostKeys, settlingKeys } from '../../../src/features/status/lost-keys.ts';
import { REPLICATION_MS } from '../../../src/features/watch/model/policy.ts';
import { NO_SIGNALS, type Signals } from '../../../src/features/watch/model/signals.ts';
import { readWatchState } from '../../../src/features/watch/model/watch-state.ts';
import { scan } from '../../../src/features/watch/scan.ts';
import { MemoryHsm } from '../../support/memory/memory-hsm.ts';
import { MemoryKeyService } from '../../support/memory/memory-key-service.ts';
import { MINUTE_MS, WatchWorld } from '../../support/watch-world.ts';

/** An HSM of two regions; the other one has not heard of any key yet. */
async function twoRegions({ keys = ['orders'] } = {}) {
  const world = new WatchWorld();
  world.policy = { ...world.policy, settlingMs: REPLICATION_MS };
  const other = new MemoryHsm({ name: 'contoso', purgeProtection: true, clock: world.clock });
  for (const key of keys) world.hsm.createKey(key);
  await world.scan();
  const lookElsewhere = (signals: Partial<Signals> = {}) =>
    scan({ ...world.deps, keys: new MemoryKeyService(other) }, world.policy, { ...NO_SIGNALS, ...signals });
  return { world, lookElsewhere };
}

async function riskAndLoss({ state, policy }: WatchWorld) {
  const memory = {
    watch: await readWatchState(state, 'contoso'),
    catalogue: await readCatalogue(state, 'contoso'),
    verify: undefined,
  };
  const seen = { active: new Map(), deleted: new Map() };
  const store = { missing: new NameMap<true>(), damaged: new Set<string>(), unproven: 0 };
  const names = (found: readonly { readonly key: string }[]) => found.map(({ key }) => key);
  return [names(settlingKeys(policy, memory, seen, store)), names(lostKeys(policy, memory, seen, store))];
}

describe('a key that one region of an HSM has and the other has not', () => {
  it.each([
    ['at once', 0, []],
    ['a moment before every region must have it', REPLICATION_MS - 1, []],
    ['when every region must have it', REPLICATION_MS, ['KeyPurged orders']],
    ['at the next scan of the schedule', 15 * MINUTE_MS, ['KeyPurged orders']],
  ])('%s', async (_when, after, told) => {
    const { world, lookElsewhere } = await twoRegions();
    await world.clock.advance(after);
    await lookElsewhere();

    expect(world.reports).toEqual(told);
  });

  it('was never away once it is seen again', async () => {
    const { world, lookElsewhere } = await twoRegions();
    await lookElsewhere();
    await world.clock.advance(REPLICATION_MS);
    await world.scan();
    await world.clock.advance(REPLICATION_MS - 1);
    await lookElsewhere();

    expect(world.reports).toEqual([]);
  });

  it('is called gone in time however often it is looked for', async () => {
    const { world, lookElsewhere } = await twoRegions();
    for (let minute = 1; minute <= 5; minute += 1) {
      await world.clock.advance(MINUTE_MS);
      await lookElsewhere();
    }
    const before = [...world.reports];
    await world.clock.advance(MINUTE_MS);
    await lookElsewhere();

    expect([before, world.reports]).toEqual([[], ['KeyPurged orders']]);
  });

  it('is called purged at once when the audit log says so', async () => {
    const { world, lookElsewhere } = await twoRegions();
    const caller = { upn: 'mallory@contoso.com' };
    await lookElsewhere({ purges: [{ key: 'orders', at: world.clock.now(), caller }] });

    expect(world.reports).toEqual(['KeyPurged orders']);
  });

  it('and that only its backup knows is not called purged before every region must have it', async () => {
    const { world, lookElsewhere } = await twoRegions({ keys: [] });
    world.hsm.createKey('brief');
    await world.backUp('brief');
    await lookElsewhere();
    const before = [...world.reports];
    await world.clock.advance(REPLICATION_MS);
    await lookElsewhere();

    expect([before, world.reports]).toEqual([[], ['KeyPurged brief']]);
  });
});

describe('the status of a key that settles', () => {
  it('is neither safe nor lost while nothing would bring it back, and lost after that', async () => {
    const { world, lookElsewhere } = await twoRegions();
    await lookElsewhere();
    const settling = await riskAndLoss(world);
    await world.clock.advance(REPLICATION_MS);
    await lookElsewhere();

    expect(settling).toEqual([['orders'], []]);
    expect(await riskAndLoss(world)).toEqual([[], ['orders']]);
  });

  it('is no risk where a backup holds it', async () => {
    const { world, lookElsewhere } = await twoRegions();
    await world.backUp('orders');
    await lookElsewhere();

    expect(await riskAndLoss(world)).toEqual([[], []]);
  });
});
