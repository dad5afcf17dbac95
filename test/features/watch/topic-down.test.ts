/** What is reported while the topic does not accept: late, in order, and with the same id. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { HOUR_MS, settledWorld } from '../../support/watch-world.ts';

describe('a topic that does not accept', () => {
  it('loses nothing and keeps the order: deleted, recovered and deleted again while it was down', async () => {
    const world = await settledWorld();
    world.topic.faults.fail('accept', new WardenError('topic-unreachable', { message: 'down' }), {
      times: 6,
    });
    world.hsm.deleteKey('orders');
    await world.scan();
    await world.deps.keys.recoverKey('orders');
    await world.scan();
    await world.clock.advance(HOUR_MS);
    world.hsm.deleteKey('orders');
    await world.scan();
    expect(world.reports).toEqual([]);
    await world.scan();

    expect(world.reports).toEqual(['KeyDeleted orders', 'KeyRecovered orders', 'KeyDeleted orders']);
    expect((await world.memory()).outbox).toEqual([]);
  });

  it('publishes again with the same id after a death between acceptance and remembering it', async () => {
    const world = await settledWorld();
    world.hsm.deleteKey('orders');
    world.state.faults.fail('write', new Error('killed'), { subject: 'watch/contoso', after: 1 });
    await expect(world.scan()).rejects.toThrow('killed');
    world.restart();
    await world.clock.advance(HOUR_MS);
    await world.scan();

    const ids = world.topic.accepted.filter(({ type }) => type === 'HsmWarden.KeyDeleted');
    expect(ids).toHaveLength(2);
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1);
  });

  it('sets a refused event aside, for a person to see, and goes on with the others', async () => {
    const world = await settledWorld();
    world.hsm.createKey('second');
    await world.backUp('second');
    world.hsm.deleteKey('orders');
    world.hsm.deleteKey('second');
    const refusal = new WardenError('topic-refused', { message: 'planted' });
    world.topic.faults.fail('accept', refusal, { times: 2 });
    await world.scan();

    expect(world.reports).toHaveLength(1);
    const memory = await world.memory();
    expect(memory.outbox).toEqual([]);
    expect(memory.refused).toHaveLength(1);
    expect(world.logger.lines.filter(({ message }) => message.includes('refused'))).toHaveLength(1);
  });
});
