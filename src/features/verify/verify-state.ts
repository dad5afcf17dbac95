/** How far the verification of an HSM's backups has come, and what it has found damaged. */

import { z } from 'zod';
import type { DocumentStore, WriteGuard } from '../../core/documents/document-store.ts';
import type { DocumentType } from '../../core/documents/document-type.ts';
import { readDocument } from '../../core/documents/update-document.ts';

const Time = z.int().nonnegative();

/** The progress of a verification. Times are epoch milliseconds. */
const VerifyState = z.strictObject({
  format: z.literal(1),
  hsm: z.string(),
  runId: z.string(),
  startedAt: Time,
  endedAt: Time.exactOptional(),
  /** The last blob dealt with: blobs are dealt with in the order of their names. */
  cursor: z.string().exactOptional(),
  checked: z.int(),
  bytes: z.int(),
  /** Damaged backups found in this run. */
  found: z.int(),
  /** Every damaged backup known, with the time it was reported. */
  damaged: z.record(z.string(), Time),
});
export type VerifyState = z.infer<typeof VerifyState>;

/** How the progress of a verification is stored. */
const VERIFY_DOCUMENT: DocumentType<'verify', VerifyState> = {
  kind: 'verify',
  schema: VerifyState,
  name: ({ hsm }) => `The progress of the verification of HSM ${hsm}`,
  advice: 'Delete it: the next verification starts again and reports every damaged backup once more.',
};

/** The stored progress; undefined when nothing was ever verified. Fails with `state-corrupt` or a storage code. */
export async function readVerification(
  store: DocumentStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<VerifyState | undefined> {
  return (await readDocument(store, VERIFY_DOCUMENT, { kind: 'verify', hsm }, signal)).value;
}

/** Opens the run `runId`: where it stopped, or at its beginning. Fails with `state-corrupt` or a storage code. */
export async function openVerification(
  store: DocumentStore,
  hsm: string,
  runId: string,
  now: number,
): Promise<{ readonly state: VerifyState; readonly guard: WriteGuard }> {
  const { value: before, guard } = await readDocument(store, VERIFY_DOCUMENT, { kind: 'verify', hsm });
  if (before?.runId === runId) return { state: before, guard };
  const fresh = { format: 1, hsm, runId, startedAt: now, checked: 0, bytes: 0, found: 0 } as const;
  return { state: { ...fresh, damaged: before?.damaged ?? {} }, guard };
}
