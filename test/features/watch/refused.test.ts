/** Events that the topic refuses for good: kept for a person to see, but never without end. */
import { describe, expect, it } from 'vitest';
import { updateWatchState } from '../../../src/features/watch/model/watch-state.ts';
import { publishOutbox } from '../../../src/features/watch/outbox.ts';
import { anEvent } from '../../support/events.ts';
import { WatchWorld } from '../../support/watch-world.ts';

const KEPT = 100;

/** A world whose topic refuses everything, with `count` events in the outbox. */
async function refusing(count: number, world = new WatchWorld()): Promise<WatchWorld> {
  const first = (await world.memory()).refused.length + ((await world.memory()).refusedBefore ?? 0);
  const events = Array.from({ length: count }, (_, n) => anEvent(`key-${first + n}`));
  const state = await updateWatchState(world.state, 'contoso', (before) => ({ ...before, outbox: events }));
  world.topic.faults.fail('accept', world.fault('topic-refused'), { times: 2 * count });
  await publishOutbox(world.deps, 'contoso', { state, before: [] });
  return world;
}

/** Messages of the log about what is kept no more, with its count. */
function forgotten(world: WatchWorld) {
  return world.logger.lines
    .filter(({ message }) => message === 'refused events are kept no more')
    .map(({ fields }) => fields.refusedBefore);
}

describe('refused events', () => {
  it.each([
    ['one fewer than are kept', KEPT - 1, KEPT - 1, undefined],
    ['as many as are kept', KEPT, KEPT, undefined],
    ['one more than are kept', KEPT + 1, KEPT, 1],
  ])('%s', async (_name, count, kept, before) => {
    const world = await refusing(count);

    const { refused, refusedBefore, outbox } = await world.memory();
    expect([refused.length, refusedBefore, outbox]).toEqual([kept, before, []]);
    expect(forgotten(world)).toEqual(before === undefined ? [] : [before]);
  });

  it('are the newest, each older one was logged whole, and the count of those grows', async () => {
    const world = await refusing(3, await refusing(KEPT));

    const { refused, refusedBefore } = await world.memory();
    expect(refused.map(({ subject }) => subject).slice(-3)).toEqual(
      [KEPT, KEPT + 1, KEPT + 2].map((n) => `hsms/contoso/keys/key-${n}`),
    );
    expect([refused.length, refusedBefore]).toEqual([KEPT, 3]);
    const logged = world.logger.lines.filter(({ message }) => message.includes('refused an event for good'));
    expect(logged).toHaveLength(KEPT + 3);
  });
});
