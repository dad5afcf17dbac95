/** The event that the drills can be believed: each that had to fail has failed. */
import { z } from 'zod';
import { type CloudEvent, eventIdOf, subjectOf } from '../../core/events/cloud-event.ts';
import { defineEvent, toCloudEvent } from '../../core/events/define-event.ts';
import { Severity } from '../../core/events/severity.ts';
import { isoTime } from '../../core/time.ts';

/** Every drill that had to fail has failed, whatever was found before. */
export const DRILL_TRUSTED = defineEvent({
  kind: 'drill-trusted',
  type: 'HsmWarden.DrillTrusted',
  data: z.strictObject({ hsm: z.string().min(1), severity: Severity, drilledAt: z.iso.datetime() }),
  subject: z.string().regex(/^hsms\/[^/]+$/),
});

/** The event that every drill of the trial at `now` (epoch milliseconds) failed as it had to. */
export function trustedEvent(drillHsm: string, now: number): CloudEvent {
  const drilledAt = isoTime(now);
  return toCloudEvent({
    id: eventIdOf(`drill-trusted ${drillHsm} ${drilledAt}`),
    type: DRILL_TRUSTED.type,
    subject: subjectOf(drillHsm, undefined),
    time: drilledAt,
    data: { hsm: drillHsm, severity: 'info', drilledAt },
  });
}
