/** The channels to people, as `status` and `doctor` look at them: whether anything gets through. */
import { type ChannelStatus, channelStatusOf } from '../../features/notify/model/channel-status.ts';
import { type ChannelRead, readEachChannel } from '../../features/notify/model/read-channel.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { counted, when } from '../connect/warden-options.ts';
import { duration } from '../frame/duration.ts';

/** How a channel stands, or that this is not known. */
export type ChannelStanding =
  | ChannelStatus
  | { readonly channel: string; readonly state: 'unknown'; readonly why: string };

/** How each stands; one whose memory cannot be read costs no other. */
export function standingsOf(reads: readonly ChannelRead[], now: number): readonly ChannelStanding[] {
  return reads.map((one) =>
    'memory' in one
      ? channelStatusOf(one.memory, now)
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

/** What is wrong with a channel, and the command that says more. */
interface Trouble {
  readonly what: string;
  readonly command: string;
}

/** What is wrong with a channel, in a sentence; undefined when nothing is, or nothing is known of it. */
export function troubleOf(status: ChannelStanding, now: number): Trouble | undefined {
  if (status.state === 'unknown') return undefined;
  const { channel, state, failingSince, lastError, heldUp } = status;
  const waiting = waitingWords(status, now);
  const test = `hsm-warden notify test ${channel}`;
  switch (state) {
    case 'accepting':
      if (heldUp === undefined) return undefined;
      return { what: `${waiting} (${heldUp.why})`, command: `hsm-warden notify list ${channel}` };
    case 'unconfirmed':
      return { what: joined('its service has never accepted a message', waiting), command: test };
    case 'failing': {
      const age = ageOf(failingSince ?? '', now);
      return { what: joined(`it has accepted nothing for ${age} (${lastError})`, waiting), command: test };
    }
  }
}

function waitingWords({ waiting, heldUp }: ChannelStatus, now: number): string {
  if (waiting === 0) return '';
  if (heldUp === undefined) return `${counted(waiting, 'message')} wait${waiting === 1 ? 's' : ''}`;
  const { count, since } = heldUp;
  const held = `${counted(count, 'message')} ${count === 1 ? 'is held up' : 'are held up, the oldest'}`;
  return `${held} since ${when(Date.parse(since))} (${ageOf(since, now)})`;
}

function joined(what: string, waiting: string): string {
  return waiting === '' ? what : `${what}; ${waiting}`;
}

function ageOf(since: string, now: number): string {
  return duration(Math.max(0, now - Date.parse(since)));
}
