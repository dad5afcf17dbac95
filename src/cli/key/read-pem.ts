/** Reads a private key from a PEM file into the form in which an HSM imports it. */

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { JsonWebKey } from '@azure/keyvault-keys';
import { definedOnly } from '../../core/defined-only.ts';
import { UsageError } from '../frame/failures.ts';
import { requireNoUtf16 } from '../frame/text-input.ts';
import { outdatedCipher } from './pem-cipher.ts';

/** One private key: PKCS#1, SEC1 or PKCS#8, encrypted or not. Certificates and comments in the same file are passed over. */
const PRIVATE_KEYS = /-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----[\s\S]+?-----END \1-----/g;
/** The curves a Managed HSM takes, by their names in OpenSSL. P-256K is what JOSE calls secp256k1 (RFC 8812). */
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp256k1: 'P-256K',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};
/** What the HSM takes of a private key; each a number as bytes. RFC 7518 sections 6.2.2 and 6.3.2. */
const NUMBERS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y'] as const;

/** The key in the file `path`. Fails with UsageError, which never holds a part of the file. */
export async function readPrivateKey(path: string, password: string | undefined): Promise<JsonWebKey> {
  return privateKeyIn(await readText(path), `The file ${path}`, path, password);
}

/** The key in `text`, which was given on the command line. Fails with UsageError, which never holds a part of it. */
export function parsePrivateKey(text: string, password: string | undefined): JsonWebKey {
  // A shell hands on the two characters that people write for a line end.
  return privateKeyIn(text.replaceAll('\\n', '\n'), '--pem-string', '--pem-string', password);
}

function privateKeyIn(text: string, whole: string, path: string, password: string | undefined): JsonWebKey {
  const found = text.match(PRIVATE_KEYS) ?? [];
  const [pem] = found;
  if (pem === undefined) {
    throw new UsageError(`${whole} holds no private key in PEM form.`, adviceAbout(text));
  }
  if (found.length > 1) {
    throw new UsageError(
      `${whole} holds ${found.length} private keys, and it is not known which one is meant.`,
      'Leave one of them in it.',
    );
  }
  return toJsonWebKey(open(pem, path, password), path);
}

/** Comments may be in any encoding; the block itself is ASCII. */
async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    throw new UsageError(`The file ${path} cannot be read.`);
  }
  requireNoUtf16(bytes, `The file ${path}`);
  return bytes.toString('latin1');
}

/** What to do with a file that is something else. */
function adviceAbout(text: string): string {
  if (text.includes('BEGIN OPENSSH PRIVATE KEY')) {
    return "It is in OpenSSH's own form; turn a copy of it into PEM: ssh-keygen -p -m PEM -f COPY";
  }
  if (text.startsWith('\u0030\u0082')) {
    return 'It is binary (PKCS#12 or DER); turn it into PEM: openssl pkcs12 -in FILE -nocerts -out KEY.pem, or openssl pkey -inform DER -in FILE -out KEY.pem';
  }
  return 'Expected a block like -----BEGIN PRIVATE KEY-----.';
}

function open(pem: string, path: string, password: string | undefined): KeyObject {
  const encrypted = /ENCRYPTED/.test(pem);
  try {
    return createPrivateKey({
      key: pem,
      format: 'pem',
      ...definedOnly({ passphrase: password }),
    });
  } catch (error) {
    const { code, message } = error instanceof Error && 'code' in error ? error : { code: '', message: '' };
    if (encrypted && password === undefined) {
      throw new UsageError(
        `The private key in ${path} is encrypted, and no password was given.`,
        'Give its password with --pem-password-file FILE, or - for standard input.',
      );
    }
    const cipher = encrypted ? outdatedCipher(pem) : undefined;
    if (cipher !== undefined && /UNSUPPORTED|unsupported/.test(`${code} ${message}`)) {
      throw new UsageError(
        `The private key in ${path} is encrypted with ${cipher}, which this program does not read: it protects nothing any more.`,
        'Encrypt a copy again: openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in FILE -out COPY',
      );
    }
    if (/UNKNOWN_GROUP|unknown group|INVALID_CURVE|UNSUPPORTED_CURVE/i.test(`${code} ${message}`)) {
      throw new UsageError(
        `The private key in ${path} is on a curve that no Managed HSM takes.`,
        `It takes ${Object.values(CURVES).join(', ')}.`,
      );
    }
    throw new UsageError(
      encrypted
        ? `The private key in ${path} cannot be decrypted with this password.`
        : `The private key in ${path} cannot be read.`,
      encrypted ? 'Give its password with --pem-password-file FILE, or - for standard input.' : undefined,
    );
  }
}

function toJsonWebKey(key: KeyObject, path: string): JsonWebKey {
  const type = key.asymmetricKeyType;
  if (type !== 'rsa' && type !== 'ec') {
    throw new UsageError(
      `The private key in ${path} is of type ${type}; an HSM imports RSA and EC keys only.`,
    );
  }
  const crv = type === 'ec' ? { crv: curveOf(key, path) } : {};
  const jwk = key.export({ format: 'jwk' });
  const numbers = NUMBERS.flatMap((name) => {
    const value = jwk[name];
    return typeof value === 'string' ? [[name, Buffer.from(value, 'base64url')] as const] : [];
  });
  return { kty: type === 'rsa' ? 'RSA-HSM' : 'EC-HSM', ...crv, ...Object.fromEntries(numbers) };
}

function curveOf(key: KeyObject, path: string): string {
  const named = key.asymmetricKeyDetails?.namedCurve;
  const curve = named === undefined ? undefined : CURVES[named];
  if (curve !== undefined) return curve;
  throw new UsageError(
    `The private key in ${path} is on ${named === undefined ? 'a curve without a name' : `the curve ${named}`}, which no Managed HSM takes.`,
    `It takes ${Object.values(CURVES).join(', ')}.`,
  );
}
