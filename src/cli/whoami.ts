/** `hsm-warden whoami`: which sign-in and which settings the commands use, and who that is. */
import { z } from 'zod';
import { CONNECTION_OPTIONS, ConnectionOptions, connect } from './connect/connection.ts';
import { momentCell, when } from './connect/warden-options.ts';
import { whoIs } from './connect/who.ts';
import { defineCommand } from './frame/define.ts';

export const whoami = defineCommand({
  path: 'whoami',
  summary: 'Say which sign-in and which profile the commands use, and who that is',
  details: [
    'A token file is used where one is named; with --emulator the administrator of the local world; else whatever DefaultAzureCredential finds first: the environment, a workload or managed identity, az login, azd auth login. No token is shown.',
  ],
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden whoami', 'hsm-warden whoami --cloud AzureUSGovernment -o json'],
  schema: z.object(ConnectionOptions),
  async run(context, given) {
    const connection = await connect(context, given);
    const { expiresAt, ...who } = await whoIs(connection, given.tokenFile, context);
    const facts = {
      ...who,
      profile: connection.profile,
      hsms: connection.config?.hsms.map(({ name }) => name).join(', '),
    };
    return {
      data: { ...facts, expiresAt: when(expiresAt) },
      table: {
        columns: ['Fact', 'Value'],
        wraps: true,
        rows: [...Object.entries(facts), ['expires', momentCell(expiresAt)]],
      },
    };
  },
});
