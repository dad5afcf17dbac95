/** Whom a message on a channel is for: the channel's own receivers, by its filter, and the people whom a request concerns. */
import { type AnyChannel, isMail } from '../model/channel-entry.ts';
import type { Reach } from './approvals.ts';

/** Some of those whom a channel reaches. */
export interface Audience {
  /** Under which a thread remembers what they have got. */
  readonly key: string;
  /** Whether it is for them whatever the channel's filter says. */
  readonly isReached: boolean;
  /** Addresses; none: the channel's own receivers. */
  readonly recipients: readonly string[];
}

/** The audiences of a channel. Nobody is in two of them. */
export function audiencesOf(channel: AnyChannel, reach: Reach): readonly Audience[] {
  const { name } = channel;
  const isReached = reach.channels.includes(name);
  if (!isReached || !('to' in channel) || !isMail(channel) || reach.people.length === 0)
    return [{ key: name, isReached, recipients: [] }];
  const people = new Set(reach.people.map((address) => address.toLowerCase()));
  const others = channel.to.filter((address) => !people.has(address.toLowerCase()));
  return [
    // It is no name of a channel.
    { key: `${name} people`, isReached: true, recipients: reach.people },
    ...(others.length === 0
      ? []
      : [{ key: name, isReached: false, recipients: others.length === channel.to.length ? [] : others }]),
  ];
}
