/** The events of the drills. */
import { z } from 'zod';
import { type CloudEvent, eventIdOf, subjectOf } from '../../core/events/cloud-event.ts';
import { defineEvent, toCloudEvent } from '../../core/events/define-event.ts';
import { Severity } from '../../core/events/severity.ts';
import { DAY_MS, isoTime } from '../../core/time.ts';
import type { DrillRun } from './model/drill-state.ts';
import type { DrillResult } from './model/result.ts';
import { DRILL_TRUSTED } from './trial-events.ts';

const Time = z.iso.datetime();
const Count = z.int().nonnegative();
const subject = z.string().regex(/^hsms\/[^/]+(\/keys\/[^/]+)?$/);

/** A recovery point that does not bring its key back. */
const DRILL_FAILED = defineEvent({
  kind: 'drill-failed',
  type: 'HsmWarden.DrillFailed',
  data: z.strictObject({
    hsm: z.string().min(1),
    key: z.string().min(1),
    severity: Severity,
    drillHsm: z.string().min(1),
    blob: z.string(),
    capturedAt: Time,
    drilledAt: Time,
    /** What did not hold, each a sentence. */
    reasons: z.array(z.string()),
    advice: z.string(),
  }),
  subject,
});

/** A key whose drill had failed came back in a later one. */
const DRILL_PROVEN = defineEvent({
  kind: 'drill-proven',
  type: 'HsmWarden.DrillProven',
  data: z.strictObject({
    hsm: z.string().min(1),
    key: z.string().min(1),
    severity: Severity,
    drillHsm: z.string().min(1),
    blob: z.string(),
    capturedAt: Time,
    drilledAt: Time,
    /** `metadata-only`: restored and compared, and not used. */
    verdict: z.enum(['proven', 'metadata-only']),
  }),
  subject,
});

/** Keys that no drill has proven for longer than the settings allow. */
const DRILL_OVERDUE = defineEvent({
  kind: 'drill-overdue',
  type: 'HsmWarden.DrillOverdue',
  data: z.strictObject({
    hsm: z.string().min(1),
    severity: Severity,
    drillHsm: z.string().min(1),
    keys: Count,
    /** Some of them. */
    named: z.array(z.string()),
    /** How long the one that waits longest has been unproven. */
    oldestDays: z.number().nonnegative(),
    everyDays: z.int().positive(),
  }),
  subject,
});

/** Every key of an HSM is proven in time again, after some were not. */
const DRILL_CAUGHT_UP = defineEvent({
  kind: 'drill-caught-up',
  type: 'HsmWarden.DrillCaughtUp',
  data: z.strictObject({
    hsm: z.string().min(1),
    severity: Severity,
    drillHsm: z.string().min(1),
    everyDays: z.int().positive(),
  }),
  subject,
});

/** The drill HSM may not be used, or keys stay in it. */
const DRILL_REFUSED = defineEvent({
  kind: 'drill-refused',
  type: 'HsmWarden.DrillRefused',
  data: z.strictObject({
    hsm: z.string().min(1),
    severity: Severity,
    reasons: z.array(z.string()),
    /** Keys that could not be removed. */
    residue: Count,
  }),
  subject,
});

/** A drill that had to fail has passed: no result of a drill can be believed. */
const DRILL_BROKEN = defineEvent({
  kind: 'drill-broken',
  type: 'HsmWarden.DrillBroken',
  data: z.strictObject({
    hsm: z.string().min(1),
    severity: Severity,
    /** What was wrong with the recovery point that passed. */
    passed: z.array(z.string()),
    drilledAt: Time,
  }),
  subject,
});

/** A run of drills has ended. */
const DRILL_ENDED = defineEvent({
  kind: 'drill-ended',
  type: 'HsmWarden.DrillEnded',
  data: z.strictObject({
    hsm: z.string().min(1),
    severity: Severity,
    runId: z.string(),
    startedAt: Time,
    endedAt: Time,
    planned: Count,
    proven: Count,
    metadataOnly: Count,
    failed: Count,
    blocked: Count,
    residue: Count,
  }),
  subject,
});

export const DRILL_EVENTS = [
  DRILL_FAILED,
  DRILL_PROVEN,
  DRILL_OVERDUE,
  DRILL_CAUGHT_UP,
  DRILL_REFUSED,
  DRILL_BROKEN,
  DRILL_TRUSTED,
  DRILL_ENDED,
];

