/** A memory of the watch that is dated in the future, by a clock that was ahead or by somebody: it silences and delays nothing. */
import { describe, expect, it } from 'vitest';
import { updateWatchState, type WatchState } from '../../../src/features/watch/model/watch-state.ts';
import {
  aWatchPolicy,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  settledWorld,
  type WatchWorld,
} from '../../support/watch-world.ts';

const AHEAD = Date.UTC(2100, 0, 1);

/** A settled world whose memory somebody changes. */
async function changedWorld(change: (state: WatchState) => WatchState): Promise<WatchWorld> {
  const world = await settledWorld();
  await updateWatchState(world.state, 'contoso', change);
  return world;
}

/** `state` with the key `orders` seen last in the future. */
const seenAhead = (state: WatchState): WatchState => ({
  ...state,
  keys: Object.fromEntries(
    Object.entries(state.keys).map(([name, known]) => [name, { ...known, lastSeenAt: AHEAD }]),
  ),
});

/** `state` with its active keys without a backup from the future on. */
const unprotectedAhead = (state: WatchState): WatchState => ({
  ...state,
  keys: Object.fromEntries(
    Object.entries(state.keys).map(([name, known]) => [
      name,
      known.state === 'active' ? { ...known, unprotected: { since: AHEAD, told: false } } : known,
    ]),
  ),
});

/** `state` with every deletion at its end in the future. */
const purgedAhead = (state: WatchState): WatchState => ({
  ...state,
  keys: Object.fromEntries(
    Object.entries(state.keys).map(([name, known]) => [
      name,
      known.state === 'deleted' ? { ...known, scheduledPurgeAt: AHEAD } : known,
    ]),
  ),
});

describe('a memory that is dated in the future', () => {
  it('does not keep a key that is gone on its way between two regions', async () => {
    const world = await changedWorld(seenAhead);
    world.policy = aWatchPolicy({ settlingMs: 6 * MINUTE_MS });
    world.hsm.active.delete('orders');
    await world.scan();
    await world.clock.advance(7 * MINUTE_MS);

    expect(await world.during(() => world.scan())).toContain('KeyPurged orders');
  });

  it('does not keep a key without a backup from being reported', async () => {
    const world = await settledWorld();
    world.hsm.createKey('tax');
    await world.scan();
    await updateWatchState(world.state, 'contoso', unprotectedAhead);
    await world.scan();
    await world.clock.advance(2 * HOUR_MS);

    expect(await world.during(() => world.scan())).toContain('KeyUnprotected tax');
  });

  it('does not keep an HSM that does not answer from being reported', async () => {
    const world = await changedWorld((state) => ({
      ...state,
      conditions: { ...state.conditions, 'hsm-unreachable': { since: AHEAD, told: false } },
    }));
    world.hsm.faults.fail('listKeys', world.fault('hsm-unavailable'), { times: 99 });
    await world.scan();
    await world.clock.advance(11 * MINUTE_MS);

    expect(await world.during(() => world.scan())).toContain('HsmUnreachable');
  });

  it('does not keep a run that never was from being reported', async () => {
    const world = await changedWorld((state) => ({ ...state, watchingSince: AHEAD }));
    await world.scan();
    await world.clock.advance(2 * DAY_MS);

    expect(await world.during(() => world.scan())).toContain('BackupOverdue');
  });

  it('does not keep a purge that comes closer from being reported', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    await world.scan();
    await updateWatchState(world.state, 'contoso', purgedAhead);
    await world.clock.advance(89 * DAY_MS);

    expect(await world.during(() => world.scan())).toContain('PurgePending orders');
  });
});
