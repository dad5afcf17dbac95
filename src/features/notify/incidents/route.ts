/** Which channel wants to hear of what. */
import { matches } from '../../../core/model/selection.ts';
import type { AnyChannel } from '../model/channel-entry.ts';
import type { Member, Thread } from '../model/incident-state.ts';
import { weightOf } from './severities.ts';

/** The part of a channel's entry that says what it wants. */
export type ChannelFilter = Pick<AnyChannel, 'name' | 'severity' | 'kinds' | 'hsms' | 'keys'>;

/** Whether the channel wants to hear of this subject, however much it matters. */
export function concerns(
  filter: ChannelFilter,
  { family, hsm }: Pick<Thread, 'family' | 'hsm'>,
  { key }: Pick<Member, 'key'>,
): boolean {
  if (filter.kinds !== undefined && !filter.kinds.includes(family)) return false;
  if (filter.hsms !== undefined && !(hsm !== undefined && matchesAny(hsm, filter.hsms))) return false;
  return filter.keys === undefined || (key !== undefined && matchesAny(key, filter.keys));
}

/** Whether something of the severity that `member` has, or had, is enough for the channel. */
export function isGraveEnough({ severity }: ChannelFilter, grave: Member['severity']): boolean {
  return weightOf(grave) >= weightOf(severity);
}

function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(name, pattern));
}
