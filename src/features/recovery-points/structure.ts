/** Checks what can be checked of a key backup outside an HSM: its outer structure. Its content only an HSM can read. */
import { WardenError } from '../../core/errors.ts';

/** Protected header of every recorded backup of a Managed HSM, 2020 to 2024. */
const EXPECTED_HEADER = { alg: 'dir', enc: 'A256CBC-HS512', kid: 'backup-protection-key' } as const;
const EMPTY = new Uint8Array();
const DOT = 0x2e;
/** 1 at the code of each character of base64url. */
const BASE64URL_CODES = Uint8Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9_-]/.test(String.fromCharCode(code)) ? 1 : 0,
);
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
  const parts = splitAtDots(backup);
  if (parts.length !== PARTS) return `expected ${PARTS} parts separated by dots, got ${parts.length}`;
  const [header = EMPTY, encryptedKey = EMPTY, iv = EMPTY, ciphertext = EMPTY, tag = EMPTY] = parts;
  if (encryptedKey.length > 0) return 'expected no encrypted key (alg is dir), got one';
  if (iv.length !== IV_CHARACTERS || !isBase64url(iv))
    return 'the initialisation vector is not 16 bytes of base64url';
  if (tag.length !== TAG_CHARACTERS || !isBase64url(tag)) return 'the tag is not 32 bytes of base64url';
  if (ciphertext.length === 0 || !isBase64url(ciphertext)) return 'the ciphertext is not base64url';
  if (Math.floor((ciphertext.length * 6) / 8) % BLOCK_BYTES !== 0)
    return 'the ciphertext is not whole cipher blocks';
  return headerFault(new TextDecoder('latin1').decode(header));
}

/** Views, not copies: a sweep reads thousands of backups of tens of kilobytes. */
function splitAtDots(backup: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = 0; ; ) {
    const dot = backup.indexOf(DOT, start);
    if (dot < 0) return [...parts, backup.subarray(start)];
    // More dots than a backup has: what comes after does not matter.
    if (parts.push(backup.subarray(start, dot)) > PARTS) return parts;
    start = dot + 1;
  }
}

function isBase64url(text: Uint8Array): boolean {
  return text.every((code) => BASE64URL_CODES[code] === 1);
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
