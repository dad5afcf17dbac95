/** `hsm-warden key create`: makes a key in the HSM, or a new version of it, and backs it up. */

import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { wholeNumber } from '../frame/option-values.ts';
import { answerWithBackup } from './first-backup.ts';
import { explainingNameTaken } from './name-taken.ts';
import { NEW_KEY_OPTIONS, NewKeyOptions, newKeyAttributes } from './new-key-options.ts';

const TYPES = ['RSA-HSM', 'EC-HSM', 'oct-HSM', 'OKP-HSM', 'RSA', 'EC', 'oct', 'OKP'] as const;
export const CURVES = ['P-256', 'P-256K', 'P-384', 'P-521', 'Ed25519'] as const;

export const keyCreate = defineCommand({
  path: 'key create',
  isAz: true,
  summary: 'Create a key, or a new version of it',
  details: ['Where the settings name the HSM, the new version is backed up at once.'],
  options: [
    ...KEY_OPTIONS,
    {
      flags: '--kty <type>',
      description: 'type of the key (default: EC-HSM with --curve, else RSA-HSM)',
      choices: TYPES,
    },
    {
      flags: '--size <bits>',
      description: 'size of an RSA key (2048, 3072, 4096) or a symmetric one (128, 192, 256)',
    },
    { flags: '--curve <name>', description: 'curve of an EC key, or Ed25519 of an OKP key', choices: CURVES },
    ...NEW_KEY_OPTIONS,
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key create --hsm-name ContosoMHSM --name myrsakey --kty RSA-HSM --size 3072 --ops wrapKey unwrapKey',
    'hsm-warden key create --id https://ContosoMHSM.managedhsm.azure.net/keys/myec256key --kty EC-HSM --curve P-256 --ops sign verify --tags usage=signing',
  ],
  interrupted:
    'whether the key was made is not known; hsm-warden key show shows it. A second key create would make a second version.',
  schema: z.object({
    ...AddressOptions,
    ...ConnectionOptions,
    ...NewKeyOptions,
    kty: z.enum(TYPES).optional(),
    size: wholeNumber(1, 1_000_000).optional(),
    curve: z.enum(CURVES).optional(),
  }),
  async run(context, given) {
    const type = typeOf(given);
    const attributes = newKeyAttributes(given);
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const admin = administrationOn(connection, address, context);
    const key = await explainingNameTaken(connection, address, () =>
      admin.create(address.key, type, {
        ...attributes,
        ...definedOnly({ keyOps: given.ops, keySize: given.size, curve: given.curve }),
      }),
    );
    return answerWithBackup(key, connection, address, context);
  },
});

/** Every key of a Managed HSM is in the HSM: RSA means RSA-HSM here. Fails with UsageError for a size that has no meaning. */
function typeOf({
  kty,
  curve,
  size,
}: {
  readonly kty?: string | undefined;
  readonly curve?: string | undefined;
  readonly size?: number | undefined;
}): string {
  const plain = (kty ?? (curve === undefined ? 'RSA' : 'EC')).replace(/-HSM$/, '');
  if (size !== undefined && (plain === 'EC' || plain === 'OKP')) {
    throw new UsageError(
      `--size has no meaning for a key of type ${plain}-HSM.`,
      'Its --curve says how large it is.',
    );
  }
  return `${plain}-HSM`;
}
