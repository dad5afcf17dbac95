/** Reads and writes recovery records, and tells each fact to the audit log and to the world: late perhaps, but never not at all. */

import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { type Read, readDocument, updateDocumentWith } from '../../../core/documents/update-document.ts';
import { isWardenError, WardenError } from '../../../core/errors.ts';
import { isTopicTrouble } from '../../../core/events/publisher.ts';
import type { Logger } from '../../../core/ports.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import type { HeldRecord, RecoveryNotifier } from '../model/ports.ts';
import { type Fact, RECOVERY_DOCUMENT, type RecoveryRecord } from '../model/record.ts';

/** What the log of recoveries needs. */
export interface RecoveryLogDeps {
  readonly store: DocumentStore;
  readonly audit: AuditLog;
  readonly notifier: RecoveryNotifier;
  /** Where a person looks at a recovery. */
  readonly linkTo: (id: string) => string;
  readonly logger: Logger;
}

/**
 * Facts that only the process which knew their author may note, and notes before it stores them: what anybody put into the
 * store must not come into the log as the word of a person.
 */
const NOTED_FIRST: ReadonlySet<Fact['kind']> = new Set(['requested', 'approval-given']);

/** Notes what `record` says of its requester, or of the approver `by`, before it is stored. Fails as the audit log does. */
export async function noteFirst(
  deps: Pick<RecoveryLogDeps, 'audit'>,
  record: RecoveryRecord,
  kind: 'requested' | 'approval-given',
): Promise<void> {
  const fact = record.untold.findLast((one) => one.kind === kind);
  if (fact !== undefined) await deps.audit.note(auditEvent(record, fact));
}

/** Reads a record. Fails with `recovery-unknown`, `state-corrupt` or a storage code. */
export async function readRecovery(store: DocumentStore, id: string): Promise<HeldRecord> {
  return heldOf(await readDocument(store, RECOVERY_DOCUMENT, { kind: 'recovery', id }), id);
}

/** Stores a new record. Fails with `state-conflict` when there is one of this id, or a storage code. */
export async function createRecovery(store: DocumentStore, record: RecoveryRecord): Promise<HeldRecord> {
  const etag = await store.write({ kind: 'recovery', id: record.id }, JSON.stringify(record), 'absent');
  return { record, etag };
}

/**
 * Changes a record; `change` is judged anew when somebody else was faster. With `etags` only a version of one of those tags
 * is changed. Fails with `recovery-unknown`, `precondition-failed`, what `change` throws, `state-corrupt`, `state-conflict`
 * after many conflicts, or a storage code.
 */
export async function changeRecovery(
  store: DocumentStore,
  id: string,
  change: (record: RecoveryRecord) => RecoveryRecord | Promise<RecoveryRecord>,
  etags?: readonly string[],
): Promise<HeldRecord> {
  const address = { kind: 'recovery', id } as const;
  const { after } = await updateDocumentWith(store, RECOVERY_DOCUMENT, address, async (value, guard) => {
    const held = heldOf({ value, guard }, id);
    if (etags !== undefined && !etags.includes(held.etag)) throw preconditionFailed(id);
    return { value: await change(held.record), result: undefined };
  });
  return heldOf(after, id);
}

function heldOf({ value: record, guard }: Read<RecoveryRecord>, id: string): HeldRecord {
  if (record !== undefined && guard !== 'absent') return { record, etag: guard.etag };
  throw new WardenError('recovery-unknown', {
    message: `There is no recovery ${id}.`,
    advice: 'GET /api/recoveries lists them.',
  });
}

/**
 * Notes every untold fact of ours in the audit log and tells all of them to the world, then strikes it from the record. Killed in between,
 * the fact is told again under the same id. The world may be out of reach: a key must come back all the same, so what no
 * topic accepts stays untold. Fails with `audit-corrupt` or a storage code: then nothing further may be done with the record.
 */
export async function tellFacts(deps: RecoveryLogDeps, held: HeldRecord): Promise<HeldRecord> {
  const { id, untold } = held.record;
  const last = untold.at(-1);
  if (last === undefined) return held;
  const audited = held.record.audited ?? 0;
  for (const fact of untold.filter(({ n, kind }) => n > audited && !NOTED_FIRST.has(kind))) {
    await deps.audit.note(auditEvent(held.record, fact));
  }
  const toldUpTo = await notifyAll(deps, held.record);
  return changeRecovery(deps.store, id, (record) => {
    const noted = Math.max(record.audited ?? 0, last.n);
    const rest = record.untold.filter(({ n }) => n > toldUpTo);
    // Looking at a request must not change its ETag while the topic is down.
    const isSame = noted === record.audited && rest.length === record.untold.length;
    return isSame ? record : { ...record, audited: noted, untold: rest };
  });
}

/** Tells the untold facts in order, as far as the topic takes them; returns the number of the last one told. */
async function notifyAll(deps: RecoveryLogDeps, record: RecoveryRecord): Promise<number> {
  let toldUpTo = 0;
  for (const fact of record.untold) {
    const event = notification(record, fact, deps.linkTo);
    try {
      await deps.notifier.notify(event);
    } catch (error) {
      if (isWardenError(error, 'topic-refused')) {
        deps.logger.error('the topic refused an event for good', { event, error });
      } else if (isTopicTrouble(error)) {
        deps.logger.error('events wait, the topic does not take them', { recoveryId: record.id, error });
        return toldUpTo;
      } else throw error;
    }
    toldUpTo = fact.n;
  }
  return toldUpTo;
}

function auditEvent(record: RecoveryRecord, fact: Fact): AuditEvent {
  const { hsm, key } = record.operation;
  const approval =
    fact.kind === 'approval-given' ? record.approvals.find(({ by }) => by.id === fact.by.id) : undefined;
  return {
    event: `recovery-${fact.kind}`,
    actor: fact.by,
    decision: fact.kind === 'requested' || fact.kind.startsWith('approv') ? 'allowed' : 'noted',
    // Two people may approve at once, before either knows the number of their fact.
    factId: `${record.id}/${approval === undefined ? fact.n : `approval-${fact.by.id.toLowerCase()}`}`,
    recoveryId: record.id,
    hsm,
    key,
    digest: record.digest,
    ...(approval === undefined ? {} : { groups: [...approval.groups] }),
    ...(isFailure(fact) && record.outcome?.code !== undefined ? { code: record.outcome.code } : {}),
    ...(fact.detail === undefined ? {} : { detail: fact.detail }),
  };
}

function notification(record: RecoveryRecord, fact: Fact, linkTo: (id: string) => string) {
  const { target, key } = record.operation;
  return {
    id: `${record.id}/${fact.n}`,
    type: fact.kind,
    at: fact.at,
    hsm: target,
    key,
    recoveryId: record.id,
    link: linkTo(record.id),
    ...(fact.detail === undefined ? {} : { detail: fact.detail }),
    ...(isAlarm(record, fact) ? { severity: 'critical' as const } : {}),
  };
}

/** A key that nobody approved came back, or somebody put words into the mouth of the store. */
function isAlarm({ outcome }: RecoveryRecord, { kind }: Fact): boolean {
  return kind === 'restored-other-key' || (kind === 'failed' && outcome?.code === 'record-unproven');
}

function isFailure({ kind }: Fact): boolean {
  return kind === 'failed' || kind === 'restored-other-key';
}

function preconditionFailed(id: string): WardenError {
  return new WardenError('precondition-failed', {
    message: `Recovery ${id} was changed since it was read.`,
    advice: 'Read it again and decide anew.',
  });
}
