/** `hsm-warden queue list`: the messages that failed for good. */
import { z } from 'zod';
import { aboutOf } from '../../features/dead-letters/about.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { when } from '../connect/warden-options.ts';
import { defineCommand } from '../frame/define.ts';
import { nameOf, readLetters, unreadLines } from './letters.ts';

export const queueList = defineCommand({
  path: 'queue list',
  summary: 'List the messages that failed for good',
  details: [
    'A message that failed five times lies in the queue named after its own with -poison behind it, for seven days, and nobody works on it any more. Of each queue up to 1024 are shown. Where it holds more than 32, they are hidden while they are read, for a minute at most, and the right to process messages is needed.',
    'Each app has its queues in a storage account of its own. Those of WARDEN_QUEUE_URL, WARDEN_STATE_URL, WARDEN_NOTIFY_QUEUE_URL and WARDEN_DRILL_QUEUE_URL are looked into. Of an account that cannot be read it is said, and the exit code is 2.',
  ],
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden queue list', 'hsm-warden queue list -o json'],
  schema: z.object(ConnectionOptions),
  async run(context, given) {
    const connection = await connect(context, given);
    const { deadLetters } = openStore(connection, requireConfig(connection), context);
    const { found, unread } = await readLetters(deadLetters);
    return {
      // Of an account that was not read nothing is known: no list is better than half of one.
      data: {
        messages:
          unread.length === deadLetters.length
            ? null
            : found.map(({ setAsideAt, ...letter }) => ({ ...letter, setAsideAt: when(setAsideAt) })),
        unread,
      },
      table: {
        columns: ['Account', 'Queue', 'Id', 'SetAside', 'Hsm', 'Key', 'Run'],
        rows: found.map((letter) => {
          const { hsm, key, runId } = aboutOf(letter);
          const { account, queue, id, setAsideAt } = letter;
          return [nameOf(account), queue, id, when(setAsideAt), hsm, key, runId];
        }),
      },
      doubts: unread.flatMap(unreadLines),
      exit: unread.length === 0 ? 'done' : 'unknown',
    };
  },
});