/** The event of a result that failed. */
export function failedEvent(result: DrillResult): CloudEvent {
  const { hsm, key, drillHsm, point, reasons, endedAt, runId } = result;
  return toCloudEvent({
    id: eventIdOf(`drill-failed ${hsm} ${key} ${point.sha256} ${runId}`),
    type: DRILL_FAILED.type,
    subject: subjectOf(hsm, key),
    time: isoTime(endedAt),
    data: {
      hsm,
      key,
      severity: 'critical',
      drillHsm,
      blob: point.blob,
      capturedAt: isoTime(point.capturedAt),
      drilledAt: isoTime(endedAt),
      reasons,
      advice:
        'A fresh backup of the key is asked for, and drilled next. Until then do not count on this recovery point; keep the key.',
    },
  });
}

/** The event of a conclusive result after one that failed. */
export function provenEvent({ hsm, key, drillHsm, runId, verdict, point, endedAt }: DrillResult): CloudEvent {
  return toCloudEvent({
    id: eventIdOf(`drill-proven ${hsm} ${key} ${runId} ${point.sha256}`),
    type: DRILL_PROVEN.type,
    subject: subjectOf(hsm, key),
    time: isoTime(endedAt),
    data: {
      hsm,
      key,
      severity: 'info',
      drillHsm,
      blob: point.blob,
      capturedAt: isoTime(point.capturedAt),
      drilledAt: isoTime(endedAt),
      verdict,
    },
  });
}

/** What is overdue on one protected HSM. */
export interface Overdue {
  readonly hsm: string;
  readonly drillHsm: string;
  readonly keys: readonly string[];
  readonly oldestMs: number;
  readonly everyDays: number;
}

const NAMED = 5;

/** One event a day and HSM. */
export function overdueEvent({ hsm, drillHsm, keys, oldestMs, everyDays }: Overdue, now: number): CloudEvent {
  return toCloudEvent({
    id: eventIdOf(`drill-overdue ${hsm} ${isoTime(now).slice(0, 10)}`),
    type: DRILL_OVERDUE.type,
    subject: subjectOf(hsm, undefined),
    time: isoTime(now),
    data: {
      hsm,
      severity: 'high',
      drillHsm,
      keys: keys.length,
      named: keys.slice(0, NAMED),
      oldestDays: Math.floor(oldestMs / DAY_MS),
      everyDays,
    },
  });
}

/** What was overdue on one protected HSM is not any more. */
export function caughtUpEvent(
  { hsm, drillHsm, everyDays }: Pick<Overdue, 'hsm' | 'drillHsm' | 'everyDays'>,
  now: number,
): CloudEvent {
  return toCloudEvent({
    id: eventIdOf(`drill-caught-up ${hsm} ${isoTime(now)}`),
    type: DRILL_CAUGHT_UP.type,
    subject: subjectOf(hsm, undefined),
    time: isoTime(now),
    data: { hsm, severity: 'info', drillHsm, everyDays },
  });
}

/** One event a day, whatever the reasons are. */
export function refusedEvent(
  drillHsm: string,
  reasons: readonly string[],
  residue: number,
  now: number,
): CloudEvent {
  return toCloudEvent({
    id: eventIdOf(`drill-refused ${drillHsm} ${isoTime(now).slice(0, 10)} ${reasons.join(' ')}`),
    type: DRILL_REFUSED.type,
    subject: subjectOf(drillHsm, undefined),
    time: isoTime(now),
    data: { hsm: drillHsm, severity: 'high', reasons, residue },
  });
}

/** Which drills passed that had to fail. */
export function brokenEvent(drillHsm: string, passed: readonly string[], now: number): CloudEvent {
  return toCloudEvent({
    id: eventIdOf(`drill-broken ${drillHsm} ${isoTime(now).slice(0, 10)}`),
    type: DRILL_BROKEN.type,
    subject: subjectOf(drillHsm, undefined),
    time: isoTime(now),
    data: { hsm: drillHsm, severity: 'critical', passed, drilledAt: isoTime(now) },
  });
}

/** The end of a run. */
export function endedEvent(drillHsm: string, run: DrillRun, now: number): CloudEvent {
  const { runId, planned, proven, metadataOnly, failed, blocked, residue, left } = run;
  const isClean = failed + blocked + residue === 0;
  return toCloudEvent({
    // A run whose time was over ends once more when the rest is done.
    id: eventIdOf(`drill-ended ${drillHsm} ${runId}${left === undefined ? '' : `, ${left} left`}`),
    type: DRILL_ENDED.type,
    subject: subjectOf(drillHsm, undefined),
    time: isoTime(now),
    data: {
      hsm: drillHsm,
      severity: isClean ? 'info' : 'high',
      runId,
      startedAt: isoTime(run.startedAt),
      endedAt: isoTime(now),
      planned,
      proven,
      metadataOnly,
      failed,
      blocked,
      residue,
    },
  });
}
