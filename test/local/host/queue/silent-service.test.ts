import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { QueueServiceClient } from '@azure/storage-queue';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { connectionStringOf } from '../../../../src/local/azurite.ts';
import { parseHostJson } from '../../../../src/local/host/host-json.ts';
import {
  type QueueListenerOptions,
  startQueueListener,
} from '../../../../src/local/host/queue/queue-listener.ts';

const LIMIT_MS = 200;
const ENDED = { functionName: 'work', invocationId: 'i1', startedAt: 0, endedAt: 0 };
const SUCCEEDED = { ...ENDED, status: 'succeeded', response: { invocationId: 'i1' } } as const;
const FAILED = { ...ENDED, status: 'failed', error: new Error('it failed') } as const;
const SOON = { timeout: 10_000, interval: 10 };
const Address = z.object({ port: z.int() });

/** A queue service that takes the requests of one kind and never answers them; all others it answers with 201. */
async function silentTo(
  method: string,
  { where = '', read }: { readonly where?: string; readonly read?: string } = {},
): Promise<{ server: Server; asked: string[]; url: string }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    request.resume();
    if (request.method === 'GET' && read !== undefined) response.writeHead(200).end(read);
    else if (request.method !== method || !request.url?.includes(where)) response.writeHead(201).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, asked, url: `http://127.0.0.1:${Address.parse(server.address()).port}/devstoreaccount1` };
}

const NOBODY = () => Promise.reject(new Error('no message was sent'));

function listen(url: string, callLimitMs: number, invoke: QueueListenerOptions['invoke'] = NOBODY) {
  const service = QueueServiceClient.fromConnectionString(connectionStringOf({ queueUrl: url }));
  const errors: string[] = [];
  const listener = startQueueListener({
    queue: service.getQueueClient('work'),
    poisonQueue: service.getQueueClient('work-poison'),
    settings: parseHostJson({ version: '2.0' }).queues,
    visibilityMs: 600_000,
    callLimitMs,
    random: () => 0.5,
    log: () => undefined,
    onError: (message) => errors.push(message),
    invoke,
  });
  return { listener, errors };
}

describe('a queue service that takes a request and never answers', () => {
  it.each([
    ['the creation of the queue', 'PUT'],
    ['a read', 'GET'],
  ])('holds up %s no longer than its limit: it is reported and tried again', async (_, method) => {
    const { asked, url } = await silentTo(method);
    const { listener, errors } = listen(url, LIMIT_MS);

    await vi.waitFor(
      () => expect(asked.filter((one) => one.startsWith(method)).length).toBeGreaterThan(1),
      SOON,
    );

    expect(errors[0]).toContain('The queue work could not be read');
    expect(errors[0]).toContain('no answer within 0.2 s');
    await listener.stop(AbortSignal.abort());
  });

  it('does not hold up a stop that gives up', async () => {
    const { asked, url } = await silentTo('GET');
    const { listener, errors } = listen(url, 3_600_000);
    await vi.waitFor(() => expect(asked.some((one) => one.startsWith('GET'))).toBe(true), SOON);
    const giveUp = new AbortController();

    const stopped = listener.stop(giveUp.signal);
    giveUp.abort();

    await stopped;
    expect(errors).toEqual([]);
  });

  it.each([
    ['deleted', 'succeeded', 'DELETE', 1],
    ['given back', 'failed', 'PUT', 1],
    ['set aside', 'failed', 'POST', 5],
  ] as const)(
    'does not hold up a stop that gives up while a message is %s',
    async (_, status, method, count) => {
      const { asked, url } = await silentTo(method, { where: '/messages', read: oneMessage(count) });
      const { listener } = listen(url, 3_600_000, async () => (status === 'failed' ? FAILED : SUCCEEDED));
      await vi.waitFor(
        () => expect(asked.some((one) => one.includes('/messages') && one.startsWith(method))).toBe(true),
        SOON,
      );

      await listener.stop(AbortSignal.abort());
    },
  );
});

/** The answer to a read that brings one message, received so many times by now. */
function oneMessage(dequeueCount: number): string {
  const time = 'Tue, 24 Nov 2026 02:00:00 GMT';
  const text = Buffer.from('{}').toString('base64');
  return `<?xml version="1.0" encoding="utf-8"?><QueueMessagesList><QueueMessage><MessageId>m1</MessageId><InsertionTime>${time}</InsertionTime><ExpirationTime>${time}</ExpirationTime><PopReceipt>r1</PopReceipt><TimeNextVisible>${time}</TimeNextVisible><DequeueCount>${dequeueCount}</DequeueCount><MessageText>${text}</MessageText></QueueMessage></QueueMessagesList>`;
}
