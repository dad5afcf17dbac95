/** What the commands about notifications share: the channels of the settings and what is to be said of them. */
import type { ChannelRead } from '../../features/notify/model/read-channel.ts';
import type { Config } from '../../platform/config/config.ts';
import { UsageError } from '../frame/failures.ts';

/** The names of the channels that a command is about: the one that was named, or all of the settings. Fails with UsageError. */
export function chosenChannels({ notify }: Config, name: string | undefined): readonly string[] {
  const names = notify.channels.map((channel) => channel.name);
  if (names.length === 0) {
    throw new UsageError(
      'The settings name no channel: the product itself notifies nobody.',
      'WARDEN_NOTIFY_CHANNELS names channels: docs/notifications.md.',
    );
  }
  if (name === undefined) return names;
  if (names.includes(name)) return [name];
  throw new UsageError(
    `The settings name no channel ${name}.`,
    `WARDEN_NOTIFY_CHANNELS names: ${names.join(', ')}.`,
  );
}

/** What is to be said of the channels whose memory cannot be read, before anything else. */
export function doubtsAbout(reads: readonly ChannelRead[]): readonly string[] {
  const torn = reads.flatMap((one) => ('unreadable' in one ? [one] : []));
  if (torn.length === 0) return [];
  const names = torn.map(({ channel }) => channel).join(', ');
  return [
    `CANNOT TELL: the channels to people could not be read: ${names} (state-corrupt)`,
    ...torn.flatMap(({ unreadable: { message, advice } }) => [
      `  ${message} (state-corrupt)`,
      ...(advice === undefined ? [] : [`  -> ${advice}`]),
    ]),
  ];
}
