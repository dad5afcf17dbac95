/** The events of the notifications themselves: a channel that takes nothing is heard of on the others, on the topic and in the log. */
import { z } from 'zod';
import { type CloudEvent, eventIdOf } from '../../../core/events/cloud-event.ts';
import { defineEvent, toCloudEvent } from '../../../core/events/define-event.ts';
import { epochOf, isoTime } from '../../../core/time.ts';
import { CHANNEL } from './channel-state.ts';
import { MEMORY_LOST } from './memory-lost.ts';
import type { Fact } from './message.ts';
import type { Occurrence } from './occurrence.ts';

const ChannelData = z.strictObject({
  channel: z.string().min(1),
  /** Since when nothing was accepted that should have been. */
  since: z.iso.datetime(),
  /** The last error, by its code and a word. */
  error: z.string().exactOptional(),
  /** Messages that wait; absent where that is not known. */
  waiting: z.int().nonnegative().exactOptional(),
  /** Messages that were refused or given up: then it is these that are reported, and the channel may work. */
  lost: z.int().positive().exactOptional(),
  /** Messages that are not taken for now, while others are: then it is these that are reported. With the channel that works, none. */
  behind: z.int().nonnegative().exactOptional(),
});

const CHANNEL_FAILING = defineEvent({
  kind: 'notification-channel-failing',
  type: 'HsmWarden.NotificationChannelFailing',
  data: ChannelData,
  subject: z.string(),
  severity: 'high',
});
const CHANNEL_WORKING = defineEvent({
  kind: 'notification-channel-working',
  type: 'HsmWarden.NotificationChannelWorking',
  data: ChannelData,
  subject: z.string(),
  severity: 'notice',
});

/** Every event of the notifications. */
export const NOTIFY_EVENTS = [CHANNEL_FAILING, CHANNEL_WORKING, MEMORY_LOST] as const;

/** What is known of the channel. Times are epoch milliseconds. */
export interface ChannelTrouble {
  readonly channel: string;
  readonly since: number;
  readonly error?: string;
  readonly waiting?: number;
  readonly lost?: number;
  readonly behind?: number;
  /** Tells it from another trouble of the channel, where `since` does not. */
  readonly trouble?: string;
}

/** The error of a channel of which nothing is known, for what is remembered of it cannot be read. */
export const UNREADABLE = 'state-corrupt';

/** The error of a channel whose entry in the settings cannot be read: what an attempt to use it fails with. */
export const UNUSABLE = 'channel-misconfigured (settings)';

/** The event that a channel fails, or works again; of one trouble it has always the same id. */
export function channelEvent(state: 'failing' | 'working', trouble: ChannelTrouble, at: number): CloudEvent {
  const { channel, since, trouble: name = since, ...rest } = trouble;
  return toCloudEvent({
    id: eventIdOf(`channel ${channel} ${state} ${name}`),
    type: (state === 'failing' ? CHANNEL_FAILING : CHANNEL_WORKING).type,
    subject: `channels/${channel}`,
    time: isoTime(at),
    data: { channel, since: isoTime(since), ...rest },
  });
}

/** What an event of this file means; undefined when it is none. */
export function sayChannel(event: {
  readonly type: string;
  readonly data: object;
}): Omit<Occurrence, 'id' | 'at' | 'severity'> | undefined {
  const parsed = ChannelData.safeParse(event.data);
  const isFailing = event.type === CHANNEL_FAILING.type;
  if (!parsed.success || !(isFailing || event.type === CHANNEL_WORKING.type)) return undefined;
  const { channel, since, error, waiting, lost, behind } = parsed.data;
  const facts = [
    { label: 'Since', at: epochOf(since) },
    ...(error === undefined ? [] : [{ label: 'Error', text: error }]),
    ...(waiting === undefined ? [] : [{ label: 'Messages waiting', text: String(waiting) }]),
  ];
  if (isFailing && lost !== undefined) return sayLost(channel, lost, facts);
  if (behind !== undefined) return sayBehind(channel, isFailing ? behind : 0, facts);
  return {
    family: 'channel',
    subject: channel,
    effect: isFailing ? 'open' : 'resolve',
    lasting: isFailing,
    rank: isFailing ? 0 : 1,
    what: isFailing
      ? `The notification channel ${channel} accepts no messages: people are not reached through it.`
      : `The notification channel ${channel} accepts messages again.`,
    todo: isFailing ? whatToDo(channel, error) : 'Nothing is left to do.',
    turn: isFailing ? 'whoever runs HSM Warden' : 'nobody',
    facts,
  };
}

/** Whether a thread of the family `channel` is about this channel, of whichever trouble: it is not sent there. */
export function isAboutChannel(members: Readonly<Record<string, unknown>>, channel: string): boolean {
  return [channel, lostSubject(channel), behindSubject(channel)].some((one) => Object.hasOwn(members, one));
}

/** It is no name of a channel. */
function lostSubject(channel: string): string {
  return `${channel} lost`;
}

/** Nor is this. What waits on a channel that takes other messages. */
export function behindSubject(channel: string): string {
  return `${channel} behind`;
}

/** An incident beside that of a channel that accepts nothing: it is over with the report, and the channel's own end does not end it. */
function sayLost(channel: string, lost: number, facts: Fact[]): Omit<Occurrence, 'id' | 'at' | 'severity'> {
  const what =
    lost === 1
      ? 'lost 1 message: its service refused it, or it was given up after a day.'
      : `lost ${lost} messages: its service refused them, or they were given up after a day.`;
  return {
    family: 'channel',
    subject: lostSubject(channel),
    effect: 'open',
    lasting: false,
    rank: 0,
    what: `The notification channel ${channel} ${what}`,
    todo: 'See which, and why, and look there for what they say: hsm-warden notify list',
    turn: 'whoever runs HSM Warden',
    facts,
  };
}

/** An incident beside that of a channel that accepts nothing, as long as some messages wait. */
function sayBehind(
  channel: string,
  count: number,
  facts: Fact[],
): Omit<Occurrence, 'id' | 'at' | 'severity'> {
  const isOpen = count > 0;
  const messages = count === 1 ? '1 message is' : `${count} messages are`;
  return {
    family: 'channel',
    subject: behindSubject(channel),
    effect: isOpen ? 'open' : 'resolve',
    lasting: isOpen,
    rank: isOpen ? 0 : 1,
    what: isOpen
      ? `On the notification channel ${channel} ${messages} not accepted, again and again, while others are: somebody may not be reached.`
      : `On the notification channel ${channel} no message is held up any more.`,
    todo: isOpen
      ? `See which, for whom, and why: hsm-warden notify list ${channel}. After a day it is given up.`
      : 'Nothing is left to do.',
    turn: isOpen ? 'whoever runs HSM Warden' : 'nobody',
    facts,
  };
}

function whatToDo(channel: string, error: string | undefined): string {
  if (error === UNUSABLE)
    return `Correct its entry in WARDEN_NOTIFY_CHANNELS (hsm-warden doctor says what is wrong), restart the apps, and try it: hsm-warden notify test ${channel}`;
  if (error !== UNREADABLE)
    return `See the error, put it right, and try it: hsm-warden notify test ${channel}`;
  const { name, advice } = CHANNEL;
  return `${name({ kind: 'notify-channel', channel })} (notify/channels/${channel}.json in the state container) cannot be read. ${advice}`;
}
