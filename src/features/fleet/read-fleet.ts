/** Reads what discoveries know of the fleet, and says what that is worth. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { readDocument } from '../../core/documents/update-document.ts';
import { isWardenError } from '../../core/errors.ts';
import type { Seals } from '../../core/seal/seals.ts';
import { verifySeal } from '../../core/seal/verify-seal.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { FLEET, type FleetDocument, sealedFleet } from './model/fleet-document.ts';

/** A discovery should be there every 15 minutes; two that are missing are no accident. */
const LATE_MS = 45 * MINUTE_MS;

/** What is known, and why it cannot be relied on, if so. */
export interface KnownFleet {
  readonly fleet?: FleetDocument;
  /** Whether whoever can only write the storage could have made it up. */
  readonly sealed: boolean;
  /** Why its seal does not count, a sentence; absent where it does, and where nothing is sealed. */
  readonly unsealed?: string;
  /** In sentences; absent while it can be relied on. */
  readonly doubt?: string;
}

/** Reads what is known at `now`, epoch milliseconds. Fails with `state-corrupt` or a storage code. */
export async function readFleet(
  store: DocumentStore,
  seals: Seals | undefined,
  now: number,
  signal?: AbortSignal,
): Promise<KnownFleet> {
  const { value: fleet } = await readDocument(store, FLEET, { kind: 'fleet' }, signal);
  if (fleet === undefined) return { sealed: false, doubt: 'No discovery has ended yet.' };
  const unsealed = await sealDoubt(fleet, seals, signal);
  const late = now - fleet.discoveredAt > LATE_MS;
  const doubts = [
    ...(unsealed === undefined ? [] : [unsealed]),
    ...(late ? ['The last whole discovery is more than 45 minutes old: newer HSMs are not known.'] : []),
  ];
  return {
    fleet,
    sealed: seals !== undefined && unsealed === undefined,
    ...(unsealed !== undefined && { unsealed }),
    ...(doubts.length > 0 && { doubt: doubts.join(' ') }),
  };
}

/** Why its seal does not count, a sentence; undefined where it does, and where nothing is sealed. */
export async function sealDoubt(
  fleet: FleetDocument,
  seals: Seals | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (seals === undefined) return undefined;
  if (fleet.seal === undefined)
    return 'The list of HSMs is not sealed: whoever can write the storage could have made it up.';
  try {
    const verdict = verifySeal(await seals.pinned(signal), 'discovery', sealedFleet(fleet), fleet.seal);
    return verdict.good ? undefined : `The seal of the list of HSMs does not count, for ${verdict.why}.`;
  } catch (error) {
    if (signal?.aborted || !isWardenError(error, 'seal-unavailable')) throw error;
    return `The seal of the list of HSMs could not be verified: ${error.message}`;
  }
}
