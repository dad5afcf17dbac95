// The signature algorithms of a Managed HSM and what each of them needs.
import type { EcCurve } from './material.ts';

type Hash = 'sha256' | 'sha384' | 'sha512';

/** How an algorithm signs: the kind of key, the scheme, and the hash whose digest it is given. */
export type SignatureScheme =
  | { kty: 'RSA'; scheme: 'pkcs1' | 'pss'; hash: Hash }
  | { kty: 'RSA'; scheme: 'pkcs1-raw' }
  | { kty: 'EC'; crv: EcCurve; hash: Hash }
  | { kty: 'oct'; hash: Hash }
  | { kty: 'OKP' };

const SCHEMES: ReadonlyMap<string, SignatureScheme> = new Map<string, SignatureScheme>([
  // RSA and EC: recorded answers of the service. RFC 7518, section 3; ES256K is RFC 8812.
  ['RS256', { kty: 'RSA', scheme: 'pkcs1', hash: 'sha256' }],
  ['RS384', { kty: 'RSA', scheme: 'pkcs1', hash: 'sha384' }],
  ['RS512', { kty: 'RSA', scheme: 'pkcs1', hash: 'sha512' }],
  ['PS256', { kty: 'RSA', scheme: 'pss', hash: 'sha256' }],
  ['PS384', { kty: 'RSA', scheme: 'pss', hash: 'sha384' }],
  ['PS512', { kty: 'RSA', scheme: 'pss', hash: 'sha512' }],
  ['ES256', { kty: 'EC', crv: 'P-256', hash: 'sha256' }],
  ['ES256K', { kty: 'EC', crv: 'P-256K', hash: 'sha256' }],
  ['ES384', { kty: 'EC', crv: 'P-384', hash: 'sha384' }],
  ['ES512', { kty: 'EC', crv: 'P-521', hash: 'sha512' }],
  // Recorded with an Ed25519 key; signs the given value itself (RFC 8037).
  ['EdDSA', { kty: 'OKP' }],
  // Documented only (Microsoft Learn, "About keys"): RSNULL pads the value as it is; HS* authenticates it.
  ['RSNULL', { kty: 'RSA', scheme: 'pkcs1-raw' }],
  ['HS256', { kty: 'oct', hash: 'sha256' }],
  ['HS384', { kty: 'oct', hash: 'sha384' }],
  ['HS512', { kty: 'oct', hash: 'sha512' }],
]);

/** The scheme of an `alg` of a sign or verify request, or undefined when the service has no such algorithm. */
export function signatureScheme(alg: string): SignatureScheme | undefined {
  return SCHEMES.get(alg);
}

/** The length in bytes of the digest that a scheme signs; undefined where any value will do. */
export function digestLength(scheme: SignatureScheme): number | undefined {
  if (!('hash' in scheme) || scheme.kty === 'oct') return undefined;
  return { sha256: 32, sha384: 48, sha512: 64 }[scheme.hash];
}
