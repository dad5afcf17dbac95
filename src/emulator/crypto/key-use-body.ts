// The bodies of cryptographic requests: `alg` and base64url values.
import { z } from 'zod';
import { unproven } from '../errors.ts';

/** Bytes as base64url text; padding is tolerated. */
const Bytes = z
  .string()
  .regex(/^[A-Za-z0-9_-]*={0,2}$/, 'is not base64url')
  .transform((text) => Buffer.from(text, 'base64url'));

/** The body of encrypt, decrypt, wrapkey, unwrapkey and sign. */
export const KeyUseBody = z.object({
  alg: z.string(),
  value: Bytes,
  iv: Bytes.optional(),
  aad: Bytes.optional(),
  tag: Bytes.optional(),
});

/** The body of verify: `value` is the signature. */
export const VerifyBody = z.object({ alg: z.string(), digest: Bytes, value: Bytes });

/** Reads a body. Throws ServiceError (400 BadParameter, unproven) naming the first member that is wrong. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unproven('badBody', { detail: `${issue?.path.join('.')}: ${issue?.message}` }, parsed.error);
}
