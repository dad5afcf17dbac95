// Imports key material from the JSON Web Key of an import request.
import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import { KeyMaterial, NODE_CURVES, OCT_SIZES, RSA_SIZES } from './material.ts';
import { keyTypeOf, MaterialError } from './material-spec.ts';

/** Recorded in 2023: the service imports an RSA key of 1024 bits, which it would not make itself. */
const IMPORT_ONLY_RSA_SIZE = 1024;

const Kty = z.object({ kty: z.string().min(1) });

/**
 * Reads a private JWK (RSA with its primes, EC, OKP, oct) into stored material. Numbers lose their leading zero
 * bytes, as the service does with `n`. Throws MaterialError (400 BadParameter): the text for a missing `kty` is
 * recorded, the others are likely.
 */
export function importMaterial(jwk: unknown): KeyMaterial {
  const head = Kty.safeParse(jwk);
  if (!head.success) throw new MaterialError('JSON Web Key: kty is missing');
  const kty = keyTypeOf(head.data.kty);
  const parsed = KeyMaterial.safeParse({ ...z.looseObject({}).parse(jwk), kty });
  if (!parsed.success) {
    const member = parsed.error.issues[0]?.path.join('.') ?? 'key';
    throw new MaterialError(`JSON Web Key: ${member} is missing or invalid`);
  }
  return checked(parsed.data);
}

function checked(material: KeyMaterial): KeyMaterial {
  if (material.kty === 'oct') {
    const bits = Buffer.from(material.k, 'base64url').length * 8;
    if (!OCT_SIZES.some((size) => size === bits)) throw new MaterialError(`Invalid key size: '${bits}'`);
    return material;
  }
  const normal = normalised(material);
  if (normal.kty === 'RSA') {
    const bits = Buffer.from(normal.n, 'base64url').length * 8;
    const sizes = [IMPORT_ONLY_RSA_SIZE, ...RSA_SIZES];
    if (!sizes.some((size) => size === bits)) throw new MaterialError(`Invalid key size: '${bits}'`);
  }
  try {
    createPrivateKey({ key: nodeJwk(normal), format: 'jwk' });
  } catch (cause) {
    throw new MaterialError('JSON Web Key: the key is not valid', { cause });
  }
  return normal;
}

/** The form of asymmetric material that node:crypto reads. */
export function nodeJwk(material: Exclude<KeyMaterial, { kty: 'oct' }>): JsonWebKey {
  return material.kty === 'EC' ? { ...material, crv: NODE_CURVES[material.crv] } : { ...material };
}

// Bytes of a coordinate: RFC 7518, 6.2.1.2.
const COORDINATE_BYTES = { 'P-256': 32, 'P-256K': 32, 'P-384': 48, 'P-521': 66 } as const;

/** RSA numbers without leading zero bytes, EC numbers exactly as long as the curve's field. */
function normalised(material: Exclude<KeyMaterial, { kty: 'oct' }>): Exclude<KeyMaterial, { kty: 'oct' }> {
  if (material.kty === 'OKP') return material;
  if (material.kty === 'EC') {
    const length = COORDINATE_BYTES[material.crv];
    const { x, y, d } = material;
    return { ...material, x: fitted(x, length), y: fitted(y, length), d: fitted(d, length) };
  }
  const { n, e, d, p, q, dp, dq, qi } = material;
  return {
    kty: 'RSA',
    n: trimmed(n),
    e: trimmed(e),
    d: trimmed(d),
    p: trimmed(p),
    q: trimmed(q),
    dp: trimmed(dp),
    dq: trimmed(dq),
    qi: trimmed(qi),
  };
}

function fitted(value: string, length: number): string {
  const bytes = Buffer.from(trimmed(value), 'base64url');
  return Buffer.concat([Buffer.alloc(Math.max(0, length - bytes.length)), bytes]).toString('base64url');
}

function trimmed(value: string): string {
  const bytes = Buffer.from(value, 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.subarray(Math.max(first, 0)).toString('base64url');
}
