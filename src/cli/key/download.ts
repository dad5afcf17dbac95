/** `hsm-warden key download`: writes the public key to a file. */
import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import type { WireKey } from '../../adapters/keyvault/wire-key.ts';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { writeNewFile } from '../frame/new-file.ts';
import { VERSION_OPTION, VersionOption } from './common-options.ts';

const ENCODINGS = ['PEM', 'DER'] as const;

export const keyDownload = defineCommand({
  path: 'key download',
  isAz: true,
  summary: 'Write the public key of a key to a file',
  details: ['A file that exists is never overwritten. The form is SubjectPublicKeyInfo (RFC 5280).'],
  options: [
    ...KEY_OPTIONS,
    VERSION_OPTION,
    { flags: '-f, --file <path>', description: 'where to write the public key' },
    { flags: '-e, --encoding <name>', description: 'PEM or DER (default: PEM)', choices: ENCODINGS },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden key download --hsm-name ContosoHSM --name myrsakey --file myrsakey.pem'],
  interrupted: 'no file was written.',
  schema: z.object({
    ...AddressOptions,
    ...ConnectionOptions,
    ...VersionOption,
    file: z.string('expected a path').min(1, 'expected a path'),
    encoding: z.enum(ENCODINGS).default('PEM'),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const key = await administrationOn(connection, address, context).show(
      address.key,
      given.version ?? address.version,
    );
    await writeNewFile(given.file, async () => spki(key, given.encoding), 0o644);
    return {};
  },
});

/** Curves by their names in JOSE where Node has another (RFC 8812). */
const CURVES: Readonly<Record<string, string>> = { 'P-256K': 'secp256k1' };

/** Fails with UsageError for a key that has no public part. */
function spki({ key }: WireKey, encoding: (typeof ENCODINGS)[number]): string | Buffer {
  const type = key.kty.replace(/-HSM$/i, '');
  if (!['RSA', 'EC', 'OKP'].includes(type)) {
    throw new UsageError(
      `A key of type ${key.kty} has no public part.`,
      'RSA, EC and OKP keys have one.',
      'failed',
    );
  }
  const crv = key.crv === undefined ? undefined : (CURVES[key.crv] ?? key.crv);
  const { n, e, x, y } = key;
  const jwk = JSON.parse(JSON.stringify({ kty: type, crv, n, e, x, y }));
  const made = createPublicKey({ key: jwk, format: 'jwk' });
  return encoding === 'PEM'
    ? made.export({ type: 'spki', format: 'pem' })
    : made.export({ type: 'spki', format: 'der' });
}
