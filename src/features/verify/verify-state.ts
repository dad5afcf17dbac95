/** How far the verification of an HSM's backups has come, and what it has found damaged. */
import { z } from 'zod';
import { WardenError } from '../../core/errors.ts';
import type { StateStore, WriteGuard } from '../../core/ports.ts';

const Time = z.int().nonnegative();

/** The progress of a verification. Times are epoch milliseconds. */
export const VerifyState = z.strictObject({
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
  /** Every damaged backup known, with the time it was told. */
  damaged: z.record(z.string(), Time),
});
export type VerifyState = z.infer<typeof VerifyState>;

/** Opens the run `runId`: where it stopped, or at its beginning. Fails with `state-corrupt` or a storage code. */
export async function openVerification(
  store: StateStore,
  hsm: string,
  runId: string,
  now: number,
): Promise<{ readonly state: VerifyState; readonly guard: WriteGuard }> {
  const document = await store.read({ kind: 'verify', hsm });
  const fresh = { format: 1, hsm, runId, startedAt: now, checked: 0, bytes: 0, found: 0 } as const;
  if (document === undefined) return { state: { ...fresh, damaged: {} }, guard: 'absent' };
  const guard = { etag: document.etag };
  const before = parseVerifyState(document.text, hsm);
  return { state: before.runId === runId ? before : { ...fresh, damaged: before.damaged }, guard };
}

/** Reads a stored verification. Fails with `state-corrupt`. */
export function parseVerifyState(text: string, hsm: string): VerifyState {
  try {
    return VerifyState.parse(JSON.parse(text));
  } catch (cause) {
    throw new WardenError('state-corrupt', {
      message: `The progress of the verification of HSM ${hsm} cannot be read.`,
      advice: 'Delete it: the next verification begins anew and tells every damaged backup once more.',
      hsm,
      cause,
    });
  }
}
