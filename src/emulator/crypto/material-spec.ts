// Reads from a create request which material it asks for.
import {
  EC_CURVES,
  type EcCurve,
  type MaterialSpec,
  OCT_SIZES,
  type OctSize,
  RSA_SIZES,
  type RsaSize,
} from './material.ts';

/** The members of a create request that decide the material. */
export type MaterialRequest = {
  kty?: string | undefined;
  key_size?: number | undefined;
  crv?: string | undefined;
  public_exponent?: number | undefined;
};

// Defaults: recorded for RSA 2048, P-256 and Ed25519. The size of an oct key without key_size is accepted
// but not visible on the wire; 256 is the largest and the size every documented example asks for.
const DEFAULT_RSA_SIZE = 2048;
const DEFAULT_OCT_SIZE = 256;
const DEFAULT_PUBLIC_EXPONENT = 65537;

/**
 * Which material a create request asks for, with the service's defaults. The service upgrades every type to its
 * HSM form without a word, and takes `AES` (an older SDK's value) for oct.
 * Throws MaterialError with the service's text (size error recorded, the others likely).
 */
export function materialSpec(request: MaterialRequest): MaterialSpec {
  const { kty, key_size: size, crv } = request;
  if (kty === undefined || kty === '') throw new MaterialError('JSON Web Key: kty is missing');
  switch (keyTypeOf(kty)) {
    case 'RSA':
      return { kty: 'RSA', size: rsaSize(size ?? DEFAULT_RSA_SIZE), publicExponent: exponent(request) };
    case 'EC':
      return { kty: 'EC', crv: ecCurve(crv ?? 'P-256') };
    case 'oct':
      return { kty: 'oct', size: octSize(size ?? DEFAULT_OCT_SIZE) };
    case 'OKP':
      if (crv !== undefined && crv !== 'Ed25519') throw new MaterialError(`Invalid curve name: '${crv}'`);
      return { kty: 'OKP', crv: 'Ed25519' };
  }
}

/** The key type without `-HSM`. Throws MaterialError for a type that a Managed HSM does not have. */
export function keyTypeOf(kty: string): 'RSA' | 'EC' | 'oct' | 'OKP' {
  const plain = kty.replace(/-HSM$/, '');
  if (plain === 'AES') return 'oct';
  if (plain === 'RSA' || plain === 'EC' || plain === 'oct' || plain === 'OKP') return plain;
  throw new MaterialError(`Invalid key type: '${kty}'`);
}

function rsaSize(size: number): RsaSize {
  const known = RSA_SIZES.find((one) => one === size);
  if (known === undefined) throw new MaterialError(`Invalid key size: '${size}'`);
  return known;
}

function octSize(size: number): OctSize {
  const known = OCT_SIZES.find((one) => one === size);
  if (known === undefined) throw new MaterialError(`Invalid key size: '${size}'`);
  return known;
}

function ecCurve(crv: string): EcCurve {
  const known = EC_CURVES.find((one) => one === crv);
  if (known === undefined) throw new MaterialError(`Invalid curve name: '${crv}'`);
  return known;
}

// An RSA public exponent is odd and at least 3; larger than 32 bits is not offered by the key generator.
function exponent({ public_exponent: value = DEFAULT_PUBLIC_EXPONENT }: MaterialRequest): number {
  if (!Number.isInteger(value) || value < 3 || value > 0xffffffff || value % 2 === 0) {
    throw new MaterialError(`Invalid public exponent: '${value}'`);
  }
  return value;
}

/** A key that cannot be made, imported or used as asked. The message is the service's text; the answer is 400 BadParameter. */
export class MaterialError extends Error {
  override readonly name = 'MaterialError';
}
