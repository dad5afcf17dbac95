/** Reads a private key from a PEM file into the form in which an HSM imports it. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { JsonWebKey } from '@azure/keyvault-keys';
import { UsageError } from '../frame/failures.ts';

/** One private key: PKCS#1, SEC1 or PKCS#8, encrypted or not. A certificate in the same file is passed over. */
const PRIVATE_KEY = /-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----[\s\S]+?-----END \1-----/;
/** The service's name of the curve that JOSE calls secp256k1 (RFC 8812). */
const CURVES: Readonly<Record<string, string>> = { secp256k1: 'P-256K' };
/** What the HSM takes of a private key; each a number as bytes. RFC 7518 sections 6.2.2 and 6.3.2. */
const NUMBERS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y'] as const;

/** The key in the file `path`. Fails with UsageError, which never holds a part of the file. */
export async function readPrivateKey(path: string, password: string | undefined): Promise<JsonWebKey> {
  const [pem] = PRIVATE_KEY.exec(await readText(path)) ?? [];
  if (pem === undefined) {
    throw new UsageError(
      `The file ${path} holds no private key in PEM form.`,
      'Expected a block like -----BEGIN PRIVATE KEY-----.',
    );
  }
  return toJsonWebKey(open(pem, path, password), path);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new UsageError(`The file ${path} cannot be read.`);
  }
}

function open(pem: string, path: string, password: string | undefined): KeyObject {
  try {
    return createPrivateKey({
      key: pem,
      format: 'pem',
      ...(password === undefined ? {} : { passphrase: password }),
    });
  } catch {
    const encrypted = /ENCRYPTED/.test(pem);
    throw new UsageError(
      encrypted && password === undefined
        ? `The private key in ${path} is encrypted, and no password was given.`
        : encrypted
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
  const jwk = key.export({ format: 'jwk' });
  const numbers = NUMBERS.flatMap((name) => {
    const value = jwk[name];
    return typeof value === 'string' ? [[name, Buffer.from(value, 'base64url')] as const] : [];
  });
  const crv = jwk.crv === undefined ? {} : { crv: CURVES[jwk.crv] ?? jwk.crv };
  return { kty: type === 'rsa' ? 'RSA-HSM' : 'EC-HSM', ...crv, ...Object.fromEntries(numbers) };
}
