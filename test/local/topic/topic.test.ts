import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AzureKeyCredential } from '@azure/eventgrid';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventGridSink } from '../../../src/adapters/events/event-grid-sink.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { createAuthority, createLeaf } from '../../../src/emulator/tls/certificates.ts';
import type { Topic, TopicOptions } from '../../../src/local/topic/topic.ts';
import { startTopic } from '../../../src/local/topic/topic.ts';
import { failureOf } from '../../support/errors.ts';
import { anEvent } from '../../support/events.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';
import { RecordingLogger } from '../../support/memory/recording-logger.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function aTopic(options: Partial<TopicOptions> = {}): Promise<Topic> {
  const topic = await startTopic({
    clock: new ManualClock(),
    logger: new RecordingLogger(),
    keys: ['key-1'],
    ...options,
  });
  closing.push(() => topic.close());
  return topic;
}

function sinkTo(topic: Topic, key = 'key-1'): EventGridSink {
  return new EventGridSink({
    url: topic.url,
    credential: new AzureKeyCredential(key),
    clock: systemClock,
  });
}

interface Delivered {
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A webhook that answers each delivery by the next of `statuses`, then 200; `origin` answers the handshake. */
async function aWebhook(statuses: readonly number[] = [], origins: readonly (string | undefined)[] = []) {
  const requests: Delivered[] = [];
  const left = [...statuses];
  const leftOrigins = [...origins];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    requests.push({
      method: request.method,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    });
    if (request.method === 'OPTIONS') {
      const origin = leftOrigins.length > 0 ? leftOrigins.shift() : '*';
      response.writeHead(200, origin === undefined ? {} : { 'webhook-allowed-origin': origin }).end();
    } else {
      response.writeHead(left.shift() ?? 200).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const posts = () => requests.filter(({ method }) => method === 'POST');
  return { url: `http://127.0.0.1:${port}/hook`, requests, posts };
}

describe('the topic and the SDK', () => {
  it('the topic takes what the publisher sends, in order', async () => {
    const topic = await aTopic();
    const events = [anEvent('orders'), anEvent('secret')];
    await sinkTo(topic).accept(events);

    expect(topic.accepted.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(topic.accepted[0]).toEqual(events[0]);
  });

  it('a delivery carries the token of its subscription, a new one each time, the handshake none', async () => {
    const hook = await aWebhook();
    let made = 0;
    const token = async () => {
      made += 1;
      return `token-${made}`;
    };
    const topic = await aTopic({ subscriptions: [{ name: 'recovery', url: hook.url, token }] });
    await sinkTo(topic).accept([anEvent('orders'), anEvent('secret')]);
    await vi.waitFor(() => expect(hook.posts()).toHaveLength(2));

    expect(hook.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('sends more than a request may hold in several, in order', async () => {
    const topic = await aTopic();
    const events = Array.from({ length: 3000 }, (_, n) => anEvent(`key-${n}`));
    expect(JSON.stringify(events).length).toBeGreaterThan(1024 * 1024);
    await sinkTo(topic).accept(events);

    expect(topic.accepted.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('a wrong key is reported as topic-forbidden', async () => {
    const topic = await aTopic();
    expect((await failureOf(sinkTo(topic, 'other').accept([anEvent('orders')]))).code).toBe(
      'topic-forbidden',
    );
  });

  it('a topic that is not there is reported as topic-unreachable', async () => {
    const topic = await aTopic();
    const sink = sinkTo(topic);
    await topic.close();
    closing.length = 0;

    expect((await failureOf(sink.accept([anEvent('orders')]))).code).toBe('topic-unreachable');
  });

  it('a token credential publishes over TLS with an authority of one’s own', async () => {
    const authority = await createAuthority(Date.now());
    const leaf = await createLeaf(authority, 'topic', Date.now());
    const tls = { cert: leaf.certificate, key: leaf.key };
    const topic = await aTopic({ tls, keys: [], acceptBearer: (token) => token === 'good' });
    const credential = (token: string) => ({
      getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
    });
    const caPem = authority.certificate;
    const options = { url: topic.url, clock: systemClock, caPem };
    await new EventGridSink({ ...options, credential: credential('good') }).accept([anEvent('orders')]);
    const bad = new EventGridSink({ ...options, credential: credential('bad') });

    expect((await failureOf(bad.accept([anEvent('orders')]))).code).toBe('topic-forbidden');
    expect(topic.accepted).toHaveLength(1);
  });
});

describe('a webhook of the topic', () => {
  it('is asked for leave, then gets each event in a request of its own, as the real topic sends it', async () => {
    const hook = await aWebhook();
    const topic = await aTopic({ subscriptions: [{ name: 'pager', url: hook.url }] });
    const event = anEvent('orders');
    await sinkTo(topic).accept([event]);
    await vi.waitFor(() => expect(hook.posts()).toHaveLength(1));

    expect(hook.requests[0]).toMatchObject({
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventgrid.azure.net' },
    });
    expect(JSON.parse(hook.posts()[0]?.body ?? '')).toEqual(event);
    expect(hook.posts()[0]?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'aeg-event-type': 'Notification',
      'aeg-subscription-name': 'PAGER',
      'aeg-delivery-count': '0',
    });
  });

  it.each([[undefined], ['https://elsewhere.example']])(
    'gets nothing as long as it allows the origin %s only; then what was published meanwhile',
    async (origin) => {
      const clock = new ManualClock();
      const hook = await aWebhook([], [origin]);
      const topic = await aTopic({ clock, subscriptions: [{ name: 'pager', url: hook.url }] });
      await sinkTo(topic).accept([anEvent('orders')]);
      await vi.waitFor(() => expect(clock.sleeping).toBe(1));
      expect(hook.posts()).toHaveLength(0);
      await clock.advance(10_000);

      await vi.waitFor(() => expect(hook.posts()).toHaveLength(1));
    },
  );

  it.each([500, 503, 404, 429])('gets an event again that it answered with %d', async (status) => {
    const clock = new ManualClock();
    const hook = await aWebhook([status, status]);
    const topic = await aTopic({ clock, subscriptions: [{ name: 'pager', url: hook.url }] });
    await sinkTo(topic).accept([anEvent('orders')]);
    for (const wait of [10_000, 30_000]) {
      await vi.waitFor(() => expect(clock.sleeping).toBe(1));
      await clock.advance(wait);
    }

    await vi.waitFor(() => expect(hook.posts()).toHaveLength(3));
    expect(hook.posts().map(({ headers }) => headers['aeg-delivery-count'])).toEqual(['0', '1', '2']);
  });

  it.each([400, 401, 413])('does not get an event again that it answered with %d', async (status) => {
    const undelivered: string[] = [];
    const hook = await aWebhook([status]);
    const topic = await aTopic({
      subscriptions: [{ name: 'pager', url: hook.url }],
      onUndelivered: ({ event }) => undelivered.push(event.id),
    });
    const event = anEvent('orders');
    await sinkTo(topic).accept([event, anEvent('secret')]);
    await vi.waitFor(() => expect(hook.posts()).toHaveLength(2));

    expect(undelivered).toEqual([event.id]);
  });

  it('gives an event up after a day', async () => {
    const undelivered: string[] = [];
    const clock = new ManualClock();
    const hook = await aWebhook(Array.from({ length: 40 }, () => 500));
    const topic = await aTopic({
      clock,
      subscriptions: [{ name: 'pager', url: hook.url }],
      onUndelivered: ({ reason }) => undelivered.push(reason),
    });
    await sinkTo(topic).accept([anEvent('orders')]);
    for (let hour = 0; hour < 60 && undelivered.length === 0; hour += 1) {
      await vi.waitFor(() => expect(clock.sleeping + undelivered.length).toBe(1));
      await clock.advance(12 * 3_600_000);
    }

    expect(undelivered).toEqual(['the event is a day old']);
  });

  it('gets the types it asked for only', async () => {
    const hook = await aWebhook();
    const subscription = { name: 'pager', url: hook.url, types: ['HsmWarden.KeyRecovered'] };
    const topic = await aTopic({ subscriptions: [subscription] });
    const wanted = anEvent('orders', 'recovered');
    await sinkTo(topic).accept([anEvent('secret'), wanted]);
    await vi.waitFor(() => expect(hook.posts()).toHaveLength(1));

    expect(JSON.parse(hook.posts()[0]?.body ?? '')).toMatchObject({ id: wanted.id });
  });
});
