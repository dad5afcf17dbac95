import { describe, expect, it } from 'vitest';
import { WardenError } from '../../../src/core/errors.ts';
import { EventBus } from '../../../src/core/events/bus.ts';
import { MESSAGE_POISONED } from '../../../src/features/dead-letters/events.ts';
import { reportDeadLetters } from '../../../src/features/dead-letters/report.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { MemoryDeadLetters } from '../../support/memory/memory-dead-letters.ts';
import { MemoryEventSink } from '../../support/memory/memory-event-sink.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

const SET_ASIDE = Date.UTC(2026, 10, 28, 12);

function aWorld() {
  const deadLetters = new MemoryDeadLetters();
  const topic = new MemoryEventSink();
  const logger = new RecordingLogger();
  const deps = { deadLetters, bus: new EventBus([topic], new ManualClock()), logger };
  const setAside = (id: string, message: unknown, queue = 'hsm-sweeps') =>
    void deadLetters.letters.push({ queue, id, setAsideAt: SET_ASIDE, message });
  return { deps, topic, logger, setAside };
}

describe('a message that failed for good', () => {
  it.each<[what: string, queue: string, message: unknown, subject: string, facts: object]>([
    [
      'a sweep',
      'hsm-sweeps',
      { kind: 'sweep', hsm: 'contoso', runId: '20261128T020000Z-nightly' },
      'hsms/contoso',
      { work: 'sweep', hsm: 'contoso', runId: '20261128T020000Z-nightly' },
    ],
    [
      'a backup of one key',
      'key-backups',
      { kind: 'key-backup', hsm: 'contoso', key: 'alpha', reason: 'changed' },
      'hsms/contoso/keys/alpha',
      { work: 'key-backup', hsm: 'contoso', key: 'alpha' },
    ],
    [
      'a recovery',
      'recoveries',
      { kind: 'recovery', id: '01kb5000000000000000000000' },
      'queues/recoveries',
      { work: 'recovery', recoveryId: '01kb5000000000000000000000' },
    ],
    ['no JSON', 'hsm-sweeps', 'rubbish', 'queues/hsm-sweeps', {}],
    ['words that are none', 'hsm-sweeps', { kind: 5, hsm: null }, 'queues/hsm-sweeps', {}],
  ])('is reported by an event that says what it was about: %s', async (_, queue, message, subject, facts) => {
    const { deps, topic, setAside } = aWorld();
    setAside('m1', message, queue);

    await reportDeadLetters(deps);

    const [event] = topic.accepted;
    expect(MESSAGE_POISONED.schema.safeParse(event).success).toBe(true);
    expect(event).toMatchObject({ type: 'HsmWarden.MessagePoisoned', subject });
    expect(event?.data).toEqual({
      queue,
      messageId: 'm1',
      setAsideAt: '2026-11-28T12:00:00.000Z',
      ...facts,
      advice: `hsm-warden queue retry ${queue} m1`,
    });
  });

  it('is one event for the topic and a line of the log each time', async () => {
    const { deps, topic, logger, setAside } = aWorld();
    setAside('m1', {});
    await reportDeadLetters(deps);
    setAside('m2', {});
    await reportDeadLetters(deps);

    expect(topic.accepted.map(({ data }) => data)).toMatchObject([{ messageId: 'm1' }, { messageId: 'm2' }]);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(3);
  });

  it('has the same id from every process', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const { deps, topic, setAside } = aWorld();
        setAside('m1', {});
        await reportDeadLetters(deps);
        return topic.accepted[0]?.id;
      }),
    );

    expect(new Set(ids).size).toBe(1);
  });

  it('is reported again while the topic takes no events', async () => {
    const { deps, topic, logger, setAside } = aWorld();
    setAside('m1', {});
    topic.faults.fail('accept', new WardenError('topic-throttled', { message: 'busy' }));

    await reportDeadLetters(deps);
    await reportDeadLetters(deps);

    expect(topic.accepted).toHaveLength(1);
    expect(logger.lines.map(({ message }) => message)).toContain(
      'messages that failed for good could not be reported by an event',
    );
  });
});
