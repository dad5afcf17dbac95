/** `hsm-warden queue retry`: sends a message that failed for good to its queue again. */
import { z } from 'zod';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { sendAgain, type UnreadAccount, unreadLines } from './letters.ts';

export const queueRetry = defineCommand({
  path: 'queue retry',
  summary: 'Send a message that failed for good again',
  details: [
    'Every message may be worked on twice without harm. `queue list` shows the names and identifiers.',
  ],
  arguments: [
    { name: '<queue>', description: 'the queue it came from, without -poison' },
    { name: '<id>', description: 'its identifier' },
  ],
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden queue retry hsm-sweeps 5974b586-0df3-4e2d-ad0c-18e3892bfca2'],
  schema: z.object({
    ...ConnectionOptions,
    queue: z.string().regex(/^[a-z0-9-]{3,56}$/, 'expected the name of a queue'),
    id: z.string().regex(/^[0-9A-Za-z-]{1,64}$/, 'expected an identifier'),
  }),
  async run(context, given) {
    const connection = await connect(context, given);
    const { deadLetters } = openStore(connection, requireConfig(connection), context);
    const { queue, id } = given;
    const unread: UnreadAccount[] = [];
    for (const one of deadLetters) {
      const tried = await sendAgain(one, { queue, id });
      if (tried === 'sent') return { data: { queue, id, account: one.account, sent: true } };
      if (tried !== 'absent') unread.push(tried);
    }
    if (unread.length > 0) {
      return {
        data: { queue, id, sent: null, unread },
        doubts: unread.flatMap(unreadLines),
        exit: 'unknown',
      };
    }
    throw new UsageError(
      `There is no message ${id} in the queue ${queue}-poison.`,
      'See: hsm-warden queue list',
    );
  },
});
