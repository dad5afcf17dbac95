/** `hsm-warden queue retry`: sends messages that failed for good to their queue again. */
import { z } from 'zod';
import type { AccountLetters } from '../../platform/dead-letters.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { UsageError } from '../frame/failures.ts';
import { sendAgain, sendAllAgain, type UnreadAccount, unreadLines } from './letters.ts';

export const queueRetry = defineCommand({
  path: 'queue retry',
  summary: 'Send a message that failed for good again',
  details: [
    'Every message may be worked on twice without harm. `queue list` shows the names and identifiers.',
    'After an outage many may lie there: `--all` sends all of the queue again.',
  ],
  arguments: [
    { name: '<queue>', description: 'the queue it came from, without -poison' },
    { name: '[id]', description: 'its identifier' },
  ],
  options: [...CONNECTION_OPTIONS, { flags: '--all', description: 'all messages of the queue' }],
  examples: [
    'hsm-warden queue retry hsm-sweeps 5974b586-0df3-4e2d-ad0c-18e3892bfca2',
    'hsm-warden queue retry key-backups --all',
  ],
  schema: z.object({
    ...ConnectionOptions,
    queue: z.string().regex(/^[a-z0-9-]{3,56}$/, 'expected the name of a queue'),
    id: z
      .string()
      .regex(/^[0-9A-Za-z-]{1,64}$/, 'expected an identifier')
      .optional(),
    all: z.boolean().default(false),
  }),
  async run(context, given) {
    const { queue, id, all } = given;
    if ((id === undefined) !== all) {
      throw new UsageError(
        'Name one message by its identifier, or all with --all.',
        'See: hsm-warden queue list',
      );
    }
    const connection = await connect(context, given);
    const { deadLetters } = openStore(connection, requireConfig(connection), context);
    return id === undefined ? retryAll(deadLetters, queue) : retryOne(deadLetters, queue, id);
  },
});

async function retryOne(accounts: readonly AccountLetters[], queue: string, id: string) {
  const unread: UnreadAccount[] = [];
  for (const one of accounts) {
    const tried = await sendAgain(one, { queue, id });
    if (tried === 'sent') return { data: { queue, id, account: one.account, sent: true } };
    if (tried !== 'absent') unread.push(tried);
  }
  if (unread.length > 0) return { data: { queue, id, sent: null, unread }, ...doubtsAbout(unread) };
  throw new UsageError(
    `There is no message ${id} in the queue ${queue}-poison.`,
    'See: hsm-warden queue list',
  );
}

async function retryAll(accounts: readonly AccountLetters[], queue: string) {
  const unread: UnreadAccount[] = [];
  let sent = 0;
  for (const one of accounts) {
    const tried = await sendAllAgain(one, queue);
    if (typeof tried === 'number') sent += tried;
    else unread.push(tried);
  }
  const data = { queue, sent };
  return unread.length === 0 ? { data } : { data: { ...data, unread }, ...doubtsAbout(unread) };
}

function doubtsAbout(unread: readonly UnreadAccount[]) {
  return { doubts: unread.flatMap(unreadLines), exit: 'unknown' } as const;
}
