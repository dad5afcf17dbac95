/** `hsm-warden login`: signs nobody in; it says which sign-in is used, and how to get another. */
import { z } from 'zod';
import { CLOUDS } from './connect/clouds.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from './connect/connection.ts';
import { whoIs } from './connect/who.ts';
import { defineCommand } from './frame/define.ts';

export const login = defineCommand({
  path: 'login',
  summary: 'Explain which sign-in is used, and how to use another',
  details: [
    'There is no sign-in of its own: the commands use the one that az, azd, the environment or the machine has, in this order: the environment (AZURE_CLIENT_ID and the like), a workload or managed identity, az login, azd auth login. On a machine with a managed identity, set AZURE_TOKEN_CREDENTIALS=dev to be yourself. Exit code 5 when there is none.',
  ],
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden login', 'hsm-warden login --cloud AzureUSGovernment'],
  schema: z.object(ConnectionOptions),
  async run(context, given) {
    const connection = await connect(context, given);
    const who = await whoIs(connection, given.tokenFile, context);
    const { signIn, name, objectId } = who;
    const change = CLOUDS[connection.cloud].login;
    return {
      data: { signIn, name, objectId, change },
      table: { columns: ['SignIn', 'Name', 'ObjectId'], rows: [[signIn, name, objectId]] },
      page: [
        `You are signed in by ${signIn}${name === undefined ? '' : `, as ${name}`}.`,
        ...(connection.world === undefined ? [`To be somebody else: ${change}`] : []),
        'hsm-warden whoami shows more.',
      ].join('\n'),
    };
  },
});
