/** Backups that could not be sealed are reported, once, and the run goes on without. */
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { EventBus } from '../../../src/core/events/bus.ts';
import { BACKUPS_UNSEALED } from '../../../src/features/backup/events.ts';
import { reportUnsealed } from '../../../src/features/backup/report-unsealed.ts';
import { MemoryEventSink } from '../../support/memory/memory-event-sink.ts';
import { SealedWorld } from '../../support/sealed-world.ts';
import { HOUR_MS } from '../../support/sweep-world.ts';

async function aWorld() {
  const world = SealedWorld.of('alpha', 'beta');
  const topic = new MemoryEventSink();
  const deps = { bus: new EventBus([topic], world.clock), logger: world.logger };
  await world.clock.advance(HOUR_MS);
  const run = async (night = world.message) => {
    const result = await world.sweep({}, night);
    await reportUnsealed(deps, result);
    return result.status;
  };
  return { world, topic, run };
}

const OUTAGE = new WardenError('seal-unavailable', { message: 'The vault is away.' });

describe('backups that could not be sealed', () => {
  it('are one event for each run, with how many, which and why', async () => {
    const { world, topic, run } = await aWorld();
    world.sealer.faults.fail('seal', OUTAGE, { times: Number.POSITIVE_INFINITY });
    await run();
    await run();
    world.hsm.createKey('gamma');
    await world.clock.advance(HOUR_MS);
    await run({ ...world.message, runId: '20261124T050000Z-manual' });

    const [first, second, ...more] = topic.accepted;
    const common = { type: 'HsmWarden.BackupsUnsealed', subject: 'hsms/contoso' };
    const reason = expect.stringContaining('vault');
    expect([first, second, ...more]).toMatchObject([
      { ...common, data: { hsm: 'contoso', count: 2, keys: ['alpha', 'beta'], reason } },
      { ...common, data: { hsm: 'contoso', count: 3, keys: ['alpha', 'beta', 'gamma'], reason } },
    ]);
    // An id has one meaning, whichever process sends it and whenever.
    expect(first?.id).not.toBe(second?.id);
    expect(BACKUPS_UNSEALED.schema.safeParse(first).success).toBe(true);
  });

  it('are the same event whichever process reports the run, and however late', async () => {
    const { world, topic, run } = await aWorld();
    world.sealer.faults.fail('seal', OUTAGE, { times: Number.POSITIVE_INFINITY });
    await run();
    await world.clock.advance(30 * HOUR_MS);
    const another = { bus: new EventBus([topic], world.clock), logger: world.logger };
    await reportUnsealed(another, await world.sweep({}));

    const [first, second] = topic.accepted;
    expect(second).toEqual(first);
  });

  it('are none where each is sealed', async () => {
    const { topic, run } = await aWorld();
    await run();

    expect(topic.accepted).toEqual([]);
  });

  it('are reported when the message comes again because its worker died before it could', async () => {
    const { world, topic, run } = await aWorld();
    world.sealer.faults.fail('seal', OUTAGE, { times: Number.POSITIVE_INFINITY });
    await world.sweep({});
    expect(topic.accepted).toEqual([]);

    expect(await run()).toBe('already-ended');
    expect(topic.accepted).toMatchObject([{ data: { count: 2, keys: ['alpha', 'beta'] } }]);
  });

  it('are in the log in any case, and fail the message while the topic takes nothing', async () => {
    const { world, topic, run } = await aWorld();
    world.sealer.faults.fail('seal', OUTAGE, { times: Number.POSITIVE_INFINITY });
    topic.faults.fail('accept', new Error('down'));
    await expect(run()).rejects.toThrow('down');
    expect(world.logger.lines.map(({ message }) => message)).toContain('backups could not be sealed');

    expect(await run()).toBe('already-ended');
    expect(topic.accepted).toMatchObject([{ type: 'HsmWarden.BackupsUnsealed' }]);
  });
});
