/** A message to people, before a channel gives it its form: plain text, times as numbers, one link at most. */
import { z } from 'zod';
import { eventIdOf } from '../../../core/events/cloud-event.ts';
import { Severity } from '../../../core/events/severity.ts';

/** Epoch milliseconds. */
export const Time = z.int().nonnegative();

/** One thing worth knowing: a text, or a moment, which the channel shows in the receiver's own time where it can. */
export const Fact = z.union([
  z.strictObject({ label: z.string(), text: z.string() }),
  z.strictObject({ label: z.string(), at: Time }),
]);
export type Fact = z.infer<typeof Fact>;

/** A key of an incident with many. */
const KeyLine = z.strictObject({
  key: z.string(),
  severity: Severity,
  state: z.enum(['open', 'resolved']),
  until: Time.exactOptional(),
});
export type KeyLine = z.infer<typeof KeyLine>;

/** What a message is in the thread of its incident. */
export const MESSAGE_KINDS = ['new', 'update', 'repeat', 'reminder', 'resolved', 'test'] as const;

/** Longest title; a PagerDuty summary and a Slack header hold it. Characters. */
export const LONGEST_TITLE = 140;

/** A message, as it waits for its channel. It holds no key material, token, digest or address of an action. */
export const Message = z.strictObject({
  /** The same whenever this message is sent again. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** The incident: the same in every message about it. */
  thread: z.string().regex(/^[0-9a-f]{16}$/),
  /** Names the incident for people: `HW-3F2A91`. */
  reference: z.string(),
  kind: z.enum(MESSAGE_KINDS),
  severity: Severity,
  at: Time,
  /** When the first message about the incident was made. */
  firstAt: Time,
  title: z.string().max(LONGEST_TITLE),
  /** What happened, a sentence each, oldest first. */
  lines: z.array(z.string()),
  facts: z.array(Fact),
  /** The most urgent keys, where there are several, and how many more there are. */
  keys: z.array(KeyLine),
  moreKeys: z.int().nonnegative(),
  /** What to do, and whose turn it is. */
  todo: z.string(),
  turn: z.string(),
  /** Until when something can be done. */
  until: Time.exactOptional(),
  link: z.string().exactOptional(),
  /** Addresses of the people it is for, on a channel that can address them; otherwise the channel's own receivers. */
  recipients: z.array(z.string()).exactOptional(),
});
export type Message = z.infer<typeof Message>;

/**
 * The id of message number `n` of a scope to a channel. The time is part of it: numbers are used again where the incidents
 * were forgotten or an older copy of them was restored, and receivers drop what has an id they know.
 */
export function messageId(
  scope: string,
  { thread, at }: Pick<Message, 'thread' | 'at'>,
  channel: string,
  n: number,
): string {
  return eventIdOf(`message ${scope} ${thread} ${channel} ${n} ${at}`);
}

/** How an incident is called among people, by the id of its thread. */
export function referenceOf(thread: string): string {
  return `HW-${thread.slice(0, 6).toUpperCase()}`;
}

/** `text` in at most `most` characters, cut between code points. */
export function short(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > most - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** `text` on one line and without what could steer a terminal or a reader's eye: control characters and changes of direction. */
export function plain(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu, ' ')
    .trim();
}
