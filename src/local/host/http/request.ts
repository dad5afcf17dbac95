/** Reads an HTTP request into the shape the library converts. */
import type { IncomingMessage } from 'node:http';
import type { TriggerInput } from '../invoker.ts';
import type { Target } from './target.ts';

/** The whole body, or undefined when it is longer than `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > limit) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/**
 * The trigger's value. As on the official host (`GrpcMessageConversionExtensions.ToRpcHttp`) header names are lower case,
 * a repeated header or query parameter becomes one value with commas, and an absent body is left out. A body without a
 * length, in chunks, is left out too, unless the app enabled HTTP streams; then query parameters stay as they came as well.
 */
export function toHttpInput(
  request: IncomingMessage,
  target: Target,
  params: Readonly<Record<string, string>>,
  body: Buffer,
  httpStream: boolean,
): TriggerInput {
  const names = new Set(target.query.keys());
  const query = [...names].map((name) => [name, { value: target.query.getAll(name).join(',') }] as const);
  return {
    data: {
      http: {
        method: request.method ?? 'GET',
        url: `http://${request.headers.host ?? ''}${target.raw}`,
        headers: headersOf(request),
        ...(httpStream ? {} : { nullableQuery: Object.fromEntries(query) }),
        nullableParams: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { value }])),
        ...(body.length > 0 && (httpStream || request.headers['content-length'] !== undefined)
          ? { body: { bytes: body } }
          : {}),
      },
    },
  };
}

/** Each header once. Node itself would keep the first of two `authorization` headers and say nothing of the other. */
function headersOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headersDistinct).map(
    ([name, values = []]) => [name, values.join(',')] as const,
  );
  return Object.fromEntries(entries);
}
