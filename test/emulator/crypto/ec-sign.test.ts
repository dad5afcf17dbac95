// EC signatures are judged by the openssl command, which takes digests as the service does, and by node:crypto.
import { execFileSync } from 'node:child_process';
import { sign as nodeSign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { KeyMaterial } from '../../../src/emulator/crypto/material.ts';
import { signDigest, verifyDigest } from '../../../src/emulator/crypto/sign.ts';
import { digestFor, nodeKeys, P256, P256K, P384, P521, random } from './materials.ts';

const folder = mkdtempSync(join(tmpdir(), 'emulator-sign-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EC_ALGORITHMS = [
  ['ES256', P256],
  ['ES256K', P256K],
  ['ES384', P384],
  ['ES512', P521],
] as const;

describe('EC signatures and the openssl command', () => {
  test.each(EC_ALGORITHMS)('%s of ours is valid for openssl', (alg, material) => {
    const digest = digestFor(alg, 'the nightly sweep');
    const signature = signDigest(material, alg, digest, random);

    expect(opensslVerifies(material, digest, derOf(signature))).toBe(true);
    expect(opensslVerifies(material, digest, derOf(flipped(signature, 9)))).toBe(false);
  });

  test.each(EC_ALGORITHMS)('%s of OpenSSL is valid for us', (alg, material) => {
    const message = Buffer.from('the nightly sweep');
    const key = { key: nodeKeys(material).privateKey, dsaEncoding: 'ieee-p1363' } as const;
    const digest = digestFor(alg, message);

    for (let round = 0; round < 8; round += 1) {
      // about half of them have a high s
      const signature = nodeSign(`sha${/\d+/.exec(alg)?.[0]}`, message, key);
      expect(verifyDigest(material, alg, digest, signature)).toBe(true);
      expect(verifyDigest(material, alg, digest, flipped(signature, 3))).toBe(false);
    }
    expect(verifyDigest(material, alg, digest, Buffer.alloc(5))).toBe(false);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** r and s as the DER sequence that openssl reads. */
function derOf(signature: Buffer): Buffer {
  const half = signature.length / 2;
  const body = Buffer.concat([derInteger(signature.subarray(0, half)), derInteger(signature.subarray(half))]);
  return Buffer.concat([
    body.length > 127 ? Buffer.of(0x30, 0x81, body.length) : Buffer.of(0x30, body.length),
    body,
  ]);
}

function derInteger(bytes: Buffer): Buffer {
  const trimmed = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  const positive = (trimmed[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), trimmed]) : trimmed;
  return Buffer.concat([Buffer.of(0x02, positive.length), positive]);
}

function opensslVerifies(material: KeyMaterial, digest: Buffer, signature: Buffer): boolean {
  const path = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const key = path('key.pem', nodeKeys(material).publicKey.export({ format: 'pem', type: 'spki' }));
  const args = [
    'pkeyutl',
    '-verify',
    '-pubin',
    '-inkey',
    key,
    '-in',
    path('digest', digest),
    '-sigfile',
    path('sig', signature),
  ];
  try {
    return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).includes(
      'Verified Successfully',
    );
  } catch {
    return false; // openssl ends with 1 for an invalid signature
  }
}
