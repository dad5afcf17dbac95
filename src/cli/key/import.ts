/** `hsm-warden key import`: imports an RSA or EC key from a PEM file into the HSM, and backs it up. */
import { z } from 'zod';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { readSecret } from '../frame/ask.ts';
import type { CliContext } from '../frame/context.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { answerWithBackup } from './first-backup.ts';
import { explainingNameTaken } from './name-taken.ts';
import { NEW_KEY_OPTIONS, NewKeyOptions, newKeyAttributes } from './new-key-options.ts';
import { readPrivateKey } from './read-pem.ts';

const Schema = z.object({
  ...AddressOptions,
  ...ConnectionOptions,
  ...NewKeyOptions,
  pemFile: z.string().min(1, 'expected a path'),
  pemPassword: z.string().optional(),
  pemPasswordFile: z.string().optional(),
});

export const keyImport = defineCommand({
  path: 'key import',
  isAz: true,
  summary: 'Import an RSA or EC key from a PEM file',
  details: [
    'Reads PKCS#1, SEC1 and PKCS#8, encrypted or not; a certificate in the same file is passed over.',
    'Where the settings name the HSM, the key is backed up at once.',
  ],
  options: [
    ...KEY_OPTIONS,
    { flags: '--pem-file <path>', description: 'PEM file with the private key' },
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
    'whether the key was imported is not known; hsm-warden key show tells. A second key import would make a second version.',
  schema: Schema,
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const material = await readPrivateKey(given.pemFile, await passwordOf(context, given));
    const admin = administrationOn(connection, address, context);
    const key = await explainingNameTaken(connection, address, () =>
      admin.import(
        address.key,
        given.ops === undefined ? material : { ...material, keyOps: given.ops },
        newKeyAttributes(given),
      ),
    );
    return answerWithBackup(key, connection, address, context);
  },
});

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
