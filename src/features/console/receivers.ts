/** Whether people are reached: what became of the last message on each channel of the settings. */
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { attemptsOf } from '../notify/model/attempts.ts';
import { channelStatusOf } from '../notify/model/channel-status.ts';
import { readChannelState } from '../notify/model/read-channel.ts';
import type { Home } from './model/home.ts';
import type { Receiver } from './model/settings.ts';

/** Attempts of each channel that are shown. */
const ATTEMPTS = 20;

/** The channels in the order given; one whose memory cannot be read is unknown, and the others are shown. */
export function readReceivers(
  store: DocumentStore,
  channels: readonly string[],
  now: number,
): Promise<Receiver[]> {
  return Promise.all(
    channels.map(async (channel): Promise<Receiver> => {
      try {
        const memory = await readChannelState(store, channel);
        return { ...channelStatusOf(memory, now), attempts: [...attemptsOf(memory, ATTEMPTS)] };
      } catch (error) {
        if (!isWardenError(error)) throw error;
        return { channel, state: 'unknown', why: error.message };
      }
    }),
  );
}

/** Those of whom somebody must hear: messages are held up, or nothing is known of the channel. */
export function heldUpOf(receivers: readonly Receiver[]): Home['channels'] {
  return receivers.flatMap(({ channel, state, heldUp, why }): Home['channels'] => {
    if (state === 'unknown') return [{ channel, ...definedOnly({ unknown: why }) }];
    return heldUp === undefined ? [] : [{ channel, heldUp }];
  });
}
