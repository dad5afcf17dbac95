/** Checks the channels to people: that each of their services has accepted something, and still does. */
import { readSecretsFile } from '../../adapters/notify/open-channels.ts';
import { type ChannelStatus, channelStatusOf } from '../../features/notify/model/channel-status.ts';
import type { QueueStatus } from '../../features/notify/model/queue-status.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { readChannels, troubleOf } from '../status/channels.ts';
import { queueTroubleOf, readQueued } from '../status/queued.ts';
import { attempt, type Finding, fail, ok, unknown, warn } from './check.ts';

const FILE = 'WARDEN_NOTIFY_SECRETS_FILE';
const FIX = 'Give a JSON object of texts by channel: docs/notifications.md';

/** A finding for each channel of the settings, and for the queue before them. */
export async function checkChannels(config: Config, store: Store, now: number): Promise<readonly Finding[]> {
  if (config.notify.channels.length === 0) return [];
  const queue = await attempt('notify', 'queue', 'Look at the queues of the backup app.', async () =>
    queueFindings(await readQueued(store, now), now),
  );
  const channels = await attempt('notify', 'channels', 'Look at the container of the state.', async () =>
    (await readChannels(config, store)).map((read) => {
      const { channel } = read;
      if ('unreadable' in read) {
        const { code, message, advice = 'Look at the container of the state.' } = read.unreadable;
        return unknown('notify', channel, `${message} (${code})`, advice);
      }
      const status = channelStatusOf(read.memory, now);
      const trouble = troubleOf(status, now);
      return trouble === undefined
        ? ok('notify', channel, `it accepted a message last at ${status.lastAcceptedAt}`)
        : fail('notify', channel, trouble.what, fixOf(status, trouble.command));
    }),
  );
  return [...channels, ...queue];
}

/** Nothing is said of a queue in which nothing is held up. */
function queueFindings(queued: QueueStatus | undefined, now: number): readonly Finding[] {
  const trouble = queued && queueTroubleOf(queued, now);
  if (trouble === undefined) return [];
  return [fail('notify', 'queue', trouble, 'Start the backup app, and look at its log')];
}

function fixOf({ state }: ChannelStatus, command: string): string {
  return state === 'accepting'
    ? `See which, for whom, and whether the backup app runs: ${command}`
    : `See why, and try it: ${command}`;
}

/** What is wrong with the secrets of the channels, where the settings at hand have them: the app starts without them. */
export function checkSecrets({ notify, faults }: Pick<Config, 'notify' | 'faults'>): readonly Finding[] {
  const { secrets, secretsFile } = notify;
  const given = { WARDEN_NOTIFY_SECRETS: secrets, ...inFile(secretsFile) };
  const twice = faults.filter(({ setting }) => setting === FILE);
  return [
    ...twice.map(({ found, expected }) => warn('settings', FILE, `${found} are set`, `Set ${expected}`)),
    ...Object.entries(given).flatMap(([name, { fault }]) =>
      fault === undefined ? [] : [fail('settings', name, `it ${fault}`, FIX)],
    ),
  ];
}

function inFile(path: string | undefined) {
  return path === undefined ? {} : { [FILE]: readSecretsFile(path) };
}
