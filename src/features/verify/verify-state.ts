/** How far the verification of an HSM's backups has come, and what it has found damaged. */

import { z } from 'zod';
import type { WriteGuard } from '../../core/documents/document-store.ts';
import type { DocumentType } from '../../core/documents/document-type.ts';
import { readDocument } from '../../core/documents/update-document.ts';
import type { Logger } from '../../core/ports.ts';
import type { Believed, Dated } from '../../core/seal/dated-seals.ts';
import { Seal } from '../../core/seal/seal.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';

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
  /** Over all the rest; absent where nothing is sealed, and where the key was out of reach. */
  seal: Seal.exactOptional(),
});
export type VerifyState = z.infer<typeof VerifyState>;

/** How the progress of a verification is stored. */
const VERIFY_DOCUMENT: DocumentType<'verify', VerifyState> = {
  kind: 'verify',
  schema: VerifyState,
  name: ({ hsm }) => `The progress of the verification of HSM ${hsm}`,
  advice: 'Delete it: the next verification starts again and reports every damaged backup once more.',
};

/**
 * The stored progress; without a value when nothing was ever verified. Where seals are configured one without a good seal has not
 * ended, whatever it says, and the doubt says why: what it calls damaged counts, for no good comes of that to whoever made it up. What
 * is noted as damaged for good is damaged, also where nothing is stored. Fails with `state-corrupt`, `seal-unavailable` or a storage code.
 */
export async function readVerification(
  store: CatalogueStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<Believed<VerifyState>> {
  const { value: stored } = await readDocument(store, VERIFY_DOCUMENT, { kind: 'verify', hsm }, signal);
  const noted = (await store.notes?.read(hsm, signal))?.damaged ?? new Map<string, number>();
  const value = withDamage(hsm, stored, noted);
  if (stored === undefined || value === undefined) return { value };
  const doubt = await doubtOf(store, hsm, stored, signal);
  if (doubt === undefined) return { value };
  const { endedAt: _unknown, ...rest } = value;
  return { value: rest, doubt };
}

function withDamage(
  hsm: string,
  stored: VerifyState | undefined,
  noted: ReadonlyMap<string, number>,
): VerifyState | undefined {
  if (noted.size === 0) return stored;
  const none = { format: 1, hsm, runId: '', startedAt: 0, checked: 0, bytes: 0, found: 0 } as const;
  return { ...(stored ?? none), damaged: { ...Object.fromEntries(noted), ...stored?.damaged } };
}

/** A verification that is opened. */
interface OpenVerification {
  readonly state: VerifyState;
  readonly guard: WriteGuard;
  /** Whether all that it says is known to be this app's own word, so that its end can be sealed. */
  readonly own: boolean;
}

/**
 * Opens the run `runId`: where it stopped, or at its beginning. Where seals are configured, what has no good seal is not believed to
 * have ended, and of an earlier run not what it knows as damaged: that is found and reported again. Fails with `state-corrupt` or a
 * storage code.
 */
export async function openVerification(
  store: CatalogueStore,
  hsm: string,
  runId: string,
  now: number,
): Promise<OpenVerification> {
  const { value: before, guard } = await readDocument(store, VERIFY_DOCUMENT, { kind: 'verify', hsm });
  const own = before === undefined || (await doubtOf(store, hsm, before)) === undefined;
  const goesOn = before?.runId === runId && (own || before.endedAt === undefined);
  if (goesOn) return { state: before, guard, own };
  const fresh = { format: 1, hsm, runId, startedAt: now, checked: 0, bytes: 0, found: 0 } as const;
  return { state: { ...fresh, damaged: own ? (before?.damaged ?? {}) : {} }, guard, own: true };
}

/** The progress with a seal over it, by the process that has made it; without one where nothing is sealed. Fails as sealing does. */
export async function sealVerification(
  { points }: CatalogueStore,
  { seal: _former, ...state }: VerifyState,
  logger: Pick<Logger, 'warn'>,
): Promise<VerifyState> {
  const seal = await points?.dated.seal(datedOf(state.hsm, state), logger);
  return seal === undefined ? state : { ...state, seal };
}

async function doubtOf(
  { points }: CatalogueStore,
  hsm: string,
  state: VerifyState,
  signal?: AbortSignal,
): Promise<string | undefined> {
  return (await points?.dated.doubts(signal))?.(datedOf(hsm, state), state.seal);
}

/** Of the HSM that is asked for, whatever the document says: one of another HSM, with its good seal, can be put in its place. */
function datedOf(hsm: string, { hsm: _said, seal: _seal, ...facts }: VerifyState): Dated {
  return { purpose: 'verification', hsm, facts };
}
