/** Reports a channel whose memory cannot be read, and its end: what was reported is known by the incident, for that memory has nothing. */
import type { EventBus } from '../../../core/events/bus.ts';
import type { ChannelState } from '../model/channel-state.ts';
import { channelEvent, UNREADABLE } from '../model/events.ts';
import type { Member } from '../model/incident-state.ts';
import { openMember } from './open-member.ts';
import type { SendDeps } from './send-due.ts';

/** What a report works with. */
export type ReportDeps = Pick<SendDeps, 'state' | 'clock' | 'logger' | 'signal'> & { readonly bus: EventBus };

/** Publishes that nothing is sent on `channel`, unless its incident says so. Fails as the bus does, or with a storage code. */
export async function reportUnreadable(
  { state, bus, clock, logger, signal }: ReportDeps,
  channel: string,
): Promise<void> {
  if ((await incidentOf(state, channel)) !== undefined) return;
  const document = await state.read({ kind: 'notify-channel', channel }, signal);
  const now = clock.now();
  // The same event until the incident has it: as long as the document stays as it is.
  const trouble = `unreadable ${document?.etag ?? ''}`;
  await bus.send([channelEvent('failing', { channel, since: now, error: UNREADABLE, trouble }, now)], {
    logger,
    signal,
  });
}

/** Publishes that a channel works again which was reported as unreadable: once it has accepted something since. */
export async function reportReadable(
  { state, bus, clock, logger, signal }: ReportDeps,
  { channel, pending, lastAcceptedAt }: ChannelState,
): Promise<void> {
  const incident = await incidentOf(state, channel);
  if (incident === undefined || lastAcceptedAt === undefined || lastAcceptedAt <= incident.at) return;
  const trouble = { channel, since: incident.at, waiting: pending.length };
  await bus.send([channelEvent('working', trouble, clock.now())], { logger, signal });
}

/** What was said of the channel's memory; undefined where nothing was, or it is over. */
async function incidentOf(state: SendDeps['state'], channel: string): Promise<Member | undefined> {
  const member = await openMember(state, channel);
  const isUnreadable = member?.saying.facts.some((fact) => 'text' in fact && fact.text === UNREADABLE);
  return isUnreadable === true ? member : undefined;
}
