/** Reads and writes recovery records. */

import type { DocumentStore, WriteGuard } from '../../../core/documents/document-store.ts';
import { type Read, readDocument, updateDocumentWith } from '../../../core/documents/update-document.ts';
import { WardenError } from '../../../core/errors.ts';
import type { ChangedRecord, HeldRecord } from '../model/ports.ts';
import { RECOVERY_DOCUMENT, type RecoveryRecord } from '../model/record.ts';

/** Reads a record. Fails with `recovery-unknown`, `state-corrupt` or a storage code. */
export async function readRecovery(store: DocumentStore, id: string): Promise<HeldRecord> {
  return heldOf(await readDocument(store, RECOVERY_DOCUMENT, { kind: 'recovery', id }), id);
}

/** Stores a new record. Fails with `state-conflict` when there is one of this id, or a storage code. */
export async function createRecovery(store: DocumentStore, record: RecoveryRecord): Promise<ChangedRecord> {
  const etag = await store.write({ kind: 'recovery', id: record.id }, JSON.stringify(record), 'absent');
  return { record, etag, pendingBefore: [] };
}

/**
 * Changes a record; `change` is judged again when somebody else was faster. With `etags` only a version of one of those tags
 * is changed. Fails with `recovery-unknown`, `precondition-failed`, what `change` throws, `state-corrupt`, `state-conflict`
 * after many conflicts, or a storage code.
 */
export async function changeRecovery(
  store: DocumentStore,
  id: string,
  change: (record: RecoveryRecord) => RecoveryRecord | Promise<RecoveryRecord>,
  etags?: readonly string[],
): Promise<ChangedRecord> {
  const address = { kind: 'recovery', id } as const;
  const decide = async (value: RecoveryRecord | undefined, guard: WriteGuard) => {
    const held = heldOf({ value, guard }, id);
    if (etags !== undefined && !etags.includes(held.etag)) throw preconditionFailed(id);
    return { value: await change(held.record), result: undefined };
  };
  const { before, after } = await updateDocumentWith(store, RECOVERY_DOCUMENT, address, decide);
  return { ...heldOf(after, id), pendingBefore: before.value?.untold ?? [] };
}

function heldOf({ value: record, guard }: Read<RecoveryRecord>, id: string): HeldRecord {
  if (record !== undefined && guard !== 'absent') return { record, etag: guard.etag };
  throw new WardenError('recovery-unknown', {
    message: `There is no recovery ${id}.`,
    advice: 'GET /api/recoveries lists them.',
  });
}

function preconditionFailed(id: string): WardenError {
  return new WardenError('precondition-failed', {
    message: `Recovery ${id} was changed since it was read.`,
    advice: 'Read it again and decide again.',
  });
}
