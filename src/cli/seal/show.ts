/** `hsm-warden seal show`: the sealing keys of the settings. */
import { z } from 'zod';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { boundsOf, pinnedKeys, pinnedView } from './pinned.ts';

export const sealShow = defineCommand({
  path: 'seal show',
  summary: 'Show the keys whose seals are believed',
  details: [
    'The pinned public keys of the settings, each with the id that seals name it by and with the time and the positions for which it counts; and the key that this process would seal with. It signs nothing.',
  ],
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden seal show', 'hsm-warden seal show --emulator -o json'],
  schema: z.object(ConnectionOptions),
  async run(context, given) {
    const connection = await connect(context, given);
    const { deployment, keys } = await pinnedKeys(connection, context);
    const keyUrl = requireConfig(connection).seals?.keyUrl;
    const table = {
      columns: ['App', 'KeyId', 'Counts'],
      rows: keys.map((key) => [key.app, pinnedView(key).keyId, boundsOf(key)]),
    };
    return {
      data: { deployment, keyUrl: keyUrl ?? null, keys: keys.map(pinnedView) },
      table,
      page: (show) =>
        [
          show(table),
          `Seals name this deployment ${deployment}.`,
          keyUrl === undefined ? 'This process seals nothing.' : `This process seals with ${keyUrl}.`,
        ].join('\n'),
    };
  },
});
