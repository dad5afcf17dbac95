/** `hsm-warden queue list`: the messages that failed for good. */
import { z } from 'zod';
import { aboutOf } from '../../features/dead-letters/about.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { when } from '../connect/warden-options.ts';
import { defineCommand } from '../frame/define.ts';

export const queueList = defineCommand({
  path: 'queue list',
  summary: 'List the messages that failed for good',
  details: [
    'A message that failed five times lies in the queue named after its own with -poison behind it, for seven days, and nobody works on it any more. Of each queue the first 32 are shown.',
  ],
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden queue list', 'hsm-warden queue list -o json'],
  schema: z.object(ConnectionOptions),
  async run(context, given) {
    const connection = await connect(context, given);
    const letters = await openStore(connection, requireConfig(connection), context).deadLetters.list();
    return {
      data: letters.map(({ setAsideAt, ...letter }) => ({ ...letter, setAsideAt: when(setAsideAt) })),
      table: {
        columns: ['Queue', 'Id', 'SetAside', 'Hsm', 'Key', 'Run'],
        rows: letters.map((letter) => {
          const { hsm, key, runId } = aboutOf(letter);
          return [letter.queue, letter.id, when(letter.setAsideAt), hsm, key, runId];
        }),
      },
    };
  },
});
