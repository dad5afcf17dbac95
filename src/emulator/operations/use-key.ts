// POST /keys/{name}/{use} and /keys/{name}/{version}/{use}: what a key is used for.
import { z } from 'zod';
import { decryptValue, encryptValue } from '../crypto/encrypt.ts';
import type { KeyMaterial } from '../crypto/material.ts';
import { signDigest, verifyDigest } from '../crypto/sign.ts';
import { unwrapValue, wrapValue } from '../crypto/wrap.ts';
import type { LatencyClass, Operation, OperationContext } from '../model/operation.ts';
import { parseBody } from './key-request.ts';
import { type KeyUse, usableKey } from './key-use.ts';

/** Bytes as base64url text; padding is tolerated. */
const Bytes = z
  .string()
  .regex(/^[A-Za-z0-9_-]*={0,2}$/, 'is not base64url')
  .transform((text) => Buffer.from(text, 'base64url'));
/** A null member is as good as an absent one: SDKs send both. */
const OptionalBytes = Bytes.nullish().transform((bytes) => bytes ?? undefined);
const Body = z.object({
  alg: z.string(),
  value: Bytes,
  iv: OptionalBytes,
  aad: OptionalBytes,
  tag: OptionalBytes,
});
/** `value` is the signature. */
const VerifyBody = z.object({ alg: z.string(), digest: Bytes, value: Bytes });

interface Use<Input extends { readonly alg: string }> {
  readonly name: KeyUse;
  /** The last part of the path. */
  readonly path: string;
  /** The action in the names of rights and of audit records. */
  readonly action: string;
  readonly latency: LatencyClass;
  readonly body: z.ZodType<Input>;
  /** What is answered beside `alg` and `kid`; bytes become base64url. */
  readonly use: (
    material: KeyMaterial,
    input: Input,
    context: OperationContext,
  ) => Readonly<Record<string, Buffer | boolean>>;
}

function defineUse<Input extends { readonly alg: string }>(definition: Use<Input>): Operation {
  const { name, path, action, latency, body, use } = definition;
  return {
    name,
    method: 'POST',
    paths: [`/keys/{name}/${path}`, `/keys/{name}/{version}/${path}`],
    dataAction: `Microsoft.KeyVault/managedHsm/keys/${action}/action`,
    scope: 'key',
    audit: `Key${action.charAt(0).toUpperCase()}${action.slice(1)}`,
    limit: 'none',
    latency,
    handle(request, state, context) {
      const input = parseBody(body, request.body);
      const { kid, version } = usableKey(name, request, state, context);
      const parts = Object.entries(use(version.material, input, context)).map(([member, value]) => [
        member,
        typeof value === 'boolean' ? value : value.toString('base64url'),
      ]);
      return { status: 200, body: { alg: input.alg, kid, ...Object.fromEntries(parts) } };
    },
  };
}

export const encrypt = defineUse({
  name: 'encrypt',
  path: 'encrypt',
  action: 'encrypt',
  latency: 'encrypt',
  body: Body,
  use: (material, { alg, ...input }, { random }) => ({ ...encryptValue(material, alg, input, random) }),
});

export const decrypt = defineUse({
  name: 'decrypt',
  path: 'decrypt',
  action: 'decrypt',
  latency: 'decrypt',
  body: Body,
  use: (material, { alg, ...input }) => ({ value: decryptValue(material, alg, input) }),
});

/** Signs a digest. */
export const sign = defineUse({
  name: 'sign',
  path: 'sign',
  action: 'sign',
  latency: 'sign',
  body: Body,
  use: (material, { alg, value }, { random }) => ({ value: signDigest(material, alg, value, random) }),
});

/** Says whether a signature belongs to a digest. */
export const verify = defineUse({
  name: 'verify',
  path: 'verify',
  action: 'verify',
  latency: 'sign',
  body: VerifyBody,
  use: (material, { alg, digest, value }) => ({ value: verifyDigest(material, alg, digest, value) }),
});

/** Wraps a symmetric key. */
export const wrapKey = defineUse({
  name: 'wrapKey',
  path: 'wrapkey',
  action: 'wrap',
  latency: 'encrypt',
  body: Body,
  use: (material, { alg, value }) => ({ value: wrapValue(material, alg, value) }),
});

/** Unwraps a symmetric key. */
export const unwrapKey = defineUse({
  name: 'unwrapKey',
  path: 'unwrapkey',
  action: 'unwrap',
  latency: 'unwrapkey',
  body: Body,
  use: (material, { alg, value }) => ({ value: unwrapValue(material, alg, value) }),
});
