// Key backups: all versions of a key, encrypted for the security domain of the pool.
import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { z } from 'zod';
import { serviceErrors } from '../errors.ts';
import { KeyRecord } from '../state/model.ts';

/** The header of every recorded backup since 2020, member by member in this order. */
const HEADER = { alg: 'dir', enc: 'A256CBC-HS512', kid: 'backup-protection-key' } as const;
const KEY_BYTES = 64;

/**
 * Real backups are far larger than the keys in them. These two sizes of the content give the recorded lengths:
 * about 22,100 characters for one RSA-2048 version and 32,494 for two.
 */
const BASE_BYTES = 6_480;
const VERSION_BYTES = 5_840;

const Content = z.object({ format: z.literal(1), key: KeyRecord.omit({ order: true, deletion: true }) });

/** What a backup holds: a key without its place in lists. */
export type BackedUpKey = z.infer<typeof Content>['key'];

/** The key that protects backups, from the pool's security domain secret. */
export function backupKey(securityDomain: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', securityDomain, '', 'backup-protection-key', KEY_BYTES));
}

/** The `value` of a backup answer: base64url of a compact JWE. */
export async function sealBackup(key: KeyRecord, protection: Uint8Array): Promise<string> {
  const { order: _order, deletion: _deletion, ...content } = key;
  const size = BASE_BYTES + VERSION_BYTES * key.versions.length;
  // JSON allows blanks at its end, so padding needs no length of its own.
  const text = JSON.stringify({ format: 1, key: content }).padEnd(size);
  const jwe = await new CompactEncrypt(Buffer.from(text)).setProtectedHeader(HEADER).encrypt(protection);
  return Buffer.from(jwe, 'ascii').toString('base64url');
}

/** Reads a backup. Throws 400 MalformedBackupBlob, the same for garbage and for a foreign security domain. */
export async function openBackup(value: string, protection: Uint8Array): Promise<BackedUpKey> {
  try {
    const jwe = Buffer.from(value, 'base64url').toString('ascii');
    const { plaintext } = await compactDecrypt(jwe, protection, {
      keyManagementAlgorithms: [HEADER.alg],
      contentEncryptionAlgorithms: [HEADER.enc],
    });
    return Content.parse(JSON.parse(Buffer.from(plaintext).toString())).key;
  } catch (cause) {
    throw serviceErrors.malformedBackup(cause);
  }
}
