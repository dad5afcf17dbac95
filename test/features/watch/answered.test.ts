/** Which requests for a scan a later scan has answered. */

import { describe, expect, it } from 'vitest';
import { isAnswered } from '../../../src/features/watch/answered.ts';
import { NO_SIGNALS } from '../../../src/features/watch/model/signals.ts';
import { updateWatchState } from '../../../src/features/watch/model/watch-state.ts';
import { MINUTE_MS, WatchWorld } from '../../support/watch-world.ts';

const LOOK = { kind: 'look', hsm: 'contoso' } as const;

/** A world whose last scan began `beganAgoMs` ago, and the answer about a request of `sentAgoMs` ago. */
async function answers(beganAgoMs: number, sentAgoMs: number, more: object = {}): Promise<boolean> {
  const world = new WatchWorld();
  const now = world.clock.now();
  await updateWatchState(world.state, 'contoso', (state) => ({ ...state, lookBeganAt: now - beganAgoMs }));
  const deps = { ...world.deps, signal: new AbortController().signal };
  return isAnswered(deps, { ...LOOK, at: now - sentAgoMs, ...more });
}

describe('a request for a scan', () => {
  it.each([
    ['sent after the scan began', 10 * MINUTE_MS, 9 * MINUTE_MS, false],
    ['sent five minutes before it', 10 * MINUTE_MS, 15 * MINUTE_MS, false],
    ['sent more than five minutes before it', 10 * MINUTE_MS, 15 * MINUTE_MS + 1, true],
    ['sent long before a scan of this moment', 0, 6 * MINUTE_MS, true],
    ['sent long before a scan of the future', -1, 6 * MINUTE_MS, false],
  ])('%s: answered by it %s', async (_name, began, sent, expected) => {
    expect(await answers(began, sent)).toBe(expected);
  });

  it('that carries what the audit log reported is never answered by another scan', async () => {
    expect(await answers(0, 60 * MINUTE_MS, { signals: NO_SIGNALS })).toBe(false);
  });

  it('of an older version, which does not say when it was sent, is never answered', async () => {
    const world = new WatchWorld();
    await world.scan();

    expect(await isAnswered({ ...world.deps, signal: new AbortController().signal }, LOOK)).toBe(false);
  });

  it('is answered by a scan that saw every key, not by one to which the HSM gave no answer', async () => {
    const world = new WatchWorld();
    const at = world.clock.now();
    await world.clock.advance(6 * MINUTE_MS);
    world.hsm.faults.fail('listKeys', world.fault('hsm-unreachable'), { times: 2 });
    const deps = { ...world.deps, signal: new AbortController().signal };
    await world.scan();
    expect(await isAnswered(deps, { ...LOOK, at })).toBe(false);
    await world.scan();

    expect(await isAnswered(deps, { ...LOOK, at })).toBe(true);
  });
});
