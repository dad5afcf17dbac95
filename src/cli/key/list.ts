/** `hsm-warden key list`: the active keys of an HSM. */
import { z } from 'zod';
import { AddressOptions, HSM_OPTIONS, hsmAddress } from '../connect/address.ts';
import { administrationOn } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { azListed } from './az-output.ts';
import { doubtsOf, MOST_RESULTS, MostResults } from './common-options.ts';
import { listTable } from './key-tables.ts';

export const keyList = defineCommand({
  path: 'key list',
  isAz: true,
  summary: 'List the active keys of an HSM',
  options: [
    ...HSM_OPTIONS,
    MOST_RESULTS,
    {
      flags: '--include-managed [yes]',
      description: 'show keys of certificates and storage accounts, too',
      choices: ['true', 'false'],
    },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'hsm-warden key list --hsm-name ContosoHSM -o table',
    'hsm-warden key list --id https://ContosoHSM.managedhsm.azure.net/',
  ],
  schema: z.object({
    ...AddressOptions,
    ...ConnectionOptions,
    ...MostResults,
    includeManaged: z.union([z.boolean(), z.stringbool()]).default(false),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const admin = administrationOn(connection, hsmAddress(given, connection), context);
    const listed = await admin.list(given.maxresults);
    const items = listed.items.filter(({ managed }) => given.includeManaged || managed !== true);
    return { data: items.map(azListed), table: listTable(items), doubts: doubtsOf(listed.odd) };
  },
});
