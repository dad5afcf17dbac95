/** `hsm-warden key get-attestation`: what the HSM attests of a key. */
import { z } from 'zod';
import { AddressOptions, KEY_OPTIONS, keyAddress } from '../connect/address.ts';
import { operationsOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { writeNewFile } from '../frame/new-file.ts';
import { base64 } from './az-output.ts';
import { VERSION_OPTION, VersionOption } from './common-options.ts';

export const keyGetAttestation = defineCommand({
  path: 'key get-attestation',
  isAz: true,
  summary: 'Show what the HSM attests of a key',
  details: ['A file that exists is never overwritten.'],
  options: [
    ...KEY_OPTIONS,
    VERSION_OPTION,
    { flags: '-f, --file <path>', description: 'where to write it, in place of standard output' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden key get-attestation --hsm-name ContosoHSM --name myrsakey --file myrsakey.json'],
  schema: z.object({
    ...AddressOptions,
    ...ConnectionOptions,
    ...VersionOption,
    file: z.string().min(1, 'expected a path').optional(),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const version = given.version ?? address.version;
    const read = async () => {
      const { attributes } = await operationsOn(connection, address, context).attestation(
        address.key,
        version,
      );
      const { attestation } = attributes;
      if (attestation === undefined) return null;
      const { certificatePemFile, privateKeyAttestation, publicKeyAttestation } = attestation;
      return {
        certificatePemFile: base64(certificatePemFile),
        privateKeyAttestation: base64(privateKeyAttestation),
        publicKeyAttestation: base64(publicKeyAttestation),
        version: attestation.version ?? null,
      };
    };
    if (given.file === undefined) return { data: await read() };
    await writeNewFile(given.file, async () => JSON.stringify(await read()), 0o644);
    return {};
  },
});
