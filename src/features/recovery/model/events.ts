/** The events of the recovery: the facts a request gives rise to, and what the gate reports of itself. */
import { z } from 'zod';
import { type CloudEvent, eventIdOf, subjectOf } from '../../../core/events/cloud-event.ts';
import { defineEvent, toCloudEvent } from '../../../core/events/define-event.ts';
import type { Severity } from '../../../core/events/severity.ts';
import { isoTime } from '../../../core/time.ts';

/** A person, as the directory names one. */
const Person = z.strictObject({ id: z.string(), name: z.string() });

const EventData = z.strictObject({
  hsm: z.string().exactOptional(),
  key: z.string().exactOptional(),
  recoveryId: z.string().exactOptional(),
  /** Where a person can look at it and decide. */
  link: z.string().exactOptional(),
  detail: z.string().exactOptional(),
  /** What is asked for, by whom, and until when it can be decided. */
  action: z.enum(['recover', 'restore', 'adopt']).exactOptional(),
  requestedBy: Person.exactOptional(),
  expiresAt: z.iso.datetime().exactOptional(),
  /** Who approved it so far, and what is still missing. */
  approvedBy: z.array(Person).exactOptional(),
  missingApprovals: z.int().nonnegative().exactOptional(),
  missingGroups: z.array(z.string()).exactOptional(),
  /** Only where somebody must act at once. */
  severity: z.literal('critical').exactOptional(),
});

function recoveryEvent<const Fact extends string>(fact: Fact, type: string, severity: Severity) {
  const kind = `recovery-${fact}`;
  return { fact, ...defineEvent({ kind, type, data: EventData, subject: z.string(), severity }) };
}

/** What can happen to a request; each becomes a line of the audit log and an event. */
const FACT_EVENTS = [
  recoveryEvent('requested', 'HsmWarden.RecoveryRequested', 'notice'),
  recoveryEvent('approval-given', 'HsmWarden.RecoveryApprovalGiven', 'info'),
  recoveryEvent('approved', 'HsmWarden.RecoveryApproved', 'notice'),
  recoveryEvent('rejected', 'HsmWarden.RecoveryRejected', 'notice'),
  recoveryEvent('cancelled', 'HsmWarden.RecoveryCancelled', 'info'),
  recoveryEvent('expired', 'HsmWarden.RecoveryExpired', 'notice'),
  recoveryEvent('execution-started', 'HsmWarden.RecoveryStarted', 'notice'),
  recoveryEvent('execution-resumed', 'HsmWarden.RecoveryResumed', 'notice'),
  recoveryEvent('succeeded', 'HsmWarden.RecoverySucceeded', 'notice'),
  recoveryEvent('failed', 'HsmWarden.RecoveryFailed', 'high'),
  recoveryEvent('restored-other-key', 'HsmWarden.RecoveryRestoredOtherKey', 'critical'),
];

/** Every event of the recovery. */
export const RECOVERY_EVENTS = [
  ...FACT_EVENTS,
  recoveryEvent('gate-disarmed', 'HsmWarden.RecoveryGateDisarmed', 'critical'),
  recoveryEvent('gate-rearmed', 'HsmWarden.RecoveryGateRearmed', 'high'),
  recoveryEvent('override-in-force', 'HsmWarden.RecoveryOverrideInForce', 'high'),
];

/** The kinds of facts a request can give rise to. */
export const FACT_KINDS = FACT_EVENTS.map(({ fact }) => fact);

/** What is reported. It never holds a secret, a backup or a token. */
export interface RecoveryEvent extends z.infer<typeof EventData> {
  /** The same for the same fact reported again. */
  readonly id: string;
  readonly type: (typeof RECOVERY_EVENTS)[number]['fact'];
  /** Epoch milliseconds. */
  readonly at: number;
}

const TYPES = new Map(RECOVERY_EVENTS.map(({ fact, type }) => [fact, type]));

/** The event in its envelope; a fact that is reported again has the same id. */
export function toRecoveryCloudEvent({ type, at, id, ...data }: RecoveryEvent): CloudEvent {
  const { hsm, key } = data;
  return toCloudEvent({
    id: eventIdOf(`recovery ${id}`),
    type: TYPES.get(type) ?? type,
    subject: hsm === undefined ? 'recovery' : subjectOf(hsm, key),
    time: isoTime(at),
    data,
  });
}
