/**
 * `uniqueString()` of ARM templates: what the names of the deployment end with. MurmurHash3 (x86, both halves of 64 bits,
 * seed 0) in base 32; test/cli/deploy compares it with what the Bicep compiler makes.
 * https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-string#uniquestring
 */

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** 64 bits, five for a letter. */
const LETTERS = 13;

/** The 13 letters that a template makes of `text`. */
export function uniqueString(text: string): string {
  const [low, high] = murmur(new TextEncoder().encode(text));
  let bits = (BigInt(high) << 32n) | BigInt(low);
  let letters = '';
  for (let count = 0; count < LETTERS; count += 1) {
    letters += ALPHABET[Number(bits >> 59n)];
    bits = BigInt.asUintN(64, bits << 5n);
  }
  return letters;
}

function murmur(bytes: Uint8Array): readonly [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  let [h1, h2] = [0, 0];
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    h1 = add(rotate(h1 ^ mix1(view.getUint32(at, true)), 19), h2);
    h1 = add(times(h1, 5), 0x561ccd1b);
    h2 = add(rotate(h2 ^ mix2(view.getUint32(at + 4, true)), 13), h1);
    h2 = add(times(h2, 5), 0x0bcaa747);
  }
  h1 ^= mix1(rest(bytes.subarray(at, Math.min(at + 4, length))));
  h2 ^= mix2(rest(bytes.subarray(Math.min(at + 4, length))));
  h1 = (h1 ^ length) >>> 0;
  h2 = (h2 ^ length) >>> 0;
  h1 = add(h1, h2);
  h2 = add(h2, h1);
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = add(h1, h2);
  h2 = add(h2, h1);
  return [h1, h2];
}

function mix1(word: number): number {
  return times(rotate(times(word, C1), 15), C2);
}

function mix2(word: number): number {
  return times(rotate(times(word, C2), 17), C1);
}

/** Up to four bytes, the lowest first. */
function rest(bytes: Uint8Array): number {
  return [...bytes].reduceRight((word, byte) => ((word << 8) | byte) >>> 0, 0);
}

function finish(hash: number): number {
  const first = times(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = times(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}

function times(left: number, right: number): number {
  return Math.imul(left, right) >>> 0;
}

function add(left: number, right: number): number {
  return (left + right) >>> 0;
}

function rotate(word: number, by: number): number {
  return ((word << by) | (word >>> (32 - by))) >>> 0;
}
