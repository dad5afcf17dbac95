/** What must hold before a command on a recovery request counts, and the refusals that say why it does not. */
import { definedOnly } from '../../../core/defined-only.ts';
import { WardenError, type WardenErrorCode } from '../../../core/errors.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { ApprovalRule } from '../model/policy.ts';
import type { RecoveryRecord } from '../model/record.ts';

/** Whether the time of a request that waits has run out. An execution that began in time may end after it. */
export function isDue(record: RecoveryRecord, now: number): boolean {
  return (record.state === 'requested' || record.state === 'approved') && now >= record.expiresAt;
}

/** What was shown must be what is decided about: fails with `digest-mismatch`. */
export function requireDigest(record: RecoveryRecord, digest: string | undefined): void {
  if (digest === undefined || digest === record.digest) return;
  throw refuse(
    record,
    'digest-mismatch',
    'the decision carries the digest of something else',
    'Read the request again and decide about what it says now.',
  );
}

/** Fails with `recovery-not-open`, or `recovery-expired` when its time has run out at `now`. */
export function requireOpen(record: RecoveryRecord, now: number): void {
  if (record.state !== 'requested' && record.state !== 'approved') throw notOpen(record);
  if (isDue(record, now)) {
    throw refuse(record, 'recovery-expired', 'its time has run out', 'Make a new request.');
  }
}

/** Fails with `recovery-not-open`, or `recovery-claimed` when `worker` does not hold the request. */
export function requireClaim(record: RecoveryRecord, worker: string): void {
  if (record.state !== 'executing') throw notOpen(record);
  if (record.claim?.worker !== worker) {
    throw refuse(record, 'recovery-claimed', 'another worker has taken it over');
  }
}

/** An approval that cannot count for the groups it may be needed for would use up the person's only one: fails with `groups-unknown`. */
export function requireKnownGroups(
  record: RecoveryRecord,
  { groups, groupsUnknown }: { readonly groups: readonly string[]; readonly groupsUnknown?: boolean },
  required: ApprovalRule,
): void {
  const wanted = [...record.rule.groups, ...required.groups];
  if (groupsUnknown !== true || wanted.length === 0 || groups.some((group) => wanted.includes(group))) return;
  throw refuse(
    record,
    'groups-unknown',
    'the token does not say in which groups this person is, for there are too many',
    'The approval was not used up. Have an app role of the policy assigned in place of the group, and sign in again.',
  );
}

/** The same subject, whatever it calls itself. Ids of the directory are compared without regard to case. */
export function isSame(a: Actor, b: Actor): boolean {
  return a.kind === b.kind && a.id.toLowerCase() === b.id.toLowerCase();
}

/** Why nothing can be decided about it any more. */
export function notOpen(record: RecoveryRecord): WardenError {
  const code = record.state === 'expired' ? 'recovery-expired' : 'recovery-not-open';
  return refuse(record, code, `it is ${record.state}`, 'Make a new request if the key is still needed.');
}

/** A refusal that names the request, its key and its HSM. */
export function refuse(
  record: RecoveryRecord,
  code: WardenErrorCode,
  why: string,
  advice?: string,
): WardenError {
  const { target, key } = record.operation;
  return new WardenError(code, {
    message: `Refused for recovery ${record.id} (key ${key}, HSM ${target}): ${why}.`,
    ...definedOnly({ advice }),
    hsm: target,
    key,
  });
}
