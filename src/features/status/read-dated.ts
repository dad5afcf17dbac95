/** When what was last done over an HSM, as far as that can be relied on. */
import { definedOnly } from '../../core/defined-only.ts';
import type { Believed } from '../../core/seal/dated-seals.ts';
import { type LastRun, readLastRun } from '../backup/last-run.ts';
import type { CatalogueStore } from '../recovery-points/catalogue.ts';
import { readVerification, type VerifyState } from '../verify/verify-state.ts';
import { datedSummary, readSummaryHead } from './summary-document.ts';

/** Why a time is not known, in a sentence: where seals are configured it counts by its seal. */
export type Doubts = Readonly<Partial<Record<'scan' | 'run' | 'verification', string>>>;

/** What is dated. */
export interface DatedFacts {
  readonly lastRun: LastRun | undefined;
  readonly verify: VerifyState | undefined;
  /** Why the one or the other is absent, or has not ended. */
  readonly doubts: Doubts;
}

/** Reads the last run and the last verification. Fails with `state-corrupt` or a storage code. */
export async function readDated(
  store: CatalogueStore,
  hsm: string,
  signal?: AbortSignal,
): Promise<DatedFacts> {
  const [run, verify] = await Promise.all([
    readLastRun(store, hsm, signal),
    readVerification(store, hsm, signal),
  ]);
  const doubts = definedOnly({ run: run.doubt, verification: verify.doubt });
  return { lastRun: run.value, verify: verify.value, doubts };
}

/**
 * When the last scan saw every key, by its sealed summary; `lookedAt`, as the watch remembers it, where nothing is sealed. Epoch
 * milliseconds. Fails with `state-corrupt` or a storage code.
 */
export async function readScanTime(
  store: CatalogueStore,
  hsm: string,
  lookedAt: number | undefined,
  signal?: AbortSignal,
): Promise<Believed<number>> {
  if (store.points === undefined) return { value: lookedAt };
  const head = (await readSummaryHead(store, hsm, signal))?.head;
  if (head === undefined) return { value: undefined };
  const doubt = (await store.points.dated.doubts(signal))(datedSummary(head), head.seal);
  return doubt === undefined ? { value: head.judgedAt } : { value: undefined, doubt };
}
