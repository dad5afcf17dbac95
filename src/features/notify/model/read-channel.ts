/** What is remembered of a channel, for whoever shows it. */
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { readDocument } from '../../../core/documents/update-document.ts';
import { CHANNEL, type ChannelState, noMessages } from './channel-state.ts';

/** The memory of a channel. Fails with `state-corrupt` or a storage code. */
export async function readChannelState(state: DocumentStore, channel: string): Promise<ChannelState> {
  const { value } = await readDocument(state, CHANNEL, { kind: 'notify-channel', channel });
  return value ?? noMessages(channel);
}
