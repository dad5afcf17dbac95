/** Verifies seals, on this machine and with pinned keys alone. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { keyIdOf, type PinnedKey, type PinnedKeys, whyNot } from './pinned-keys.ts';
import { type Seal, type SealedFacts, type SealPurpose, sealedBytes } from './seal.ts';

/** What a seal is worth. */
export type SealVerdict =
  | { readonly good: true; readonly keyId: string; readonly sealedAt: number }
  /**
   * `why` continues the words "the seal does not count, for". `forged` when a pinned key that counts did not make it for these
   * facts: nothing but a change explains that, while a key can be unpinned, revoked or out of time by the settings alone.
   */
  | { readonly good: false; readonly why: string; readonly forged?: true };

/**
 * Whether `seal` was made by a pinned key for this purpose and these facts, in this deployment. Pure, and it never fails: what
 * cannot be verified is not good.
 */
export function verifySeal(
  pinned: PinnedKeys,
  purpose: SealPurpose,
  facts: SealedFacts,
  seal: Seal,
): SealVerdict {
  const { keyId, sealedAt } = seal;
  const known = keysOf(pinned).get(keyId);
  if (known === undefined) return { good: false, why: `its key ${keyId} is not pinned` };
  const reason = whyNot(known.pin, purpose, sealedAt, facts.position);
  if (reason !== undefined) return { good: false, why: reason };
  let bytes: Buffer;
  try {
    bytes = sealedBytes(pinned.deployment, purpose, facts, seal);
  } catch {
    return { good: false, why: 'its facts cannot be written as canonical JSON' };
  }
  const key = { key: known.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  const good = verify('sha256', bytes, key, Buffer.from(seal.signature, 'base64url'));
  return good ? { good, keyId, sealedAt } : { good, why: 'it was not made for these facts', forged: true };
}

interface KnownKey {
  readonly pin: PinnedKey;
  readonly publicKey: KeyObject;
}

/** Made once for each list of keys: reading a key costs as much as a verification. */
const read = new WeakMap<PinnedKeys, ReadonlyMap<string, KnownKey>>();

function keysOf(pinned: PinnedKeys): ReadonlyMap<string, KnownKey> {
  const known = read.get(pinned);
  if (known !== undefined) return known;
  const keys = new Map<string, KnownKey>();
  for (const pin of pinned.keys) {
    const publicKey = publicKeyOf(pin);
    if (publicKey !== undefined) keys.set(keyIdOf(pin), { pin, publicKey });
  }
  read.set(pinned, keys);
  return keys;
}

/** Whether `x` and `y` are a point of P-256. */
export function isPublicKey(key: Pick<PinnedKey, 'x' | 'y'>): boolean {
  return publicKeyOf(key) !== undefined;
}

function publicKeyOf({ x, y }: Pick<PinnedKey, 'x' | 'y'>): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
