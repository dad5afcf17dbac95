/** What was set aside is seen, sent again once, and nothing else is touched. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createQueueService } from '../../../src/adapters/queue/clients.ts';
import { StorageDeadLetters } from '../../../src/adapters/queue/storage-dead-letters.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { EventBus } from '../../../src/core/events/bus.ts';
import { reportDeadLetters } from '../../../src/features/dead-letters/report.ts';
import { type RunningAzurite, startAzurite } from '../../support/azurite.ts';
import { MemoryEventSink } from '../../support/memory/memory-event-sink.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

const SWEEP = { kind: 'sweep', hsm: 'contoso', runId: '20261124T020000Z-nightly' };

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

function open() {
  const service = createQueueService(azurite.access);
  const letters = new StorageDeadLetters({
    service,
    clock: systemClock,
    queues: ['hsm-sweeps', 'never-failed'],
  });
  return { service, letters };
}

beforeEach(async () => {
  const { service } = open();
  for (const name of ['hsm-sweeps', 'hsm-sweeps-poison']) {
    await service.getQueueClient(name).createIfNotExists();
    await service.getQueueClient(name).clearMessages();
  }
});

async function setAside(text: string): Promise<void> {
  await open().service.getQueueClient('hsm-sweeps-poison').sendMessage(text);
}

const encoded = (message: unknown) => Buffer.from(JSON.stringify(message)).toString('base64');

describe('messages that failed for good', () => {
  it('are listed as they were sent, whatever they are, and stay where they are', async () => {
    await setAside(encoded(SWEEP));
    await setAside('rubbish');
    const { letters } = open();

    await letters.list();
    const listed = await letters.list();

    expect(listed.map(({ queue, message }) => [queue, message])).toEqual([
      ['hsm-sweeps', SWEEP],
      ['hsm-sweeps', 'rubbish'],
    ]);
  });

  it('are all listed, more than the service shows in one answer, and stay where they are', async () => {
    const parts = Array.from({ length: 70 }, (_, n) => n + 1);
    for (const part of parts) await setAside(encoded({ ...SWEEP, part }));
    const { letters } = open();

    const listed = [await letters.list(), await letters.list()];

    const wanted = parts.map((part) => ({ ...SWEEP, part }));
    for (const list of listed) {
      expect(list.map(({ message }) => message)).toEqual(expect.arrayContaining(wanted));
      expect(list).toHaveLength(70);
    }
  });

  it('are each reported by an event, also those that the service does not show at once', async () => {
    for (let part = 1; part <= 40; part += 1) await setAside(encoded({ ...SWEEP, part }));
    const [logger, sink] = [new RecordingLogger(), new MemoryEventSink()];

    await reportDeadLetters({
      deadLetters: open().letters,
      bus: new EventBus([sink], systemClock),
      logger,
    });

    expect(new Set(sink.accepted.map(({ id }) => id)).size).toBe(40);
  });

  it('are absent where the host has set none aside, and the queue is not made yet', async () => {
    expect(await open().letters.retry({ queue: 'never-failed', id: 'a1' })).toBe(false);
  });

  it('are not called absent where the queue that they are sent to is not there', async () => {
    const { service, letters } = open();
    await setAside(encoded(SWEEP));
    const [letter] = await letters.list();
    await service.getQueueClient('hsm-sweeps').deleteIfExists();

    await expect(letters.retry({ queue: 'hsm-sweeps', id: letter?.id ?? '' })).rejects.toMatchObject({
      code: 'blob-missing',
    });
    // Still to be seen, and at once: whoever looks for the fault must not find the message gone.
    expect(await letters.list()).toEqual([letter]);
  });

  it('are sent again one by one, and only once', async () => {
    await setAside(encoded(SWEEP));
    await setAside(encoded({ ...SWEEP, hsm: 'other' }));
    const { letters, service } = open();
    const [, second] = await letters.list();
    const wanted = { queue: 'hsm-sweeps', id: second?.id ?? '' };

    const sent = await letters.retry(wanted);
    const again = await letters.retry(wanted);

    const { receivedMessageItems } = await service.getQueueClient('hsm-sweeps').receiveMessages();
    expect([sent, again]).toEqual([true, false]);
    expect(receivedMessageItems.map(({ messageText }) => messageText)).toEqual([
      encoded({ ...SWEEP, hsm: 'other' }),
    ]);
    expect((await letters.list()).map(({ message }) => message)).toEqual([SWEEP]);
  });

  it('are sent again all at once, more than the service shows in one answer', async () => {
    const all = Array.from({ length: 70 }, (_, n) => encoded({ ...SWEEP, part: n + 1 }));
    for (const text of all) await setAside(text);
    const { letters, service } = open();

    expect(await letters.retryAll('hsm-sweeps')).toBe(70);
    expect(await letters.retryAll('never-failed')).toBe(0);
    expect(await letters.list()).toEqual([]);
    const sent: string[] = [];
    for (let again = 0; again < 3; again += 1) {
      const { receivedMessageItems } = await service
        .getQueueClient('hsm-sweeps')
        .receiveMessages({ numberOfMessages: 32 });
      sent.push(...receivedMessageItems.map(({ messageText }) => messageText));
    }
    expect(sent.sort()).toEqual(all.sort());
  });

  it('are reported with what they were about, again and again', async () => {
    await setAside(encoded(SWEEP));
    await setAside('rubbish');
    const logger = new RecordingLogger();
    const { letters } = open();
    const bus = new EventBus([new MemoryEventSink()], systemClock);

    await reportDeadLetters({ deadLetters: letters, bus, logger });

    expect(logger.lines.map(({ level, fields }) => [level, fields.queue, fields.hsm, fields.runId])).toEqual([
      ['error', 'hsm-sweeps', 'contoso', SWEEP.runId],
      ['error', 'hsm-sweeps', undefined, undefined],
    ]);
  });
});
