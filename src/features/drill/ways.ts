/** How a restored version can be used, so that only the very key passes: by what it may do now. */
import { constants, createHash, createPublicKey, publicEncrypt, verify } from 'node:crypto';
import type { KeyDetail } from '../../core/model/key.ts';
import type { PublicKey } from '../../core/model/public-key.ts';
import type { Limit } from './model/result.ts';

/** Signs in the drill HSM; the signature is verified here. */
interface SignWay {
  readonly kind: 'sign';
  readonly algorithm: string;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
}

/** Encrypts here; the drill HSM decrypts or unwraps. */
interface DecryptWay {
  readonly kind: 'decrypt' | 'unwrapKey';
  readonly algorithm: 'RSA-OAEP-256';
}

/** Decrypts or unwraps what an owner of the key enrolled. */
interface EnrolledWay {
  readonly kind: 'enrolled';
}

/** One way to use a version. */
export type Way = SignWay | DecryptWay | EnrolledWay;

/** RFC 7518 section 3.1, RFC 8812: by the curve. */
const EC_SIGNATURES: Readonly<Record<string, SignWay>> = {
  'P-256': { kind: 'sign', algorithm: 'ES256', hash: 'sha256' },
  secp256k1: { kind: 'sign', algorithm: 'ES256K', hash: 'sha256' },
  'P-384': { kind: 'sign', algorithm: 'ES384', hash: 'sha384' },
  'P-521': { kind: 'sign', algorithm: 'ES512', hash: 'sha512' },
};

/**
 * The way to use a restored version at `now`, or what keeps it from being used. A key that is expired or not yet valid still
 * decrypts and unwraps, as the service's documentation says:
 * https://learn.microsoft.com/azure/key-vault/keys/about-keys-details#date-time-controlled-operations
 */
export function wayOf(version: KeyDetail, now: number): Way | Limit {
  const { attributes, keyOps, keyType, publicKey } = version;
  if (matchesTag(version.tags)) return 'never';
  if (!attributes.enabled) return 'disabled';
  if (keyType.startsWith('oct')) {
    return keyOps.includes('decrypt') || keyOps.includes('unwrapKey') ? { kind: 'enrolled' } : 'operations';
  }
  const { notBefore = Number.NEGATIVE_INFINITY, expiresAt = Number.POSITIVE_INFINITY } = attributes;
  const sign = keyOps.includes('sign') ? signatureOf(publicKey) : undefined;
  if (sign !== undefined && notBefore <= now && now < expiresAt) return sign;
  if (publicKey?.kty === 'RSA') {
    for (const kind of ['decrypt', 'unwrapKey'] as const) {
      if (keyOps.includes(kind)) return { kind, algorithm: 'RSA-OAEP-256' };
    }
  }
  if (sign !== undefined) return now < notBefore ? 'not-yet-valid' : 'expired';
  return keyOps.includes('sign') ? 'kind' : 'operations';
}

/** `hsm-warden-drill=never`: its owner does not want it used. */
function matchesTag(tags: KeyDetail['tags']): boolean {
  return Object.entries(tags).some(
    ([name, value]) => name.toLowerCase() === 'hsm-warden-drill' && value.toLowerCase() === 'never',
  );
}

function signatureOf(key: PublicKey | undefined): SignWay | undefined {
  if (key?.kty === 'RSA') return { kind: 'sign', algorithm: 'PS256', hash: 'sha256' };
  return key?.kty === 'EC' ? EC_SIGNATURES[key.crv] : undefined;
}

/** What is given to the drill HSM to be signed, base64url. */
export function digestFor({ hash }: SignWay, challenge: Uint8Array): string {
  return createHash(hash).update(challenge).digest('base64url');
}

/** Whether `signature` (base64url) is one of the challenge by the recorded public key. A signature of no form is none. */
export function isSignedBy(
  key: PublicKey,
  { hash }: SignWay,
  challenge: Uint8Array,
  signature: string,
): boolean {
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const padding =
    key.kty === 'RSA'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { dsaEncoding: 'ieee-p1363' as const };
  return verify(hash, challenge, { key: publicKey, ...padding }, Buffer.from(signature, 'base64url'));
}

/** The digest of the challenge, encrypted for the recorded public key with RSA-OAEP-256, base64url. */
export function encryptFor(key: PublicKey, plaintext: Uint8Array): string {
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const options = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  return publicEncrypt(options, plaintext).toString('base64url');
}
