/** Judges a campaign: what every campaign is judged by, and that each event became a part of what people heard. */
import { z } from 'zod';
import type { CloudEvent } from '../../src/core/events/cloud-event.ts';
import {
  type CampaignResult,
  type Evidence,
  faultsIn,
  judgeCampaign,
} from '../../test/support/notify-verdict.ts';

/** What a campaign is judged by. */
export interface CampaignEvidence extends Evidence {
  readonly events: readonly CloudEvent[];
  /** The subjects of all incidents that the product knows. */
  readonly members: readonly string[];
  /** Arrivals of what never waited for a channel. */
  readonly unidentified: number;
}

/** The verdict. */
export interface Verdict extends CampaignResult {
  readonly ok: boolean;
  /** Events that are part of no incident, by their subjects. */
  readonly dropped: readonly string[];
  readonly unidentified: number;
}

/** The verdict. */
export function judge(evidence: CampaignEvidence): Verdict {
  const result = judgeCampaign(evidence);
  const { unidentified, events, members } = evidence;
  const known = new Set(members.map((member) => member.toLowerCase()));
  const dropped = events.map(subjectOf).filter((subject) => !known.has(subject));
  const ok = faultsIn(result) + dropped.length + unidentified === 0;
  return { ok, ...result, dropped, unidentified };
}

const Subject = z.object({ recoveryId: z.string().optional(), key: z.string().optional() });

/** What the event is about, as the incidents name it: the request, or the key. */
function subjectOf({ data }: CloudEvent): string {
  const { recoveryId, key = '' } = Subject.parse(data);
  return (recoveryId ?? key).toLowerCase();
}
