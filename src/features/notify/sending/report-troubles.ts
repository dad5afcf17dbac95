/** Reports a channel that takes no messages, and that it does again: as events, which go to the other channels, too. */
import { definedOnly } from '../../../core/defined-only.ts';
import type { EventBus } from '../../../core/events/bus.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import type { ChannelState } from '../model/channel-state.ts';
import { channelEvent } from '../model/events.ts';
import { readChannelState } from '../model/read-channel.ts';
import { changeChannel, type SendDeps } from './send-due.ts';

/** A trouble that passes within this time is not reported. */
const PATIENCE_MS = 10 * MINUTE_MS;
/** A channel that is set up wrongly is reported sooner: that does not pass. */
const SHORT_PATIENCE_MS = MINUTE_MS;

/** Since when the channel is in a trouble that people must hear of; undefined when it is in none. */
function troubleSince(state: ChannelState, now: number): number | undefined {
  const { failingSince, lastError = '', receipts } = state;
  if (failingSince === undefined) return undefined;
  const isLost = receipts.some(
    ({ outcome, endedAt }) => (outcome === 'refused' || outcome === 'expired') && endedAt >= failingSince,
  );
  const patience = isLost
    ? 0
    : lastError.startsWith('channel-misconfigured')
      ? SHORT_PATIENCE_MS
      : PATIENCE_MS;
  return now - failingSince >= patience ? failingSince : undefined;
}

/** Publishes an event for each channel whose trouble began or ended. Fails as the bus does, or with a storage code. */
export async function reportTroubles(
  deps: SendDeps & { readonly bus: EventBus },
  channels: readonly string[],
): Promise<void> {
  for (const channel of channels) {
    const state = await readChannelState(deps.state, channel);
    const since = troubleSince(state, deps.clock.now());
    if (since === state.reported) continue;
    const isOver = state.failingSince === undefined && state.reported !== undefined;
    if (since === undefined && !isOver) continue;
    await report(deps, state, since);
    // Only now: killed before, it is reported again, as the same event.
    await changeChannel(deps, channel, ({ reported: _, ...before }) => ({
      ...before,
      ...definedOnly({ reported: since }),
    }));
  }
}

async function report(
  { bus, logger, clock, signal }: SendDeps & { readonly bus: EventBus },
  { channel, reported, lastError, pending }: ChannelState,
  since: number | undefined,
): Promise<void> {
  const trouble = {
    channel,
    since: since ?? reported ?? 0,
    waiting: pending.length,
    ...definedOnly({ error: lastError }),
  };
  const event = channelEvent(since === undefined ? 'working' : 'failing', trouble, clock.now());
  await bus.send([event], { logger, signal });
}
