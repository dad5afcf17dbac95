/** HTTP for every function: bounded and checked input, and one table from error codes to problem+json answers (RFC 9457). */
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { z } from 'zod';
import { isWardenError, WardenError, type WardenErrorCode } from '../src/core/errors.ts';

/** Larger bodies are refused before they are read. */
export const MAX_BODY_BYTES = 16 * 1024;

/** The status of each code that a caller can meet; any other is 503 when it may pass by itself, else 500. */
const STATUS: Partial<Record<WardenErrorCode, number>> = {
  'token-missing': 401,
  'token-invalid': 401,
  'webhook-refused': 401,
  'role-missing': 403,
  'origin-refused': 403,
  'webhook-app-refused': 403,
  'own-request': 403,
  'not-the-requester': 403,
  'request-invalid': 400,
  'request-too-large': 413,
  'media-type-unsupported': 415,
  'recovery-unknown': 404,
  'webhook-unknown': 404,
  'hsm-unknown': 404,
  'backup-unknown': 404,
  'nothing-to-recover': 409,
  'nothing-to-restore': 409,
  'key-active': 409,
  'key-deleted': 409,
  'key-not-found': 404,
  'backup-damaged': 409,
  'backup-contradicted': 409,
  'target-refused': 409,
  'recovery-not-open': 409,
  'recovery-expired': 409,
  'approved-already': 409,
  'digest-mismatch': 409,
  'approvals-incomplete': 409,
  'precondition-failed': 412,
  'idempotency-conflict': 422,
  'rate-limited': 429,
  'gate-disarmed': 503,
};

/** What a problem answer holds. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().meta({ description: 'Stable; what programs should look at' }),
  detail: z.string().exactOptional(),
  hsm: z.string().exactOptional(),
  key: z.string().exactOptional(),
  instance: z.string().meta({ description: 'Names this answer in the logs' }),
});

/** The answer to an error. What is not ours says nothing of itself; the log has it under the same instance. */
export function problem(error: unknown, context: InvocationContext): HttpResponseInit {
  const known = isWardenError(error) ? error : undefined;
  const code = known?.code ?? 'internal';
  const status = known === undefined ? 500 : (STATUS[known.code] ?? (known.transient ? 503 : 500));
  const body: z.infer<typeof Problem> = {
    type: `urn:hsm-warden:problem:${code}`,
    title: known?.message ?? 'Something went wrong in the product itself.',
    status,
    code,
    instance: `urn:uuid:${context.invocationId}`,
    ...(known?.advice === undefined ? {} : { detail: known.advice }),
    ...(known?.hsm === undefined ? {} : { hsm: known.hsm }),
    ...(known?.key === undefined ? {} : { key: known.key }),
  };
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(known?.retryAfterMs === undefined
        ? {}
        : { 'retry-after': String(Math.ceil(known.retryAfterMs / 1000)) }),
    },
    body: JSON.stringify(body),
  };
}

/** A JSON answer that nobody may keep. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/** The body as `schema` says it must be. Fails with `media-type-unsupported`, `request-too-large` or `request-invalid`. */
export async function readBody<T extends z.ZodType>(request: HttpRequest, schema: T): Promise<z.output<T>> {
  const text = await readText(request, ['application/json']);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new WardenError('request-invalid', { message: 'The body is not JSON.', cause });
  }
  return check(schema, value, 'body');
}

/** The query as `schema` says it must be. A member given twice counts as wrong. Fails with `request-invalid`. */
export function readQuery<T extends z.ZodType>(request: HttpRequest, schema: T): z.output<T> {
  const given: Record<string, string | string[]> = {};
  for (const name of new Set(request.query.keys())) {
    const values = request.query.getAll(name);
    given[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return check(schema, given, 'query');
}

/** Checks a value from outside. Fails with `request-invalid`, which says what is wrong and where. */
export function check<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`);
  throw new WardenError('request-invalid', {
    message: `The request cannot be understood: ${faults.join('; ')}.`.slice(0, 2000),
    advice: 'GET /api/openapi.json describes every request.',
    cause: parsed.error,
  });
}

/** The body as text. Fails with `media-type-unsupported`, `request-too-large`, or `request-invalid` for what is not UTF-8. */
export async function readText(request: HttpRequest, types: readonly string[]): Promise<string> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!types.includes(type)) {
    throw new WardenError('media-type-unsupported', { message: `The body must be ${types.join(' or ')}.` });
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
