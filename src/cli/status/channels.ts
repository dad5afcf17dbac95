/** The channels to people, as `status` and `doctor` look at them: whether anything gets through. */
import { definedOnly } from '../../core/defined-only.ts';
import type { ChannelState } from '../../features/notify/model/channel-state.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { counted, when } from '../connect/warden-options.ts';
import { duration } from '../frame/duration.ts';
import { readChannels } from '../notify/channels.ts';

/** How a channel stands. `unconfirmed`: its service has never accepted a message. */
export interface ChannelStatus {
  readonly channel: string;
  readonly state: 'accepting' | 'failing' | 'unconfirmed';
  /** Messages that wait for it. */
  readonly waiting: number;
  /** ISO 8601. */
  readonly lastAcceptedAt?: string;
  readonly failingSince?: string;
  readonly lastError?: string;
}

/** Every channel of the settings. Fails with `state-corrupt` or a storage code. */
export async function channelStatuses({ notify }: Config, store: Store): Promise<readonly ChannelStatus[]> {
  const names = notify.channels.map(({ name }) => name);
  return (await readChannels(store, names)).map(statusOf);
}

function statusOf({
  channel,
  accepted,
  pending,
  failingSince,
  lastAcceptedAt,
  lastError,
}: ChannelState): ChannelStatus {
  const state = failingSince !== undefined ? 'failing' : accepted === 0 ? 'unconfirmed' : 'accepting';
  const facts = {
    lastAcceptedAt: when(lastAcceptedAt),
    failingSince: when(failingSince),
    ...(state === 'failing' ? { lastError } : {}),
  };
  return { channel, state, waiting: pending.length, ...definedOnly(facts) };
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
