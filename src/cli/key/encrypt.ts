/** `hsm-warden key encrypt` and `decrypt`: with a key that stays in the HSM. */
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { keyAddress } from '../connect/address.ts';
import { operationsOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, connect } from '../connect/connection.ts';
import type { OptionSpec } from '../frame/command.ts';
import { defineCommand } from '../frame/define.ts';
import { base64 } from './az-output.ts';
import { Base64, Hex, hexOf, UseOptions, useOptions } from './use-options.ts';

const DATA_TYPES = ['base64', 'plaintext'] as const;
const AES: readonly OptionSpec[] = [
  { flags: '--iv <hex>', description: 'initialization vector, in hex digits' },
  { flags: '--aad <hex>', description: 'what is authenticated but not encrypted, in hex digits (AES-GCM)' },
];
const Aes = { iv: Hex.optional(), aad: Hex.optional() };

export const keyEncrypt = defineCommand({
  path: 'key encrypt',
  isAz: true,
  summary: 'Encrypt a value with a key',
  details: ['The HSM does it; the result is base64, initialization vector and tag are hex digits.'],
  options: [
    ...useOptions('encryption'),
    { flags: '--value <text>', description: 'what to encrypt' },
    { flags: '--data-type <type>', description: 'what --value is (default: base64)', choices: DATA_TYPES },
    ...AES,
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key encrypt --hsm-name ContosoHSM --name myrsakey --algorithm RSA-OAEP-256 --value hello --data-type plaintext',
  ],
  schema: z
    .object({
      ...UseOptions,
      ...Aes,
      value: z.string('expected a value'),
      dataType: z.enum(DATA_TYPES).default('base64'),
    })
    .transform((given, context) => {
      if (given.dataType === 'plaintext')
        return { ...given, value: Buffer.from(given.value).toString('base64url') };
      const parsed = Base64.safeParse(given.value);
      if (parsed.success) return { ...given, value: parsed.data };
      context.addIssue({
        code: 'custom',
        path: ['value'],
        message: 'expected base64, or --data-type plaintext',
      });
      return z.NEVER;
    }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const { algorithm, value, iv, aad } = given;
    const made = await operationsOn(connection, address, context).use(
      address.key,
      given.version ?? address.version,
      { operation: 'encrypt', body: { alg: algorithm, value, ...definedOnly({ iv, aad }) } },
    );
    return {
      data: {
        aad: hexOf(made.aad ?? aad),
        algorithm,
        iv: hexOf(made.iv ?? iv),
        kid: made.kid,
        result: base64(made.value),
        tag: hexOf(made.tag),
      },
    };
  },
});

export const keyDecrypt = defineCommand({
  path: 'key decrypt',
  isAz: true,
  summary: 'Decrypt a value with a key',
  options: [
    ...useOptions('encryption'),
    { flags: '--value <base64>', description: 'what to decrypt: the result of key encrypt' },
    { flags: '--data-type <type>', description: 'what to print (default: base64)', choices: DATA_TYPES },
    ...AES,
    { flags: '--tag <hex>', description: 'authentication tag, in hex digits (AES-GCM)' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key decrypt --hsm-name ContosoHSM --name myrsakey --algorithm RSA-OAEP-256 --value BASE64 --data-type plaintext',
  ],
  schema: z.object({
    ...UseOptions,
    ...Aes,
    tag: Hex.optional(),
    value: Base64,
    dataType: z.enum(DATA_TYPES).default('base64'),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const { algorithm, value, iv, aad, tag, dataType } = given;
    const made = await operationsOn(connection, address, context).use(
      address.key,
      given.version ?? address.version,
      { operation: 'decrypt', body: { alg: algorithm, value, ...definedOnly({ iv, aad, tag }) } },
    );
    const text =
      dataType === 'plaintext' ? Buffer.from(made.value, 'base64url').toString() : base64(made.value);
    return { data: { algorithm, kid: made.kid, result: text } };
  },
});
