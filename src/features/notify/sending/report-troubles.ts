/** Reports a channel that takes no messages, and that it does again: as events, which go to the other channels, too. */
import { definedOnly } from '../../../core/defined-only.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { EventBus } from '../../../core/events/bus.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import type { ChannelState } from '../model/channel-state.ts';
import { channelEvent } from '../model/events.ts';
import type { NotifyPolicy } from '../model/policy.ts';
import { readChannelState } from '../model/read-channel.ts';
import { Failures } from './failures.ts';
import { reportBehind } from './report-behind.ts';
import { reportLost } from './report-lost.ts';
import { reportReadable, reportUnreadable, reportUnusable } from './report-unreadable.ts';
import { changeChannel, type SendDeps } from './send-due.ts';

/** A trouble that passes within this time is not reported. */
const PATIENCE_MS = 10 * MINUTE_MS;
/** A channel that is set up wrongly is reported sooner: that does not pass. */
const SHORT_PATIENCE_MS = MINUTE_MS;

/** Since when the channel is in a trouble that people must hear of; undefined when it is in none. */
function troubleSince(state: ChannelState, now: number): number | undefined {
  const { failingSince, lastError = '' } = state;
  if (failingSince === undefined) return undefined;
  const patience = lastError.startsWith('channel-misconfigured') ? SHORT_PATIENCE_MS : PATIENCE_MS;
  return now - failingSince >= patience ? failingSince : undefined;
}

type ReportDeps = SendDeps & { readonly bus: EventBus; readonly policy: Pick<NotifyPolicy, 'channels'> };

/**
 * Publishes an event for each channel whose trouble began or ended, or that lost messages, or lets some wait. One of which that fails holds up no
 * other; then it fails as the bus does, or with `state-corrupt` or a storage code.
 */
export async function reportTroubles(deps: ReportDeps, channels: readonly string[]): Promise<void> {
  const failures = new Failures();
  for (const channel of channels) {
    await failures.unless(async () => {
      try {
        const state = await readChannelState(deps.state, channel);
        const fault = faultOf(deps.policy, channel);
        await failures.unless(() =>
          fault === undefined ? reportChannel(deps, state) : reportUnusable(deps, state, fault),
        );
        await failures.unless(() => reportLost(deps, state));
        await reportBehind(deps, state);
      } catch (error) {
        if (isWardenError(error, 'state-corrupt')) await reportUnreadable(deps, channel);
        throw error;
      }
    });
  }
  failures.rethrow();
}

/** What is wrong with the entry of a channel; undefined when nothing is. */
function faultOf({ channels }: Pick<NotifyPolicy, 'channels'>, channel: string): string | undefined {
  const entry = channels.find(({ name }) => name === channel);
  return entry?.type === 'unusable' ? entry.fault : undefined;
}

async function reportChannel(deps: ReportDeps, state: ChannelState): Promise<void> {
  const since = troubleSince(state, deps.clock.now());
  if (state.reported === undefined && state.failingSince === undefined) return reportReadable(deps, state);
  if (since === state.reported) return;
  const isOver = state.failingSince === undefined && state.reported !== undefined;
  if (since === undefined && !isOver) return;
  await report(deps, state, since);
  // Only now: killed before, it is reported again, as the same event.
  await changeChannel(deps, state.channel, ({ reported: _, ...before }) => ({
    ...before,
    ...definedOnly({ reported: since }),
  }));
}

async function report(
  { bus, logger, clock, signal }: ReportDeps,
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
