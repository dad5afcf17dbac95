/** The event about backups that could not be sealed. */
import { z } from 'zod';
import { type CloudEvent, eventIdOf, subjectOf } from '../../core/events/cloud-event.ts';
import { defineEvent, toCloudEvent } from '../../core/events/define-event.ts';
import { isoTime } from '../../core/time.ts';

/** Keys that the event names; of more it has the number. */
const NAMED = 20;

/** Backups were taken and stored while the sealing key was out of reach: they are no recovery points. */
export const BACKUPS_UNSEALED = defineEvent({
  kind: 'backups-unsealed',
  type: 'HsmWarden.BackupsUnsealed',
  severity: 'high',
  data: z.strictObject({
    hsm: z.string(),
    /** How many keys, and the first of them by name. */
    count: z.int().positive(),
    keys: z.array(z.string()),
    noticedAt: z.iso.datetime(),
    reason: z.string(),
    advice: z.string(),
  }),
  subject: z.string(),
});

/** What a run could not seal. `at`, its end, is epoch milliseconds. */
export interface Unsealed {
  readonly hsm: string;
  readonly runId: string;
  readonly keys: readonly string[];
  readonly at: number;
  readonly reason: string;
}

/** The event that reports it: one for each run, not for each key, and the same however often and late it is made. */
export function unsealedEvent({ hsm, runId, keys, at, reason }: Unsealed): CloudEvent {
  const time = isoTime(at);
  return toCloudEvent({
    id: eventIdOf(`backups-unsealed ${hsm} ${runId}`),
    type: BACKUPS_UNSEALED.type,
    subject: subjectOf(hsm, undefined),
    time,
    data: {
      hsm,
      count: keys.length,
      keys: keys.toSorted().slice(0, NAMED),
      noticedAt: time,
      reason,
      advice:
        'Put the sealing key in reach again (hsm-warden seal show). The next run takes these backups again and seals them; to begin one now: hsm-warden backup run.',
    },
  });
}
