/** Asks a service what became of the messages that it accepted: one that takes everything first says later what it did not send. */
import type { Channel, Outcome } from '../model/ports.ts';
import { readChannelState } from '../model/read-channel.ts';
import { dueLooks, isAwaited, noteOutcome } from './awaited.ts';
import { describe } from './deliveries.ts';
import { changeChannel, type SendDeps } from './send-due.ts';

/**
 * Asks about what is due, a few at a time and each within the limit of a request, and notes the answers. What failed is a receipt of
 * a refused message from then on, which is reported as lost. No answer now is asked for again, for about an hour. Fails with a storage code,
 * `state-corrupt`, or `aborted`.
 */
export async function readOutcomes(deps: SendDeps, channel: Channel): Promise<void> {
  const { clock, logger, signal } = deps;
  const { outcomeOf } = channel;
  if (outcomeOf === undefined) return;
  const due = dueLooks(await readChannelState(deps.state, channel.name), clock.now());
  if (due.length === 0) return;
  const asked = due.map(async ({ receipt }) => {
    const { id, reference } = receipt;
    const about = { channel: channel.name, message: id, reference };
    return { about, outcome: await ask(deps, channel, about) };
  });
  const answers = await Promise.all(asked);
  signal.throwIfAborted();
  const after = await changeChannel(deps, channel.name, (state) =>
    answers.reduce(
      (next, { about, outcome }) => noteOutcome(next, about.message, outcome, clock.now()),
      state,
    ),
  );
  for (const { about, outcome } of answers) {
    if (typeof outcome === 'object')
      logger.warn('notification not sent, although it was accepted', { ...about, result: outcome.failed });
    else if (outcome !== 'sent' && !isAwaited(after, about.message))
      logger.warn('what became of an accepted notification is not known', about);
  }
}

async function ask(
  { logger, signal }: SendDeps,
  channel: Channel,
  about: { readonly message: string },
): Promise<Outcome | 'unknown'> {
  try {
    return (await channel.outcomeOf?.(about.message, signal)) ?? 'unknown';
  } catch (error) {
    if (signal.aborted) throw error;
    logger.info('the outcome of a notification could not be read', { ...about, result: describe(error) });
    return 'unknown';
  }
}
