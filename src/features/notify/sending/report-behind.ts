/** Reports messages, or parts of one, that a channel's service does not take for now while it takes others. */
import type { ChannelState, Pending } from '../model/channel-state.ts';
import { HELD_UP_MS } from '../model/channel-status.ts';
import { behindSubject, channelEvent } from '../model/events.ts';
import { openMember } from './open-member.ts';
import type { ReportDeps } from './report-unreadable.ts';

/**
 * Publishes that messages wait which were tried for a quarter of an hour, while the channel takes others, and that none does any
 * more. What was reported is known by the incident. Fails as the bus does, or with a storage code.
 */
export async function reportBehind(deps: ReportDeps, state: ChannelState): Promise<void> {
  const { bus, clock, logger, signal } = deps;
  const { channel, failingSince, pending } = state;
  // Then nothing is taken, which is reported as that.
  if (failingSince !== undefined) return;
  const now = clock.now();
  const behind = behindOf(state, now);
  const [oldest] = behind;
  const incident = await openMember(deps.state, behindSubject(channel));
  if ((oldest === undefined) === (incident === undefined)) return;
  const trouble = {
    channel,
    since: oldest?.queuedAt ?? incident?.at ?? now,
    waiting: pending.length,
    behind: behind.length,
    trouble: `behind ${oldest?.message.id ?? incident?.ids.at(-1) ?? ''}`,
    ...(oldest === undefined ? {} : { error: oldest.tries.at(-1)?.result ?? '' }),
  };
  const event = channelEvent(oldest === undefined ? 'working' : 'failing', trouble, now);
  await bus.send([event], { logger, signal });
}

/** Oldest first. After a time in which nothing was taken, what was not tried again since then is not meant. */
function behindOf({ pending, lastAcceptedAt = 0, receipts }: ChannelState, now: number): readonly Pending[] {
  const firstAccepted = (from: number) =>
    receipts.find(({ outcome, endedAt }) => outcome === 'accepted' && endedAt >= from)?.endedAt ??
    lastAcceptedAt;
  return pending.filter(({ attempts, queuedAt, tries }) => {
    const passedAt = firstAccepted(queuedAt);
    const triedAt = tries.at(-1)?.at ?? 0;
    return attempts > 1 && passedAt >= queuedAt && triedAt > passedAt && now - passedAt >= HELD_UP_MS;
  });
}
