/** Puts what is in the outbox of a scope into the memories of the channels, each for itself. */

import type { Outgoing } from '../model/incident-state.ts';
import type { Channel } from '../model/ports.ts';
import { take } from './deliveries.ts';
import type { Failures } from './failures.ts';
import { KEPT_MS } from './retry-plan.ts';
import { changeChannel, type SendDeps } from './send-due.ts';

/**
 * The ids of the messages that need not stay in the outbox: their channel has them, or is not in the settings, or could not be
 * given them for a day. What could not be given stays, and why goes to `failures`. Killed at any point it is done again.
 */
export async function handOver(
  deps: SendDeps & { readonly channels: ReadonlyMap<string, Channel> },
  outbox: readonly Outgoing[],
  failures: Failures,
): Promise<ReadonlySet<string>> {
  const { clock, channels, logger } = deps;
  const done = new Set<string>();
  const names = [...new Set(outbox.map(({ channel }) => channel))];
  const giving = names.map(async (name) => {
    const own = outbox.filter(({ channel }) => channel === name).map(({ message }) => message);
    const isKnown = channels.has(name);
    if (!isKnown)
      logger.warn('messages for a channel that is not in the settings are dropped', { channel: name });
    const given =
      !isKnown ||
      (await failures.unless(() =>
        changeChannel(deps, name, (state) => take(state, outbox, clock.now())),
      )) !== undefined;
    const ended = given ? own : own.filter(({ at }) => clock.now() - at >= KEPT_MS);
    if (!given && ended.length > 0)
      logger.error('messages for a channel whose memory could not be written for a day are given up', {
        channel: name,
        messages: ended.map(({ id }) => id),
      });
    for (const { id } of ended) done.add(id);
  });
  await Promise.all(giving);
  return done;
}
