/** Reads an HTTP request into the shape the library converts. */
import type { IncomingMessage } from 'node:http';
import type { TriggerInput } from '../invoker.ts';

/** Bytes; learn.microsoft.com/azure/azure-functions/functions-app-settings#functions_request_body_size_limit. */
export const BODY_LIMIT = 104_857_600;

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
 * a repeated query parameter becomes one value with commas, and an absent body is left out.
 */
export function toHttpInput(
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
  body: Buffer,
): TriggerInput {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const names = new Set(url.searchParams.keys());
  const query = [...names].map((name) => [name, { value: url.searchParams.getAll(name).join(',') }] as const);
  return {
    data: {
      http: {
        method: request.method ?? 'GET',
        url: url.href,
        headers,
        nullableQuery: Object.fromEntries(query),
        nullableParams: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { value }])),
        ...(body.length > 0 ? { body: { bytes: body } } : {}),
      },
    },
  };
}
