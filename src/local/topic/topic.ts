/** A local Event Grid topic: takes events as the real one does and hands them to its subscribers. */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock, Logger } from '../../core/ports.ts';
import type { Answer } from './answers.ts';
import type { CloudEvent } from './cloud-event.ts';
import { MAX_BODY_BYTES, type Publishers, publish, tooLarge } from './publish.ts';
import { RETRY_SCHEDULE_MS, type Subscription, type Undelivered, Webhook } from './webhook.ts';

/** How a topic is started. */
export interface TopicOptions extends Publishers {
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 takes a free port. */
  readonly port?: number;
  /** Certificate and key in PEM; without it the topic speaks http, which the SDK refuses for bearer tokens. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly subscriptions?: readonly Subscription[];
  readonly retryScheduleMs?: readonly number[];
  /** Called with every event as it is taken. */
  readonly onEvent?: (event: CloudEvent) => void;
  readonly onUndelivered?: (undelivered: Undelivered) => void;
}

/** A running topic. */
export interface Topic {
  /** The endpoint to publish to. */
  readonly url: string;
  /** Every event taken so far, in order, repeats included. */
  readonly accepted: readonly CloudEvent[];
  subscribe(subscription: Subscription): void;
  /** Stops taking events and gives up what waits for a retry. */
  close(): Promise<void>;
}

/** Starts a topic on 127.0.0.1. Rejects when the port is taken. */
export async function startTopic(options: TopicOptions): Promise<Topic> {
  const accepted: CloudEvent[] = [];
  const stop = new AbortController();
  const webhooks: Webhook[] = [];
  const { clock, logger, retryScheduleMs = RETRY_SCHEDULE_MS, onUndelivered = () => undefined } = options;
  const subscribe = (subscription: Subscription) =>
    void webhooks.push(
      new Webhook(subscription, { clock, logger, retryScheduleMs, onUndelivered, signal: stop.signal }),
    );
  const take = (event: CloudEvent) => {
    accepted.push(event);
    options.onEvent?.(event);
    for (const webhook of webhooks) webhook.accept(event);
  };
  const handle = (request: IncomingMessage, response: ServerResponse) =>
    void answerRequest(request, options, take)
      .then((answer) => send(response, answer))
      .catch((error: unknown) => {
        logger.error('topic could not answer', { error });
        response.destroy();
      });
  const server =
    options.tls === undefined ? createHttpServer(handle) : createHttpsServer({ ...options.tls }, handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  options.subscriptions?.forEach(subscribe);
  const scheme = options.tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://127.0.0.1:${portOf(server.address())}/api/events`,
    accepted,
    subscribe,
    async close() {
      stop.abort();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all(webhooks.map((webhook) => webhook.idle()));
    },
  };
}

async function answerRequest(
  request: IncomingMessage,
  publishers: Publishers,
  take: (event: CloudEvent) => void,
): Promise<Answer> {
  const body = await readBody(request);
  if (body === undefined) return tooLarge();
  const { method = '', url = '/', headers } = request;
  const { answer, events } = await publish({ method, url, headers, body }, publishers);
  for (const event of events) take(event);
  return answer;
}

/** The body, or undefined when it is larger than the topic takes; the rest of it is read and thrown away. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(buffer);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'content-length': Buffer.byteLength(text),
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
  });
  response.end(text);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}
