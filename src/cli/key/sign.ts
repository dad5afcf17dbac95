/** `hsm-warden key sign` and `verify`: a digest, with a key that stays in the HSM. */
import { z } from 'zod';
import { keyAddress } from '../connect/address.ts';
import { administrationOn, operationsOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, connect } from '../connect/connection.ts';
import type { OptionSpec } from '../frame/command.ts';
import { defineCommand } from '../frame/define.ts';
import { base64 } from './az-output.ts';
import { Base64, UseOptions, useOptions } from './use-options.ts';

const DIGEST: OptionSpec = { flags: '--digest <base64>', description: 'the digest, in base64' };

export const keySign = defineCommand({
  path: 'key sign',
  isAz: true,
  summary: 'Sign a digest with a key',
  options: [...useOptions('signature'), DIGEST, ...CONNECTION_OPTIONS],
  examples: ['hsm-warden key sign --hsm-name ContosoHSM --name myrsakey --algorithm RS256 --digest BASE64'],
  schema: z.object({ ...UseOptions, digest: Base64 }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const { algorithm, digest } = given;
    const made = await operationsOn(connection, address, context).use(
      address.key,
      given.version ?? address.version,
      { operation: 'sign', body: { alg: algorithm, value: digest } },
    );
    return { data: { algorithm, keyId: made.kid, signature: base64(made.value) } };
  },
});

export const keyVerify = defineCommand({
  path: 'key verify',
  isAz: true,
  summary: 'Verify the signature of a digest with a key',
  details: ['As with az the exit code is 0 whether the signature is good or not: `isValid` says so.'],
  options: [
    ...useOptions('signature'),
    DIGEST,
    { flags: '--signature <base64>', description: 'the signature, in base64' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key verify --hsm-name ContosoHSM --name myrsakey --algorithm RS256 --digest BASE64 --signature BASE64 --query isValid',
  ],
  schema: z.object({ ...UseOptions, digest: Base64, signature: Base64 }),
  async run(context, given) {
    const connection = await connect(context, given);
    const address = keyAddress(given, connection);
    const version = given.version ?? address.version;
    const { algorithm, digest, signature } = given;
    // The service answers a verification without the id that az shows.
    const { key } = await administrationOn(connection, address, context).show(address.key, version);
    const isValid = await operationsOn(connection, address, context).verify(
      address.key,
      key.kid.split('/').at(-1),
      { alg: algorithm, digest, value: signature },
    );
    return { data: { algorithm, isValid, keyId: key.kid } };
  },
});
