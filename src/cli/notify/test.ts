/** `hsm-warden notify test`: sends a test message through the app, and waits for what becomes of it. */
import { z } from 'zod';
import { ChannelName } from '../../features/notify/model/channel-entry.ts';
import { NOTIFICATIONS } from '../../features/notify/model/queues.ts';
import { type ChannelRead, readEachChannel } from '../../features/notify/model/read-channel.ts';
import { testThread } from '../../features/notify/model/test-thread.ts';
import { openStore } from '../connect/compose-cli.ts';
import { CONNECTION_OPTIONS, ConnectionOptions, connect, requireConfig } from '../connect/connection.ts';
import { defineCommand } from '../frame/define.ts';
import { chosenChannels, doubtsAbout } from './channels.ts';

/** The app looks into its queue every second, and a service answers within seconds. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 1_000;

export const notifyTest = defineCommand({
  path: 'notify test',
  summary: 'Send a test message to people, and say whether it was accepted',
  details: [
    'The app sends it, for only the app has the secrets: this command puts a message into its queue and waits up to a minute. PagerDuty gets a change event, for which nobody is called.',
    'The exit code is 1 when a channel did not accept it in that time; the message stays in its queue for a day.',
  ],
  arguments: [{ name: '[channel]', description: 'only this channel of the settings' }],
  format: 'table',
  options: CONNECTION_OPTIONS,
  examples: ['hsm-warden notify test', 'hsm-warden notify test ops'],
  schema: z.object({ ...ConnectionOptions, channel: ChannelName.optional() }),
  interrupted: 'the test message may still be sent.',
  async run(context, given) {
    const { clock, signal } = context;
    const connection = await connect(context, given);
    const config = requireConfig(connection);
    const names = chosenChannels(config, given.channel);
    const store = openStore(connection, config, context);
    const test = `asked-${clock.now().toString(36)}`;
    const channel = given.channel === undefined ? {} : { channel: given.channel };
    await (store.notifications ?? store.queue).send(NOTIFICATIONS, { kind: 'test', test, ...channel });
    const until = clock.now() + PATIENCE_MS;
    let reads = await readEachChannel(store.state, names);
    let results = resultsOf(reads, test);
    while (results.some(({ state }) => state === 'waiting') && clock.now() < until) {
      await clock.sleep(PAUSE_MS, signal);
      reads = await readEachChannel(store.state, names);
      results = resultsOf(reads, test);
    }
    const isGood = results.every(({ state }) => state === 'accepted');
    return {
      data: { test, channels: results },
      doubts: doubtsAbout(reads),
      table: {
        columns: ['Channel', 'State', 'Last'],
        rows: results.map(({ channel: name, state, last }) => [name, state, last]),
      },
      ...(isGood ? {} : { exit: 'failed' as const }),
    };
  },
});

function resultsOf(reads: readonly ChannelRead[], test: string) {
  return reads.map((read) => {
    const { channel } = read;
    if ('unreadable' in read) return { channel, state: 'unknown', last: read.unreadable.code };
    const { pending, receipts } = read.memory;
    const thread = testThread(test, channel);
    const waiting = pending.find(({ message }) => message.thread === thread);
    const ended = receipts.filter((one) => one.thread === thread);
    // A mail may be accepted for one receiver, and refused for another.
    const end = ended.find(({ outcome }) => outcome !== 'accepted') ?? ended[0];
    const last = (waiting ?? end)?.tries.at(-1)?.result ?? '';
    return { channel, state: waiting === undefined ? (end?.outcome ?? 'waiting') : 'waiting', last };
  });
}
