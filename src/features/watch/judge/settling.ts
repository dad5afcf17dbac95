/** Keys that may be on their way from one region of an HSM to the other: until every region must have them, nothing is called gone. */
import { CLOCK_SKEW_MS } from '../../../core/time.ts';
import type { JudgeContext } from '../model/context.ts';
import type { KnownKey } from '../model/watch-state.ts';

/** Whether what one region had at `seenAt` may not be in the other yet. */
export function isSettling({ now, policy }: Pick<JudgeContext, 'now' | 'policy'>, seenAt: number): boolean {
  return now - seenAt < policy.settlingMs;
}

/**
 * When a key that is in no list was last seen, while that may be for its way between regions; undefined for one that is gone.
 * `lookedAt`: the last scan before the first that did not see it.
 */
export function settlingSince(
  context: Pick<JudgeContext, 'now' | 'policy'>,
  known: KnownKey | undefined,
  lookedAt: number | undefined,
): number | undefined {
  // Its time has come: the service has purged it.
  if (known?.state === 'deleted' && known.scheduledPurgeAt <= context.now + CLOCK_SKEW_MS) return undefined;
  const lastSeenAt = known?.lastSeenAt ?? lookedAt;
  return lastSeenAt !== undefined && isSettling(context, lastSeenAt) ? lastSeenAt : undefined;
}
