/** Checks what can be checked of a key backup outside an HSM: its outer structure. Its content only an HSM can read. */
import { WardenError } from '../errors.ts';

/** Protected header of every recorded backup of a Managed HSM, 2020 to 2024. */
const EXPECTED_HEADER = { alg: 'dir', enc: 'A256CBC-HS512', kid: 'backup-protection-key' } as const;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** A compact JWE: header, encrypted key (empty with `dir`), initialisation vector, ciphertext, tag (RFC 7516 section 7.1). */
const PARTS = 5;
/** AES-CBC takes a 16-byte initialisation vector; A256CBC-HS512 gives a 32-byte tag (RFC 7518 section 5.2.5). */
const IV_CHARACTERS = 22;
const TAG_CHARACTERS = 43;
/** AES-CBC encrypts whole blocks. */
const BLOCK_BYTES = 16;

/**
 * Fails with `backup-malformed` unless `backup` is a whole compact JWE with the header that Managed HSM writes.
 * A truncated or damaged transfer is caught here, before anything is stored.
 */
export function checkBackupStructure(backup: Uint8Array, key: string, hsm: string): void {
  const reason = structureFault(backup);
  if (reason === undefined) return;
  throw new WardenError('backup-malformed', {
    message: `The backup of key ${key} on HSM ${hsm} is not a whole Managed HSM key backup: ${reason}.`,
    advice: 'It is asked for again; if this goes on, compare with a backup made by the Azure CLI.',
    hsm,
    key,
  });
}

/** Says what is wrong with the structure of a backup, or `undefined` when nothing is. */
export function structureFault(backup: Uint8Array): string | undefined {
  const parts = new TextDecoder('latin1').decode(backup).split('.');
  if (parts.length !== PARTS) return `expected ${PARTS} parts separated by dots, got ${parts.length}`;
  const [header = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = parts;
  if (encryptedKey !== '') return 'expected no encrypted key (alg is dir), got one';
  if (iv.length !== IV_CHARACTERS || !BASE64URL.test(iv))
    return 'the initialisation vector is not 16 bytes of base64url';
  if (tag.length !== TAG_CHARACTERS || !BASE64URL.test(tag)) return 'the tag is not 32 bytes of base64url';
  if (!BASE64URL.test(ciphertext)) return 'the ciphertext is not base64url';
  if (Math.floor((ciphertext.length * 6) / 8) % BLOCK_BYTES !== 0)
    return 'the ciphertext is not whole cipher blocks';
  return headerFault(header);
}

function headerFault(text: string): string | undefined {
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return 'the header is not JSON';
  }
  if (typeof header !== 'object' || header === null) return 'the header is not a JSON object';
  const found = new Map(Object.entries(header));
  for (const [name, expected] of Object.entries(EXPECTED_HEADER)) {
    if (found.get(name) !== expected) return `the header's ${name} is not ${expected}`;
  }
  return undefined;
}
