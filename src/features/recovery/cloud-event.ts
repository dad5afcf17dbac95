/** The recovery's events as CloudEvents 1.0, and the notifier that hands them to a topic. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isoTime } from '../../core/time.ts';
import type { RecoveryEvent, RecoveryNotifier } from './model/ports.ts';

/** The event type of each fact. */
export const RECOVERY_EVENT_TYPES = {
  requested: 'HsmWarden.RecoveryRequested',
  'approval-given': 'HsmWarden.RecoveryApprovalGiven',
  approved: 'HsmWarden.RecoveryApproved',
  rejected: 'HsmWarden.RecoveryRejected',
  cancelled: 'HsmWarden.RecoveryCancelled',
  expired: 'HsmWarden.RecoveryExpired',
  'execution-started': 'HsmWarden.RecoveryStarted',
  'execution-resumed': 'HsmWarden.RecoveryResumed',
  succeeded: 'HsmWarden.RecoverySucceeded',
  failed: 'HsmWarden.RecoveryFailed',
  'restored-other-key': 'HsmWarden.RecoveryRestoredOtherKey',
  'gate-disarmed': 'HsmWarden.RecoveryGateDisarmed',
  'override-in-force': 'HsmWarden.RecoveryOverrideInForce',
} as const satisfies Record<RecoveryEvent['type'], string>;

/** The schema of every event of the recovery. */
export const RecoveryCloudEvent = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  type: z.enum(Object.values(RECOVERY_EVENT_TYPES)),
  source: z.literal('/hsm-warden'),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  data: z.strictObject({
    hsm: z.string().exactOptional(),
    key: z.string().exactOptional(),
    recoveryId: z.string().exactOptional(),
    /** Where a person can look at it and decide. */
    link: z.string().exactOptional(),
    detail: z.string().exactOptional(),
    /** Only where somebody must act at once. */
    severity: z.literal('critical').exactOptional(),
  }),
});
export type RecoveryCloudEvent = z.infer<typeof RecoveryCloudEvent>;

/** The CloudEvent of a fact; a fact told twice has the same id. */
export function toRecoveryCloudEvent(event: RecoveryEvent): RecoveryCloudEvent {
  const { type, at, id, ...data } = event;
  const { hsm, key } = data;
  return {
    specversion: '1.0',
    id: createHash('sha256').update(`recovery ${id}`).digest('hex').slice(0, 32),
    type: RECOVERY_EVENT_TYPES[type],
    source: '/hsm-warden',
    subject: hsm === undefined ? 'recovery' : `hsms/${hsm}${key === undefined ? '' : `/keys/${key}`}`,
    time: isoTime(at),
    datacontenttype: 'application/json',
    data,
  };
}

/** A {@link RecoveryNotifier} over whatever takes CloudEvents. It fails as that fails: the event is then told again. */
export class CloudEventNotifier implements RecoveryNotifier {
  readonly #publish: (event: RecoveryCloudEvent) => Promise<void>;

  constructor(publish: (event: RecoveryCloudEvent) => Promise<void>) {
    this.#publish = publish;
  }

  async notify(event: RecoveryEvent): Promise<void> {
    await this.#publish(toRecoveryCloudEvent(event));
  }
}
