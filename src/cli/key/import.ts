/** `hsm-warden key import`: imports an RSA or EC key from a PEM file into the HSM, and backs it up. */
import { readFile } from 'node:fs/promises';
import type { JsonWebKey } from '@azure/keyvault-keys';
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { readSecret } from '../frame/ask.ts';
import type { CliContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { CURVES } from './create.ts';
import { answerWithBackup } from './first-backup.ts';
import { explainingNameTaken } from './name-taken.ts';
import { NEW_KEY_OPTIONS, NewKeyOptions, newKeyAttributes } from './new-key-options.ts';
import { parsePrivateKey, readPrivateKey } from './read-pem.ts';

const BYOK_TYPES = ['RSA', 'EC', 'oct'] as const;
const Path = z.string().min(1, 'expected a path');
const Schema = z.object({
  ...AddressOptions,
  ...ConnectionOptions,
  ...NewKeyOptions,
  pemFile: Path.optional(),
  pemString: z.string().min(1, 'expected a private key in PEM form').optional(),
  byokFile: Path.optional(),
  byokString: z.string().min(1, 'expected the text of a BYOK file').optional(),
  kty: z.enum(BYOK_TYPES).optional(),
  curve: z.enum(CURVES).optional(),
  pemPassword: z.string().optional(),
  pemPasswordFile: z.string().optional(),
});

export const keyImport = defineCommand({
  path: 'key import',
  isAz: true,
  summary: 'Import an RSA or EC key from a PEM file, or a key that its HSM wrapped (BYOK)',
  details: [
    'Reads PKCS#1, SEC1 and PKCS#8, encrypted or not; a certificate in the same file is passed over.',
    'Where the settings name the HSM, the key is backed up at once.',
  ],
  options: [
    ...KEY_OPTIONS,
    { flags: '--pem-file <path>', description: 'PEM file with the private key' },
    {
      flags: '--pem-string <text>',
      description: 'the private key itself; others on this machine can see it, so prefer --pem-file',
    },
    { flags: '--byok-file <path>', description: 'key that another HSM wrapped for this one' },
    { flags: '--byok-string <text>', description: 'the same as a text' },
    { flags: '--kty <type>', description: 'type of a BYOK key (default: RSA)', choices: BYOK_TYPES },
    { flags: '--curve <name>', description: 'curve of a BYOK key of type EC', choices: CURVES },
    {
      flags: '--pem-password-file <path>',
      description: "file with the key's password; - reads it from standard input",
    },
    {
      flags: '--pem-password <password>',
      description: 'the password itself; others on this machine can see it, so prefer --pem-password-file',
    },
    ...NEW_KEY_OPTIONS,
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key import --hsm-name ContosoHSM --name myrsakey --pem-file mycert.key --pem-password-file -',
    'hsm-warden key import --id https://ContosoHSM.managedhsm.azure.net/keys/myeckey --pem-file ec.pem --ops sign verify',
  ],
  interrupted:
    'whether the key was imported is not known; hsm-warden key show shows it. A second key import would make a second version.',
  schema: Schema,
  async run(context, given) {
    const attributes = newKeyAttributes(given);
    requireOneSource(given);
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const material = await materialOf(context, given);
    const admin = administrationOn(connection, address, context);
    const key = await explainingNameTaken(connection, address, () =>
      admin.import(
        address.key,
        given.ops === undefined ? material : { ...material, keyOps: given.ops },
        attributes,
      ),
    );
    return answerWithBackup(key, connection, address, context);
  },
});

const SOURCES = ['pemFile', 'pemString', 'byokFile', 'byokString'] as const;

/** Fails with UsageError for none or several, and for what only the other kind has. */
function requireOneSource(given: z.output<typeof Schema>): void {
  if (SOURCES.filter((name) => given[name] !== undefined).length !== 1) {
    throw new UsageError('Give exactly one of --pem-file, --pem-string, --byok-file and --byok-string.');
  }
  const isByok = given.byokFile !== undefined || given.byokString !== undefined;
  if (isByok && (given.pemPassword !== undefined || given.pemPasswordFile !== undefined)) {
    throw new UsageError('A BYOK key has no password: its HSM wrapped it.', 'Leave the password out.');
  }
  if (isByok && (given.kty === 'EC') !== (given.curve !== undefined)) {
    throw new UsageError('A BYOK key of type EC needs its --curve, and no other has one.');
  }
}

/** The key as the HSM takes it; a BYOK key is handed on as it is, for only the HSM can open it. */
async function materialOf(context: CliContext, given: z.output<typeof Schema>): Promise<JsonWebKey> {
  const { pemFile, pemString, byokFile, byokString, kty = 'RSA', curve } = given;
  if (pemFile !== undefined) return readPrivateKey(pemFile, await passwordOf(context, given));
  if (pemString !== undefined) return parsePrivateKey(pemString, await passwordOf(context, given));
  const t = byokFile === undefined ? Buffer.from(byokString ?? '') : await readByok(byokFile);
  return { kty: `${kty}-HSM`, t, ...definedOnly({ crv: curve }) };
}

async function readByok(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch {
    throw new UsageError(`The file ${path} cannot be read.`);
  }
}

async function passwordOf(context: CliContext, given: z.output<typeof Schema>): Promise<string | undefined> {
  if (given.pemPasswordFile !== undefined) {
    if (given.pemPassword !== undefined) {
      throw new UsageError('Give --pem-password-file or --pem-password, not both.');
    }
    return readSecret(context, given.pemPasswordFile);
  }
  if (given.pemPassword !== undefined) {
    context.stderr.write(
      'Warning: a password on the command line is seen by others on this machine; --pem-password-file - reads it from standard input.\n',
    );
  }
  return given.pemPassword;
}
