// Key material as the emulator stores it: generated or imported, always a plain JSON value.
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

const generateKeyPairAsync = promisify(generateKeyPair);

/** Sizes and curves of a Managed HSM: Microsoft Learn, "About keys" (managed-hsm/about-keys-details). */
export const RSA_SIZES = [2048, 3072, 4096] as const;
export const OCT_SIZES = [128, 192, 256] as const;
export const EC_CURVES = ['P-256', 'P-256K', 'P-384', 'P-521'] as const;

export type RsaSize = (typeof RSA_SIZES)[number];
export type OctSize = (typeof OCT_SIZES)[number];
export type EcCurve = (typeof EC_CURVES)[number];

/** What to generate. */
export type MaterialSpec =
  | { kty: 'RSA'; size: RsaSize; publicExponent: number }
  | { kty: 'EC'; crv: EcCurve }
  | { kty: 'oct'; size: OctSize }
  | { kty: 'OKP'; crv: 'Ed25519' };

/** The names that node:crypto has for the curves, in a JWK and to generate a key. */
export const NODE_CURVES = {
  'P-256': 'P-256',
  'P-256K': 'secp256k1',
  'P-384': 'P-384',
  'P-521': 'P-521',
} as const;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);

/** The stored form of each key type: a private JWK with the service's curve names and without padding zeros. */
export const KeyMaterial = z.discriminatedUnion('kty', [
  z.object({
    kty: z.literal('RSA'),
    n: base64url,
    e: base64url,
    d: base64url,
    p: base64url,
    q: base64url,
    dp: base64url,
    dq: base64url,
    qi: base64url,
  }),
  z.object({ kty: z.literal('EC'), crv: z.enum(EC_CURVES), x: base64url, y: base64url, d: base64url }),
  z.object({ kty: z.literal('oct'), k: base64url }),
  z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: base64url, d: base64url }),
]);
export type KeyMaterial = z.infer<typeof KeyMaterial>;
export type RsaMaterial = Extract<KeyMaterial, { kty: 'RSA' }>;
export type EcMaterial = Extract<KeyMaterial, { kty: 'EC' }>;
export type OkpMaterial = Extract<KeyMaterial, { kty: 'OKP' }>;

/** The members of `key` in a service answer that depend on the material; `kid` and `key_ops` are the caller's. */
export type PublicJwk =
  | { kty: 'RSA-HSM'; e: string; n: string }
  | { kty: 'EC-HSM'; crv: EcCurve; x: string; y: string }
  | { kty: 'oct-HSM' }
  | { kty: 'OKP-HSM'; crv: 'Ed25519'; x: string };

/**
 * Generates new material. Asynchronous because an RSA key takes up to seconds and must not stop the server:
 * await it before reading the state that the new version goes into.
 */
export async function generateMaterial(spec: MaterialSpec): Promise<KeyMaterial> {
  switch (spec.kty) {
    case 'RSA': {
      const { privateKey } = await generateKeyPairAsync('rsa', {
        modulusLength: spec.size,
        publicExponent: spec.publicExponent,
      });
      return KeyMaterial.parse(privateKey.export({ format: 'jwk' }));
    }
    case 'EC': {
      const { privateKey } = await generateKeyPairAsync('ec', { namedCurve: NODE_CURVES[spec.crv] });
      return KeyMaterial.parse({ ...privateKey.export({ format: 'jwk' }), crv: spec.crv });
    }
    case 'oct':
      return { kty: 'oct', k: randomBytes(spec.size / 8).toString('base64url') };
    case 'OKP': {
      const { privateKey } = await generateKeyPairAsync('ed25519');
      return KeyMaterial.parse(privateKey.export({ format: 'jwk' }));
    }
  }
}

/** The public members as the service shows them: the type always with `-HSM`, nothing at all of a symmetric key. */
export function publicJwk(material: KeyMaterial): PublicJwk {
  switch (material.kty) {
    case 'RSA':
      return { kty: 'RSA-HSM', e: material.e, n: material.n };
    case 'EC':
      return { kty: 'EC-HSM', crv: material.crv, x: material.x, y: material.y };
    case 'oct':
      return { kty: 'oct-HSM' };
    case 'OKP':
      return { kty: 'OKP-HSM', crv: material.crv, x: material.x };
  }
}
