/** Reports a channel whose memory or entry in the settings cannot be read, and its end: what was reported is known by the incident, for that memory has nothing. */
import type { EventBus } from '../../../core/events/bus.ts';
import type { ChannelState } from '../model/channel-state.ts';
import { channelEvent, UNREADABLE, UNUSABLE } from '../model/events.ts';
import type { Member } from '../model/incident-state.ts';
import { openMember } from './open-member.ts';
import type { SendDeps } from './send-due.ts';

/** What a report works with. */
export type ReportDeps = Pick<SendDeps, 'state' | 'clock' | 'logger' | 'signal'> & { readonly bus: EventBus };

/** Publishes that nothing is sent on `channel`, whose memory cannot be read, unless its incident says so. Fails as the bus does, or with a storage code. */
export async function reportUnreadable(deps: ReportDeps, channel: string): Promise<void> {
  const document = await deps.state.read({ kind: 'notify-channel', channel }, deps.signal);
  // The same event until the incident has it: as long as the document stays as it is.
  return reportSilent(deps, channel, UNREADABLE, `unreadable ${document?.etag ?? ''}`);
}

/** Publishes that nothing is sent on `channel`, whose entry is not valid, unless its incident says so. Fails as the bus does, or with a storage code. */
export function reportUnusable(
  deps: ReportDeps,
  { channel, accepted }: ChannelState,
  fault: string,
): Promise<void> {
  return reportSilent(deps, channel, UNUSABLE, `settings ${accepted} ${fault}`);
}

async function reportSilent(
  { state, bus, clock, logger, signal }: ReportDeps,
  channel: string,
  error: string,
  trouble: string,
): Promise<void> {
  if ((await incidentOf(state, channel)) !== undefined) return;
  const now = clock.now();
  await bus.send([channelEvent('failing', { channel, since: now, error, trouble }, now)], { logger, signal });
}

/** Publishes that a channel works again which was reported so: once it has accepted something since. */
export async function reportReadable(
  { state, bus, clock, logger, signal }: ReportDeps,
  { channel, pending, lastAcceptedAt }: ChannelState,
): Promise<void> {
  const incident = await incidentOf(state, channel);
  if (incident === undefined || lastAcceptedAt === undefined || lastAcceptedAt <= incident.at) return;
  const trouble = { channel, since: incident.at, waiting: pending.length };
  await bus.send([channelEvent('working', trouble, clock.now())], { logger, signal });
}

/** What was said so of the channel; undefined where nothing was, or it is over. */
async function incidentOf(state: SendDeps['state'], channel: string): Promise<Member | undefined> {
  const member = await openMember(state, channel);
  const errors: readonly string[] = [UNREADABLE, UNUSABLE];
  const isMeant = member?.saying.facts.some((fact) => 'text' in fact && errors.includes(fact.text));
  return isMeant === true ? member : undefined;
}
