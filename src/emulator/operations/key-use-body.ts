// The bodies of cryptographic requests: `alg` and base64url values.
import { z } from 'zod';

/** Bytes as base64url text; padding is tolerated. */
const Bytes = z
  .string()
  .regex(/^[A-Za-z0-9_-]*={0,2}$/, 'is not base64url')
  .transform((text) => Buffer.from(text, 'base64url'));
/** A null member is as good as an absent one: SDKs send both. */
const OptionalBytes = Bytes.nullish().transform((bytes) => bytes ?? undefined);

/** The body of encrypt, decrypt, wrapkey, unwrapkey and sign. */
export const KeyUseBody = z.object({
  alg: z.string(),
  value: Bytes,
  iv: OptionalBytes,
  aad: OptionalBytes,
  tag: OptionalBytes,
});

/** The body of verify: `value` is the signature. */
export const VerifyBody = z.object({ alg: z.string(), digest: Bytes, value: Bytes });
