/** A request of the Functions library as routes read it: bounded, and nothing of it believed. */
import type { HttpRequest } from '@azure/functions';
import { WardenError } from '../../src/core/errors.ts';
import type { RawRequest } from '../../src/core/route.ts';

/** Larger bodies are refused before they are read. */
export const MAX_BODY_BYTES = 16 * 1024;

/** What a route is given of `request`. */
export function toRawRequest(request: HttpRequest): RawRequest {
  return {
    params: request.params,
    query: queryOf(request.query),
    headers: request.headers,
    text: (mediaTypes) => readText(request, mediaTypes),
  };
}

/** Own members only, whatever their names: `__proto__` is one like any other. */
function queryOf(query: HttpRequest['query']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** Fails with `media-type-unsupported`, `request-too-large`, or `request-invalid` for what is not UTF-8. */
async function readText(request: HttpRequest, types: readonly string[]): Promise<string> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!types.includes(type)) {
    throw new WardenError('media-type-unsupported', { message: `The body must be ${types.join(' or ')}.` });
  }
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding.trim().toLowerCase() !== 'identity') {
    throw new WardenError('media-type-unsupported', {
      message: 'The body must not be compressed (Content-Encoding).',
    });
  }
  const bytes = await readBytes(request);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new WardenError('request-invalid', { message: 'The body is not UTF-8.', cause });
  }
}

async function readBytes(request: HttpRequest): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    // The announced length may be a lie, or absent.
    if (length > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): WardenError {
  return new WardenError('request-too-large', { message: `A body holds at most ${MAX_BODY_BYTES} bytes.` });
}
