/** Backups as an in-memory HSM makes them: the form of the real ones (a compact JWE), with content only this folder reads. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PublicKey } from '../../../src/core/model/public-key.ts';
import type { MemoryKey } from './memory-hsm.ts';

/** The header of every Managed HSM key backup. */
const HEADER = { alg: 'dir', enc: 'A256CBC-HS512', kid: 'backup-protection-key' };

const Attributes = z.strictObject({
  enabled: z.boolean(),
  createdAt: z.number(),
  updatedAt: z.number(),
  notBefore: z.number().exactOptional(),
  expiresAt: z.number().exactOptional(),
  exportable: z.boolean().exactOptional(),
  recoveryLevel: z.string().exactOptional(),
  recoverableDays: z.number().exactOptional(),
});
const Content = z.strictObject({
  securityDomain: z.string(),
  name: z.string(),
  keyType: z.string(),
  tags: z.record(z.string(), z.string()),
  versions: z.array(
    z.strictObject({
      version: z.string(),
      thumbprint: z.string().exactOptional(),
      publicKey: PublicKey.exactOptional(),
      attributes: Attributes,
    }),
  ),
});

/** Makes a backup of all versions of `key`: ASCII, five parts, the last one proving that it is whole. */
export function packBackup(key: MemoryKey, securityDomain: string): Uint8Array {
  const { name, keyType, tags, versions } = key;
  const json = JSON.stringify({ securityDomain, name, keyType, tags, versions });
  // A real cipher text is a whole number of 16-byte blocks.
  const body = base64url(json.padEnd(Math.ceil(Buffer.byteLength(json) / 16) * 16));
  const iv = createHash('sha256').update(body).digest().subarray(0, 16).toString('base64url');
  return Buffer.from(`${base64url(JSON.stringify(HEADER))}..${iv}.${body}.${tagOf(iv, body)}`, 'ascii');
}

/** The key inside a backup, or undefined when the backup is damaged or of another security domain. */
export function unpackBackup(backup: Uint8Array, securityDomain: string): MemoryKey | undefined {
  const [, , iv = '', body = '', tag] = Buffer.from(backup).toString('ascii').split('.');
  if (tag !== tagOf(iv, body)) return undefined;
  const { securityDomain: origin, ...key } = Content.parse(
    JSON.parse(Buffer.from(body, 'base64url').toString()),
  );
  return origin === securityDomain ? { ...key, managed: false } : undefined;
}

function tagOf(iv: string, body: string): string {
  return createHash('sha256').update(`${iv}.${body}`).digest('base64url');
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
