/** `hsm-warden key random`: random bytes from an HSM. */
import { z } from 'zod';
import { AddressOptions, HSM_OPTIONS, hsmAddress } from '../connect/address.ts';
import { operationsOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { wholeNumber } from '../frame/option-values.ts';
import { base64 } from './az-output.ts';

export const keyRandom = defineCommand({
  path: 'key random',
  isAz: true,
  summary: 'Get random bytes from an HSM',
  options: [
    ...HSM_OPTIONS,
    { flags: '--count <n>', description: 'how many bytes; the HSM gives 1 to 128' },
    ...CONNECTION_OPTIONS,
  ],
  examples: ['hsm-warden key random --hsm-name ContosoHSM --count 32 --query value -o tsv'],
  schema: z.object({ ...AddressOptions, ...ConnectionOptions, count: wholeNumber(0, 1_000_000) }),
  async run(context, given) {
    const connection = await connect(context, given);
    const operations = operationsOn(connection, hsmAddress(given, connection), context);
    return { data: { value: base64(await operations.random(given.count)) } };
  },
});
