/** The event bus: every event reaches every sink, in order, and in a quiet system once; whatever dies, refuses or is silent. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { EventBus, PUBLISHING_MS } from '../../../src/core/events/bus.ts';
import { OutboxWorld } from '../../support/outbox-world.ts';

const DOWN = new WardenError('topic-unreachable', { message: 'planted: down' });
const REFUSED = new WardenError('topic-refused', { message: 'planted: refused' });

describe('a quiet system', () => {
  it.each([1, 2, 5])(
    'publishes each event once to every sink, in order, from %d concurrent processes',
    async (processes) => {
      const world = new OutboxWorld();
      const buses = Array.from({ length: processes }, () => world.process());

      await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          world.report(buses[n % processes] ?? world.process(), `s${n % 3}`),
        ),
      );

      for (const sink of world.sinks) {
        expect([...sink.counts.values()].every((count) => count === 1)).toBe(true);
        world.expectOrder(sink);
      }
      expect(await world.pending()).toEqual([]);
      expect(world.sinks[0].counts.size).toBe(30);
    },
  );

  it('answers who has nothing of its own while another publication is under way', async () => {
    const world = new OutboxWorld();
    const bus = world.process();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.sinks[1].faults.plant({ operation: 'accept', act: () => held });
    const reporting = world.report(bus, 's');
    await world.stored(1);

    expect(await world.scan(bus)).toMatchObject({ accepted: 0, waiting: 1, leftToOthers: true });

    release();
    expect(await reporting).toMatchObject({ accepted: 1, refused: 0, waiting: 0 });
  });
});

describe('a sink that takes no events', () => {
  it('holds up no other, and gets what it missed in order; the others get nothing again', async () => {
    const world = new OutboxWorld();
    const [first, second] = world.sinks;
    const bus = world.process();
    second.faults.fail('accept', DOWN, { times: 2 });

    expect(await world.report(bus, 's')).toMatchObject({ accepted: 0, refused: 0, waiting: 1 });
    expect(await world.report(bus, 's')).toMatchObject({ accepted: 0, refused: 0, waiting: 2 });
    expect(first.counts.size).toBe(2);
    expect(await world.report(bus, 's')).toMatchObject({ accepted: 3, refused: 0, waiting: 0 });

    for (const sink of world.sinks) {
      expect([...sink.counts.values()]).toEqual([1, 1, 1]);
      world.expectOrder(sink);
    }
    const said = world.logger.lines.filter(({ message }) => message.startsWith('events wait'));
    expect(said.map(({ fields }) => fields.waiting)).toEqual([1, 2]);
  });

  it('refuses one for good: it is set aside and reported, and the others go on', async () => {
    const world = new OutboxWorld();
    world.sinks[1].faults.fail('accept', REFUSED);

    expect(await world.report(world.process(), 's')).toMatchObject({ accepted: 0, refused: 1, waiting: 0 });

    expect(world.refused).toHaveLength(1);
    expect(world.logger.lines.map(({ message }) => message)).toEqual(['the topic refused an event for good']);
    expect((await world.pending()).length).toBe(0);
  });

  it('ends the publication when the caller stops, with what was accepted struck off', async () => {
    const world = new OutboxWorld();
    const bus = world.process();
    world.sinks[1].faults.fail('accept', new WardenError('aborted', { message: 'planted: stopping' }));

    await expect(world.report(bus, 's')).rejects.toMatchObject({ code: 'aborted' });
    await world.clock.advance(PUBLISHING_MS);
    await world.scan(bus);

    expect(world.sinks.map(({ counts }) => [...counts.values()])).toEqual([[1], [1]]);
  });
});

describe('events that somebody else has stored', () => {
  it.each([
    ['are left to them while they are young', PUBLISHING_MS - 1, 0],
    ['are published by whoever comes by when they have grown old', PUBLISHING_MS, 1],
  ])('%s', async (_name, age, accepted) => {
    const world = new OutboxWorld();
    await world.storeBy(undefined, 's');
    await world.clock.advance(age);

    expect(await world.scan(world.process())).toMatchObject({ accepted });
  });

  it('are published with what was added to them, by those who stored them', async () => {
    const world = new OutboxWorld();
    const [owner, other] = [world.process(), world.process()];
    const before = await world.storeBy(undefined, 's');

    expect(await world.report(other, 's')).toMatchObject({ accepted: 0, refused: 0, waiting: 2 });
    expect(await world.publish(owner, before)).toMatchObject({ accepted: 2, refused: 0, waiting: 0 });

    for (const sink of world.sinks) expect([...sink.counts.values()]).toEqual([1, 1]);
  });
});

describe('events that are not kept', () => {
  it('are offered to every sink, and the first failure is thrown', async () => {
    const world = new OutboxWorld();
    const [first, second] = world.sinks;
    first.faults.fail('accept', DOWN);
    const bus = new EventBus(world.sinks, world.clock);

    await expect(bus.send([world.anEvent('s')], { logger: world.logger })).rejects.toBe(DOWN);
    expect(second.counts.size).toBe(1);
  });
});

/** What can happen between two reports. */
const aStep = fc.record({
  subject: fc.constantFrom('a', 'b', 'c'),
  /** Which process reports. */
  process: fc.nat(2),
  /** Whether it is dead afterwards: at a write, before a sink accepts, or after it has accepted. */
  death: fc.option(fc.constantFrom('write', 'before', 'after'), { nil: undefined, freq: 2 }),
  /** What a sink does meanwhile. */
  trouble: fc.option(fc.constantFrom('down', 'refuses', 'accepts and loses the answer'), {
    nil: undefined,
    freq: 2,
  }),
  sink: fc.constantFrom(0, 1),
  /** How many calls pass before it happens. */
  after: fc.nat(2),
  /** Time until the next report. */
  ms: fc.constantFrom(0, 100, PUBLISHING_MS),
});

describe('whatever dies, refuses, is down or loses its answer', () => {
  test.prop([fc.array(aStep, { minLength: 1, maxLength: 12 }), fc.boolean()], { numRuns: 400 })(
    'nothing is lost, the order of a subject is kept, and nothing is repeated without a reason',
    async (steps, concurrently) => {
      const world = new OutboxWorld();
      await world.play(steps, concurrently);
      await world.end();

      const refused = new Set(world.refused);
      for (const sink of world.sinks) {
        const missing = world.reported.filter((id) => !sink.counts.has(id) && !refused.has(id));
        expect(missing).toEqual([]);
        world.expectOrder(sink);
      }
      expect(await world.pending()).toEqual([]);
      const faults = steps
        .flatMap(({ death, trouble }) => [death, trouble])
        .filter((fault) => fault !== undefined);
      if (!concurrently) {
        for (const sink of world.sinks)
          expect(Math.max(...sink.counts.values())).toBeLessThanOrEqual(1 + faults.length);
      }
      if (faults.length === 0) {
        for (const sink of world.sinks) expect([...sink.counts.values()].every((n) => n === 1)).toBe(true);
      }
    },
  );
});
