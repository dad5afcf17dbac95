/** What is remembered of a channel, for whoever shows it. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { readDocument } from '../../../core/documents/update-document.ts';
import { isWardenError, type WardenError } from '../../../core/errors.ts';
import { CHANNEL, type ChannelState, noMessages } from './channel-state.ts';

/** The memory of a channel. Fails with `state-corrupt` or a storage code. */
export async function readChannelState(state: DocumentStore, channel: string): Promise<ChannelState> {
  const { value } = await readDocument(state, CHANNEL, { kind: 'notify-channel', channel });
  return value ?? noMessages(channel);
}

/** A channel that was looked at: what is remembered of it, or why that cannot be read. */
export type ChannelRead =
  | { readonly channel: string; readonly memory: ChannelState }
  | { readonly channel: string; readonly unreadable: WardenError };

/** Each of `channels`, in that order: one whose document is damaged costs no other. Fails with a storage code. */
export function readEachChannel(
  state: DocumentStore,
  channels: readonly string[],
): Promise<readonly ChannelRead[]> {
  return Promise.all(
    channels.map(async (channel): Promise<ChannelRead> => {
      try {
        return { channel, memory: await readChannelState(state, channel) };
      } catch (error) {
        if (!isWardenError(error, 'state-corrupt')) throw error;
        return { channel, unreadable: error };
      }
    }),
  );
}
