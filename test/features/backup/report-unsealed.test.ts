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
  it('are one event a day, with how many, which and why', async () => {
    const { world, topic, run } = await aWorld();
    world.sealer.faults.fail('seal', OUTAGE, { times: Number.POSITIVE_INFINITY });
    await run();
    await run({ ...world.message, runId: '20261124T050000Z-manual' });

    expect(topic.accepted).toMatchObject([
      {
        type: 'HsmWarden.BackupsUnsealed',
        subject: 'hsms/contoso',
        data: { hsm: 'contoso', count: 2, keys: ['alpha', 'beta'], reason: expect.stringContaining('vault') },
      },
    ]);
    expect(BACKUPS_UNSEALED.schema.safeParse(topic.accepted[0]).success).toBe(true);
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
