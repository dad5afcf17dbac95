/** A recovery request as it is stored: what is to be done, who wants it, who approved it, and how it ended. */
import { z } from 'zod';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { Actor, HsmName, KeyName } from '../../../core/model/names.ts';
import { FACT_KINDS } from './events.ts';
import { ApprovalRule } from './policy.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Time = z.int().nonnegative();

/** Identifier of a recovery: fit for a URL and a blob name. */
export const RecoveryId = z.string().regex(/^[0-9a-z]{26}$/, 'expected 26 lower-case letters and digits');
/** A version the key must have when it is back. */
export const ExpectedVersion = z.strictObject({
  version: z.string().regex(/^[0-9a-f]{32}$/),
  thumbprint: z.string().exactOptional(),
  confirmed: z.boolean(),
});

/** The backup a restore will use. */
const ChosenBackup = z.strictObject({
  blob: z.string().min(1),
  sha256: Digest,
  versionId: z.string().exactOptional(),
  capturedAt: Time,
  /** What the key that comes back must be; `confirmed` by the catalogue, too. Records of before 0.2 have none. */
  versions: z.array(ExpectedVersion).exactOptional(),
  /** Of an adoption: the digest of every fact beside the backup. */
  facts: Digest.exactOptional(),
});

/** What could be seen of a soft-deleted key when the request was made: its newest version. Recovering changes none of it. */
export const SeenKey = z.strictObject({
  version: z.string().regex(/^[0-9a-f]{32}$/),
  keyType: z.string(),
  keyOps: z.array(z.string()),
  createdAt: Time,
  updatedAt: Time,
  enabled: z.boolean(),
  exportable: z.boolean().exactOptional(),
  notBefore: Time.exactOptional(),
  expiresAt: Time.exactOptional(),
});
export type SeenKey = z.infer<typeof SeenKey>;

/** What will be done, exactly. `recover` has no backup, `restore` and `adopt` have one; `adopt` touches no key. */
export const Operation = z.strictObject({
  action: z.enum(['recover', 'restore', 'adopt']),
  hsm: HsmName,
  /** The HSM the key comes back into. */
  target: HsmName,
  key: KeyName,
  /** The deletion that a recovery undoes, by the HSM's clock: a later one of the same name is not meant. */
  deletedAt: Time.exactOptional(),
  backup: ChosenBackup.exactOptional(),
});
export type Operation = z.infer<typeof Operation>;

/** One approval, with the digest the approver saw. */
const Approval = z.strictObject({
  by: Actor,
  groups: z.array(z.string()),
  digest: Digest,
  at: Time,
});

/** A key that came back although nobody approved it: where it is, its name there, and its versions as far as they were seen. */
export const ReturnedKey = z.strictObject({
  hsm: HsmName,
  key: z.string().min(1),
  versions: z.array(z.strictObject({ version: z.string(), thumbprint: z.string().exactOptional() })),
});
export type ReturnedKey = z.infer<typeof ReturnedKey>;

/** How an execution ended. */
export const Outcome = z.strictObject({
  /** `restored-other-key`: the HSM restored a key, and it is not the approved one. */
  result: z.enum(['succeeded', 'failed', 'restored-other-key']),
  /** The step that decided it. */
  step: z.string(),
  /** Why it failed: an error code. */
  code: z.string().exactOptional(),
  message: z.string(),
  advice: z.string().exactOptional(),
  /** Versions found in the key, and how many of them were proven against the backup's record. */
  versions: z.int().nonnegative().exactOptional(),
  verified: z.int().nonnegative().exactOptional(),
  /** The backup taken afterwards. */
  freshBackup: z.string().exactOptional(),
  /** With `restored-other-key`, as far as it is known: the key that came back. */
  returned: ReturnedKey.exactOptional(),
  warnings: z.array(z.string()),
});
export type Outcome = z.infer<typeof Outcome>;

/** Something that happened to a request. `n` counts from 1, so that a fact reported twice is known for the same. */
export const Fact = z.strictObject({
  n: z.int().positive(),
  kind: z.enum(FACT_KINDS),
  at: Time,
  by: Actor,
  detail: z.string().exactOptional(),
});
export type Fact = z.infer<typeof Fact>;

/** The states of a request. */
export const STATES = [
  'requested',
  'approved',
  'executing',
  'succeeded',
  'failed',
  'restored-other-key',
  'rejected',
  'expired',
  'cancelled',
] as const;

/** One recovery request. Times are epoch milliseconds. */
const RecoveryRecord = z.strictObject({
  format: z.literal(1),
  id: RecoveryId,
  state: z.enum(STATES),
  operation: Operation,
  seen: SeenKey.exactOptional(),
  requester: Actor,
  reason: z.string().min(1).max(1000),
  rule: ApprovalRule,
  createdAt: Time,
  expiresAt: Time,
  digest: Digest,
  /** What pre-flight said when the request was made, for the approvers. */
  preflight: z.array(z.string()),
  approvals: z.array(Approval),
  /** Who holds the execution, until when; how often one gave up. */
  claim: z.strictObject({ worker: z.string(), until: Time }).exactOptional(),
  giveUps: z.int().nonnegative(),
  /** Why the last attempt came to nothing, since when attempts do, and when the next one begins. */
  waitsFor: z
    .strictObject({ code: z.string(), message: z.string(), since: Time, nextAt: Time })
    .exactOptional(),
  outcome: Outcome.exactOptional(),
  endedAt: Time.exactOptional(),
  /** Number of facts so far, and those not yet audited and published. */
  facts: z.int().nonnegative(),
  untold: z.array(Fact),
  /** Facts up to this one are in the audit log, also those of which the topic has not accepted the event yet. */
  audited: z.int().nonnegative().exactOptional(),
  /** Events of the watch that this request answers; another one for the same key opens no second request. */
  events: z.array(z.string()).exactOptional(),
  /** Digest of the asking body, to tell a repeated request from another one under the same idempotency key. */
  fingerprint: Digest,
});
export type RecoveryRecord = z.infer<typeof RecoveryRecord>;

/** How a request is stored. */
export const RECOVERY_DOCUMENT: DocumentType<'recovery', RecoveryRecord> = {
  kind: 'recovery',
  schema: RecoveryRecord,
  name: ({ id }) => `The stored recovery ${id}`,
  advice: 'Nothing is executed from it. Compare it with the audit log and make a new request.',
  check: (record, { id }) => (record.id === id ? undefined : `it says it is ${record.id}`),
};

/** Whether nothing more can happen to the request. */
export function isClosed(record: RecoveryRecord): boolean {
  return record.state !== 'requested' && record.state !== 'approved' && record.state !== 'executing';
}
