/** The channels to people, as `status` and `doctor` look at them: whether anything gets through. */
import { type ChannelStatus, channelStatusOf } from '../../features/notify/model/channel-status.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { counted } from '../connect/warden-options.ts';
import { duration } from '../frame/duration.ts';
import { readChannels } from '../notify/channels.ts';

/** Every channel of the settings. Fails with `state-corrupt` or a storage code. */
export async function channelStatuses({ notify }: Config, store: Store): Promise<readonly ChannelStatus[]> {
  const names = notify.channels.map(({ name }) => name);
  return (await readChannels(store, names)).map(channelStatusOf);
}

/** What is wrong with a channel, in a sentence; undefined when nothing is. */
export function troubleOf(
  { state, waiting, failingSince, lastError }: ChannelStatus,
  now: number,
): string | undefined {
  const wait = waiting === 0 ? '' : `; ${counted(waiting, 'message')} wait${waiting === 1 ? 's' : ''}`;
  if (state === 'accepting') return undefined;
  if (state === 'unconfirmed') return `its service has never accepted a message${wait}`;
  const ms = now - Date.parse(failingSince ?? '');
  return `it has accepted nothing for ${duration(Math.max(0, ms))} (${lastError})${wait}`;
}
