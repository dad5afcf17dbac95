/** A topic that is as particular about publishers as Event Grid and its independent simulators are, over TLS. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { startTlsServer, type TlsServer } from './tls-server.ts';

/** Every time has a zone; what else an event carries is its own business. */
const Batch = z
  .array(
    z.looseObject({
      id: z.string().trim().min(1),
      type: z.string().trim().min(1),
      source: z.string().trim().min(1),
      specversion: z.literal('1.0'),
      time: z.iso.datetime({ offset: true }).optional(),
    }),
  )
  .min(1);
const BATCH_TYPE = 'application/cloudevents-batch+json';
const MAX_BODY_BYTES = 1_536_000;
const MAX_EVENT_BYTES = 1_049_600;

/** One request to publish that was taken. */
interface Published {
  readonly contentType: string;
  readonly ids: readonly string[];
}

/** A running simulator. */
export interface Simulator extends Pick<TlsServer, 'caPem' | 'requests' | 'close'> {
  /** Its endpoint, by the name that its certificate has. */
  readonly url: string;
  readonly taken: readonly Published[];
}

/** Starts one. With `key` only this key is let in: neither tokens nor nothing. */
export async function startSimulator(key: string | undefined): Promise<Simulator> {
  const taken: Published[] = [];
  const server = await startTlsServer((request, response) => {
    void judge(request, key, taken).then((status) => answer(response, status));
  });
  return {
    caPem: server.caPem,
    requests: server.requests,
    close: () => server.close(),
    url: `${server.url.replace('127.0.0.1', 'localhost')}/api/events`,
    taken,
  };
}

async function judge(request: IncomingMessage, key: string | undefined, taken: Published[]): Promise<number> {
  const body = await text(request);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://topic');
  if (pathname !== '/api/events') return 404;
  if (request.method !== 'POST') return 405;
  if (searchParams.get('api-version') !== '2018-01-01') return 400;
  if (key !== undefined && request.headers['aeg-sas-key'] !== key) return 401;
  const contentType = request.headers['content-type'] ?? '';
  if (!contentType.startsWith(BATCH_TYPE)) return 415;
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) return 413;
  const batch = Batch.safeParse(JSON.parse(body));
  if (!batch.success) return 400;
  if (batch.data.some((event) => Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES)) return 413;
  taken.push({ contentType, ids: batch.data.map(({ id }) => id) });
  return 200;
}

function answer(response: ServerResponse, status: number): void {
  if (status === 200) {
    response.writeHead(200).end();
    return;
  }
  const body = JSON.stringify({ error: { code: String(status), message: 'refused', details: [] } });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}
