/** What is remembered of one channel: the messages that wait for it, and a receipt of each that has ended. */
import { z } from 'zod';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { ChannelName } from './channel-entry.ts';
import { Message, Time } from './message.ts';

/** One attempt to send. */
const Attempt = z.strictObject({
  at: Time,
  /** What became of it: `accepted`, or an error code with a word. */
  result: z.string(),
  status: z.int().exactOptional(),
});

/** A message that waits until it is accepted. */
const Pending = z.strictObject({
  message: Message,
  queuedAt: Time,
  attempts: z.int().nonnegative(),
  /** Not before this time. */
  nextAt: Time,
  /** The last attempts, oldest first. */
  tries: z.array(Attempt),
  /** It is for one receiver, who is behind the others: it holds up none of theirs. */
  alone: z.literal(true).exactOptional(),
});
export type Pending = z.infer<typeof Pending>;

/** How a message ended. `accepted` is what the service said; nobody knows whether it was read. */
const Receipt = z.strictObject({
  id: z.string(),
  thread: z.string(),
  reference: z.string(),
  kind: z.string(),
  severity: z.string(),
  title: z.string(),
  /** Whose it was, where it was one receiver's alone. */
  receiver: z.string().exactOptional(),
  queuedAt: Time,
  endedAt: Time,
  attempts: z.int().nonnegative(),
  outcome: z.enum(['accepted', 'refused', 'expired', 'replaced']),
  tries: z.array(Attempt),
});
export type Receipt = z.infer<typeof Receipt>;

/** A message that was accepted, and of which the service says later whether it was sent. */
const Awaited = z.strictObject({
  /** Its own copy: many others may end before the service knows. */
  receipt: Receipt,
  /** How often the service was asked. */
  looks: z.int().nonnegative(),
  /** It is not asked before this time. */
  nextAt: Time,
});
export type Awaited = z.infer<typeof Awaited>;

/** The memory of a channel. */
const ChannelState = z.strictObject({
  format: z.literal(1),
  channel: ChannelName,
  /** In older documents, which counted what they had taken. Nothing is decided by it. */
  taken: z.record(z.string(), z.int()).exactOptional(),
  pending: z.array(Pending),
  /** The last that ended, oldest first. */
  receipts: z.array(Receipt),
  /** Accepted messages whose outcome is not known yet, oldest first. */
  awaited: z.array(Awaited).exactOptional(),
  accepted: z.int().nonnegative(),
  /** The channel as a whole takes nothing before this time. */
  notBefore: Time,
  /** Failures in a row that are the channel's and not a message's. */
  failures: z.int().nonnegative(),
  lastAcceptedAt: Time.exactOptional(),
  /** Since when something has failed without anything being accepted after it. */
  failingSince: Time.exactOptional(),
  lastError: z.string().exactOptional(),
  /** The trouble that was reported: its beginning. */
  reported: Time.exactOptional(),
  /** When lost messages were reported, and the id of the last of them: those with a receipt after it are not reported yet. */
  lostReported: z.strictObject({ at: Time, id: z.string() }).exactOptional(),
});
export type ChannelState = z.infer<typeof ChannelState>;

/** Nothing was ever sent. */
export function noMessages(channel: string): ChannelState {
  return {
    format: 1,
    channel,
    pending: [],
    receipts: [],
    accepted: 0,
    notBefore: 0,
    failures: 0,
  };
}

/** How the memory of a channel is stored. */
export const CHANNEL: DocumentType<'notify-channel', ChannelState> = {
  kind: 'notify-channel',
  schema: ChannelState,
  name: ({ channel }) => `The messages of the channel ${channel}`,
  advice: 'Keep a copy, then delete it: what waits in it is not sent, later messages are.',
  check: (state, { channel }) =>
    state.channel === channel ? undefined : `it says it is of ${state.channel}`,
};
