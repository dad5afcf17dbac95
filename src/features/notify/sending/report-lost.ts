/** Reports messages that were refused or given up, whatever became of the channel since. */
import { definedOnly } from '../../../core/defined-only.ts';
import type { EventBus } from '../../../core/events/bus.ts';
import { HOUR_MS } from '../../../core/time.ts';
import type { ChannelState, Receipt } from '../model/channel-state.ts';
import { channelEvent } from '../model/events.ts';
import { changeChannel, type SendDeps } from './send-due.ts';

/** What is lost within this time of a report is reported together: two channels may refuse the reports about each other. */
const PAUSE_MS = HOUR_MS;

/** Publishes how many messages were lost since the last report. Fails as the bus does, or with a storage code. */
export async function reportLost(
  deps: SendDeps & { readonly bus: EventBus },
  state: ChannelState,
): Promise<void> {
  const { bus, logger, clock, signal } = deps;
  const { channel, pending, lostReported } = state;
  const now = clock.now();
  const lost = lostSince(state);
  const [first] = lost;
  const last = lost.at(-1);
  if (first === undefined || last === undefined) return;
  if (lostReported !== undefined && now - lostReported.at < PAUSE_MS) return;
  const trouble = {
    channel,
    since: first.endedAt,
    waiting: pending.length,
    lost: lost.length,
    trouble: `lost ${last.id}`,
    ...definedOnly({ error: last.tries.at(-1)?.result }),
  };
  await bus.send([channelEvent('failing', trouble, now)], { logger, signal });
  // Only now: killed before, it is reported again, as the same event.
  const reported = { at: now, id: last.id };
  await changeChannel(deps, channel, (before) => ({ ...before, lostReported: reported }));
}

/** In the order in which they ended, which no clock decides. */
function lostSince({ receipts, lostReported }: ChannelState): readonly Receipt[] {
  const reported = receipts.findIndex(({ id }) => id === lostReported?.id);
  return receipts.slice(reported + 1).filter(({ outcome }) => outcome === 'refused' || outcome === 'expired');
}
