// RSA signatures over a digest: RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017, section 8).
import { constants, type KeyObject, privateEncrypt, publicDecrypt } from 'node:crypto';
import { encodePss, verifyPss } from './emsa-pss.ts';
import { keyPairOf } from './key-objects.ts';
import type { RsaMaterial } from './material.ts';
import type { SignatureScheme } from './signature-algorithms.ts';

type RsaScheme = Extract<SignatureScheme, { kty: 'RSA' }>;

// The DER of DigestInfo up to the digest itself: RFC 8017, section 9.2, note 1.
const DIGEST_INFO = {
  sha256: Buffer.from('3031300d060960864801650304020105000420', 'hex'),
  sha384: Buffer.from('3041300d060960864801650304020205000430', 'hex'),
  sha512: Buffer.from('3051300d060960864801650304020305000440', 'hex'),
};

/** Signs a digest of the scheme's length (any short value for RSNULL). `random` gives the salt of a PSS signature. */
export function signRsa(
  material: RsaMaterial,
  scheme: RsaScheme,
  digest: Buffer,
  random: (length: number) => Buffer,
): Buffer {
  const { privateKey: key } = keyPairOf(material);
  if (scheme.scheme !== 'pss') {
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, pkcs1Content(scheme, digest));
  }
  const encoded = encodePss(digest, random(digest.length), scheme.hash, modulusBits(key) - 1);
  // Without padding the private operation is plain RSASP1; it wants exactly as many bytes as the modulus has.
  const whole = leftPadded(encoded, Math.ceil(modulusBits(key) / 8));
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, whole);
}

/** Whether `signature` is one of `digest`; a signature of the wrong length or padding is just not one. */
export function verifyRsa(
  material: RsaMaterial,
  scheme: RsaScheme,
  digest: Buffer,
  signature: Buffer,
): boolean {
  const { publicKey: key } = keyPairOf(material);
  // RFC 8017, 8.1.2 and 8.2.2: a signature without its leading zero byte is the same number, but not valid.
  if (signature.length !== Math.ceil(modulusBits(key) / 8)) return false;
  const pss = scheme.scheme === 'pss';
  const padding = pss ? constants.RSA_NO_PADDING : constants.RSA_PKCS1_PADDING;
  let opened: Buffer;
  try {
    opened = publicDecrypt({ key, padding }, signature);
  } catch {
    return false; // not a number below the modulus, or not padded: RFC 8017, 8.2.2 answers "invalid signature"
  }
  if (!pss) return opened.equals(pkcs1Content(scheme, digest));
  const bits = modulusBits(key) - 1;
  const length = Math.ceil(bits / 8);
  const lead = opened.subarray(0, opened.length - length);
  return lead.every((byte) => byte === 0) && verifyPss(digest, opened.subarray(-length), scheme.hash, bits);
}

function pkcs1Content(scheme: RsaScheme, digest: Buffer): Buffer {
  return scheme.scheme === 'pkcs1' ? Buffer.concat([DIGEST_INFO[scheme.hash], digest]) : digest;
}

function modulusBits(key: KeyObject): number {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits === undefined) throw new TypeError('expected an RSA key object, got one without a modulus length');
  return bits;
}

function leftPadded(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([Buffer.alloc(length - bytes.length), bytes]);
}
