/** What the commands about notifications share: the channels of the settings and their memories. */
import type { ChannelState } from '../../features/notify/model/channel-state.ts';
import { readChannelState } from '../../features/notify/model/read-channel.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
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

/** The memories of channels, in the order given. */
export async function readChannels(
  { state }: Store,
  names: readonly string[],
): Promise<readonly ChannelState[]> {
  return Promise.all(names.map((name) => readChannelState(state, name)));
}
