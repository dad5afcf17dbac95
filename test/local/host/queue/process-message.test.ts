import { QueueServiceClient } from '@azure/storage-queue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectionStringOf } from '../../../../src/local/azurite.ts';
import { parseHostJson } from '../../../../src/local/host/host-json.ts';
import { processMessage } from '../../../../src/local/host/queue/process-message.ts';
import { startPlainServer } from '../../../support/plain-server.ts';

const moment = new Date('2026-11-24T02:00:00Z');
const MESSAGE = {
  messageId: 'm1',
  insertedOn: moment,
  expiresOn: moment,
  popReceipt: 'r1',
  nextVisibleOn: moment,
  messageText: Buffer.from('{}').toString('base64'),
};

const FAILED = {
  functionName: 'work',
  invocationId: 'i1',
  startedAt: 0,
  endedAt: 0,
  status: 'failed',
  error: new Error('it failed'),
} as const;

/** A queue service that refuses every request. */
async function refusing(): Promise<QueueServiceClient> {
  const queueUrl = await startPlainServer((request, response) => {
    request.resume();
    response.writeHead(400).end();
  });
  return QueueServiceClient.fromConnectionString(connectionStringOf({ queueUrl }));
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

describe('a message that cannot be finished', () => {
  it.each([
    ['set aside after its last attempt', 5],
    ['set aside without an attempt', 6],
    ['given back after a failure', 1],
  ])('is held no longer when it was to be %s', async (_, dequeueCount) => {
    const service = await refusing();

    const processed = processMessage(
      { ...MESSAGE, dequeueCount },
      {
        queue: service.getQueueClient('work'),
        poisonQueue: service.getQueueClient('work-poison'),
        settings: parseHostJson({ version: '2.0' }).queues,
        visibilityMs: 600_000,
        callLimitMs: 30_000,
        log: () => undefined,
        invoke: async () => FAILED,
        abandon: new AbortController().signal,
      },
    );

    await expect(processed).rejects.toThrow();
    expect(vi.getTimerCount()).toBe(0);
  });
});
