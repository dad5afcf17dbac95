/** What is remembered of the incidents of one HSM, or of the product itself, and the messages on their way to the channels. */
import { z } from 'zod';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { Severity } from '../../../core/events/severity.ts';
import { ChannelName, Family } from './channel-entry.ts';
import { Message, Time } from './message.ts';
import { Approval, Saying } from './occurrence.ts';

/** One subject of an incident. */
const Member = z.strictObject({
  state: z.enum(['open', 'resolved', 'ended']),
  severity: Severity,
  lasting: z.boolean(),
  /** When the last event about it happened, and its rank among those of one moment. */
  at: Time,
  rank: z.int(),
  /** The last events about it: another delivery of one of them changes nothing. */
  ids: z.array(z.string()),
  key: z.string().exactOptional(),
  saying: Saying,
});
export type Member = z.infer<typeof Member>;

/** Something that happened since the last message. */
const News = z.strictObject({ subject: z.string(), at: Time, what: z.string(), severity: Severity });
export type News = z.infer<typeof News>;

/** A request that waits for people. */
const Waiting = z.strictObject({
  ...Approval.shape,
  askedAt: Time,
  /** How many reminders there were. */
  reminders: z.int().nonnegative(),
  /** Every group that was asked. */
  asked: z.array(z.string()),
});

/** One incident, and its thread of messages. */
const Thread = z.strictObject({
  id: z.string(),
  family: Family,
  hsm: z.string().exactOptional(),
  openedAt: Time,
  members: z.record(z.string(), Member),
  news: z.array(News),
  /** How much happened beyond what is in `news`. */
  newsBefore: z.int().nonnegative(),
  /** When the oldest of the news came in. */
  newsSince: Time.exactOptional(),
  /** When the next message about news is due. */
  dueAt: Time.exactOptional(),
  /** Messages so far, by channel. */
  sent: z.record(z.string(), z.strictObject({ first: Time, last: Time, count: z.int() })),
  messages: z.int().nonnegative(),
  lastMessageAt: Time.exactOptional(),
  /** Highest severity of a message so far. */
  told: Severity.exactOptional(),
  repeats: z.int().nonnegative(),
  repeatAt: Time.exactOptional(),
  /** When it last grew worse, which ends an acknowledgement. */
  worseAt: Time.exactOptional(),
  acknowledgedAt: Time.exactOptional(),
  waiting: Waiting.exactOptional(),
  closedAt: Time.exactOptional(),
});
export type Thread = z.infer<typeof Thread>;

/** A message for a channel; `n` counts the messages of this document to that channel, and orders them. */
const Outgoing = z.strictObject({ channel: ChannelName, n: z.int().positive(), message: Message });
export type Outgoing = z.infer<typeof Outgoing>;

/** The incidents of one scope. Times are epoch milliseconds. */
const IncidentState = z.strictObject({
  format: z.literal(1),
  scope: z.string(),
  threads: z.record(z.string(), Thread),
  /** Ends that came before their beginnings, by family and subject. */
  early: z.record(z.string(), Time),
  /** The number of the last message, by channel. */
  numbers: z.record(z.string(), z.int()),
  outbox: z.array(Outgoing),
  /** The last tests by name, so that the same one is sent once. */
  tests: z.array(z.string()),
});
export type IncidentState = z.infer<typeof IncidentState>;

/** The scope of what belongs to no HSM. */
export const PRODUCT_SCOPE = 'product';

/** The scope of an HSM. */
export function scopeOf(hsm: string | undefined): string {
  return hsm === undefined ? PRODUCT_SCOPE : `hsm-${hsm.toLowerCase()}`;
}

/** Nothing has happened. */
export function noIncidents(scope: string): IncidentState {
  return { format: 1, scope, threads: {}, early: {}, numbers: {}, outbox: [], tests: [] };
}

/** How the incidents of a scope are stored. */
export const INCIDENTS: DocumentType<'notify-incidents', IncidentState> = {
  kind: 'notify-incidents',
  schema: IncidentState,
  name: ({ scope }) => `The memory of the incidents of ${scope}`,
  advice:
    'Keep a copy, then delete it: incidents begin again with the next event, as new threads. The app that sends does so automatically, unless a later version of the product wrote it.',
  check: (state, { scope }) => (state.scope === scope ? undefined : `it says it is of ${state.scope}`),
};
