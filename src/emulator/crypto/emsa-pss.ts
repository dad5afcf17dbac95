// EMSA-PSS of RFC 8017, section 9.1, over a digest: the service is given digests, and node:crypto only signs messages.
import { createHash, timingSafeEqual } from 'node:crypto';

type Hash = 'sha256' | 'sha384' | 'sha512';

const TRAILER = 0xbc;

/**
 * EMSA-PSS-ENCODE with MGF1 over the same hash. `bits` is the modulus length minus one (RFC 8017, 8.1.1); the
 * salt is as long as the digest (RFC 7518, 3.5). Returns ceil(bits / 8) bytes.
 */
export function encodePss(digest: Buffer, salt: Buffer, hash: Hash, bits: number): Buffer {
  const length = Math.ceil(bits / 8);
  const h = hashOf(hash, Buffer.alloc(8), digest, salt);
  const padding = Buffer.alloc(length - salt.length - h.length - 2);
  const db = Buffer.concat([padding, Buffer.of(0x01), salt]);
  const masked = xor(db, mgf1(h, db.length, hash));
  clearTop(masked, 8 * length - bits);
  return Buffer.concat([masked, h, Buffer.of(TRAILER)]);
}

/** EMSA-PSS-VERIFY: whether `encoded` (ceil(bits / 8) bytes) is a PSS encoding of `digest`. */
export function verifyPss(digest: Buffer, encoded: Buffer, hash: Hash, bits: number): boolean {
  const length = Math.ceil(bits / 8);
  const saltLength = digest.length;
  if (encoded.length !== length || encoded.at(-1) !== TRAILER) return false;
  const dbLength = length - digest.length - 1;
  const masked = encoded.subarray(0, dbLength);
  const h = encoded.subarray(dbLength, length - 1);
  const unused = 8 * length - bits;
  if (((masked[0] ?? 0) & topMask(unused)) !== 0) return false;
  const db = xor(masked, mgf1(h, dbLength, hash));
  clearTop(db, unused);
  const padding = Buffer.concat([Buffer.alloc(dbLength - saltLength - 1), Buffer.of(0x01)]);
  if (!db.subarray(0, padding.length).equals(padding)) return false;
  return timingSafeEqual(h, hashOf(hash, Buffer.alloc(8), digest, db.subarray(padding.length)));
}

/** MGF1 (RFC 8017, appendix B.2.1). */
function mgf1(seed: Buffer, length: number, hash: Hash): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0, have = 0; have < length; counter += 1) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const block = hashOf(hash, seed, count);
    blocks.push(block);
    have += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function hashOf(hash: Hash, ...parts: Buffer[]): Buffer {
  const state = createHash(hash);
  for (const part of parts) state.update(part);
  return state.digest();
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

function topMask(bits: number): number {
  return (0xff << (8 - bits)) & 0xff;
}

function clearTop(bytes: Buffer, bits: number): void {
  bytes[0] = (bytes[0] ?? 0) & ~topMask(bits) & 0xff;
}
