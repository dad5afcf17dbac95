/** The channels to people, as `status` and `doctor` look at them: whether anything gets through. */
import { type ChannelStatus, channelStatusOf } from '../../features/notify/model/channel-status.ts';
import { type ChannelRead, readEachChannel } from '../../features/notify/model/read-channel.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { counted } from '../connect/warden-options.ts';
import { duration } from '../frame/duration.ts';

/** How a channel stands, or that this is not known. */
export type ChannelStanding =
  | ChannelStatus
  | { readonly channel: string; readonly state: 'unknown'; readonly why: string };

/** How each stands; one whose memory cannot be read costs no other. */
export function standingsOf(reads: readonly ChannelRead[]): readonly ChannelStanding[] {
  return reads.map((one) =>
    'memory' in one
      ? channelStatusOf(one.memory)
      : { channel: one.channel, state: 'unknown', why: one.unreadable.message },
  );
}

/** What is remembered of every channel of the settings. Fails with a storage code. */
export function readChannels({ notify }: Config, { state }: Store): Promise<readonly ChannelRead[]> {
  return readEachChannel(
    state,
    notify.channels.map(({ name }) => name),
  );
}

/** What is wrong with a channel, in a sentence; undefined when nothing is, or nothing is known of it. */
export function troubleOf(status: ChannelStanding, now: number): string | undefined {
  if (status.state === 'accepting' || status.state === 'unknown') return undefined;
  const { state, waiting, failingSince, lastError } = status;
  const wait = waiting === 0 ? '' : `; ${counted(waiting, 'message')} wait${waiting === 1 ? 's' : ''}`;
  if (state === 'unconfirmed') return `its service has never accepted a message${wait}`;
  const ms = now - Date.parse(failingSince ?? '');
  return `it has accepted nothing for ${duration(Math.max(0, ms))} (${lastError})${wait}`;
}
