/** The last result of each key of a protected HSM. */
import { z } from 'zod';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { readDocument, updateDocument } from '../../../core/documents/update-document.ts';
import { NameMap } from '../../../core/model/key-name.ts';
import type { Seals } from '../../../core/seal/seals.ts';
import { verifySeal } from '../../../core/seal/verify-seal.ts';
import { DrillResult, isConclusive } from './result.ts';

/** What is known of a key's drills. */
const KeyDrills = z.strictObject({
  last: DrillResult,
  /** The last one that proved something, where the last did not. */
  lastGood: DrillResult.exactOptional(),
});
export type KeyDrills = z.infer<typeof KeyDrills>;

const Results = z.strictObject({
  format: z.literal(1),
  hsm: z.string().min(1),
  keys: z.record(z.string(), KeyDrills),
});

const DOCUMENT: DocumentType<'drill-results', z.infer<typeof Results>> = {
  kind: 'drill-results',
  schema: Results,
  name: ({ hsm }) => `The results of the drills of HSM ${hsm}`,
  advice: 'Delete it: all keys of the HSM count as unproven until they are drilled again.',
  check: ({ hsm }, address) => (hsm === address.hsm ? undefined : `it is of HSM ${hsm}`),
};

/** By key. */
export type ResultsByKey = ReadonlyMap<string, KeyDrills>;

/** Reads the results of the drills of an HSM; undefined where there is no drill HSM for it. */
export type DrillsOf = (hsm: string, signal?: AbortSignal) => Promise<ResultsByKey | undefined>;

/** Who wrote a result, where seals are configured: one without a good seal is no result. */
export interface BelieveDeps {
  readonly seals?: Seals | undefined;
  /** What seals name an HSM by. */
  readonly resourceOf: (hsm: string) => string | undefined;
}

/**
 * The results that count. Fails with `state-corrupt`, a storage code, or `seal-unavailable` when the pinned keys cannot be read.
 */
export async function readResults(
  store: DocumentStore,
  hsm: string,
  believe: BelieveDeps,
  signal?: AbortSignal,
): Promise<ResultsByKey> {
  const { value } = await readDocument(store, DOCUMENT, { kind: 'drill-results', hsm }, signal);
  const counts = await judgeOf(believe, signal);
  const results = new NameMap<KeyDrills>();
  for (const [key, { last, lastGood }] of Object.entries(value?.keys ?? {})) {
    const good = lastGood !== undefined && counts(lastGood) ? lastGood : undefined;
    if (counts(last)) results.set(key, good === undefined ? { last } : { last, lastGood: good });
    else if (good !== undefined) results.set(key, { last: good });
  }
  return results;
}

/**
 * Files results; of one key the last to end stays, and none that ended after `now`: the clock was ahead then. Filing the same again
 * changes nothing. Fails as {@link updateDocument}.
 */
export async function fileResults(
  store: DocumentStore,
  hsm: string,
  results: readonly DrillResult[],
  now: number,
  signal?: AbortSignal,
): Promise<void> {
  await updateDocument(
    store,
    DOCUMENT,
    { kind: 'drill-results', hsm },
    (known) => {
      const keys = new NameMap(Object.entries(known?.keys ?? {}));
      for (const result of results) keys.set(result.key, added(keys.get(result.key), result, now));
      return { format: 1 as const, hsm, keys: Object.fromEntries(keys) };
    },
    signal,
  );
}

/** The last result that proved something. */
export function goodOf(drills: KeyDrills | undefined): DrillResult | undefined {
  if (drills === undefined) return undefined;
  return isConclusive(drills.last) ? drills.last : drills.lastGood;
}

function added(known: KeyDrills | undefined, result: DrillResult, now: number): KeyDrills {
  const isLater = known !== undefined && known.last.endedAt > result.endedAt;
  if (isLater && known.last.endedAt <= now) return known;
  const good = isConclusive(result) ? undefined : goodOf(known);
  return good === undefined ? { last: result } : { last: result, lastGood: good };
}

async function judgeOf(
  { seals, resourceOf }: BelieveDeps,
  signal?: AbortSignal,
): Promise<(result: DrillResult) => boolean> {
  if (seals === undefined) return () => true;
  const pinned = await seals.pinned(signal);
  return ({ seal, ...facts }) => {
    const hsm = resourceOf(facts.hsm);
    return seal !== undefined && hsm !== undefined && verifySeal(pinned, 'drill', { hsm, facts }, seal).good;
  };
}
