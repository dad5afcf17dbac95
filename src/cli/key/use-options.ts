/** What encrypting, decrypting, signing and verifying have in common: bytes on the command line. */
import { z } from 'zod';
import { AddressOptions, KEY_OPTIONS } from '../connect/address.ts';
import { ConnectionOptions } from '../connect/connection.ts';
import type { OptionSpec } from '../frame/command.ts';
import { VERSION_OPTION, VersionOption } from './common-options.ts';

/** https://learn.microsoft.com/rest/api/keyvault/keys/encrypt/encrypt#jsonwebkeyencryptionalgorithm */
const ENCRYPTION = [
  ...['RSA-OAEP', 'RSA-OAEP-256', 'RSA1_5'],
  ...['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC', 'A192CBC', 'A256CBC'],
  ...['A128CBCPAD', 'A192CBCPAD', 'A256CBCPAD'],
];
/** https://learn.microsoft.com/rest/api/keyvault/keys/sign/sign#jsonwebkeysignaturealgorithm */
const SIGNATURE = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'HS256', 'HS384', 'HS512'],
];

/** Options of a command that uses a key, with those of its algorithm. */
export function useOptions(kind: 'encryption' | 'signature'): readonly OptionSpec[] {
  const choices = kind === 'encryption' ? ENCRYPTION : SIGNATURE;
  return [
    ...KEY_OPTIONS,
    VERSION_OPTION,
    { flags: '-a, --algorithm <name>', description: `the ${kind} algorithm`, choices },
  ];
}

/** The values of {@link useOptions}. */
export const UseOptions = {
  ...AddressOptions,
  ...ConnectionOptions,
  ...VersionOption,
  algorithm: z.string('expected the name of an algorithm'),
};

/** Bytes in base64 (or base64url), as base64url. */
export const Base64 = z
  .string('expected base64')
  .trim()
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'expected base64')
  .transform((text) => Buffer.from(text, 'base64').toString('base64url'));

/** Bytes in hexadecimal digits, as base64url. */
export const Hex = z
  .string()
  .regex(/^(?:[0-9a-f]{2})*$/i, 'expected pairs of hex digits')
  .transform((text) => Buffer.from(text, 'hex').toString('base64url'));

/** What the service writes in base64url, in hexadecimal digits; null for nothing. */
export function hexOf(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : Buffer.from(text, 'base64url').toString('hex');
}
