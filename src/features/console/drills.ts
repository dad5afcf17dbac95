/** What drills have proven, for the page: by HSM, and by key, those first that somebody must look at. */
import { definedOnly } from '../../core/defined-only.ts';
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { NameMap } from '../../core/model/key-name.ts';
import { isoTime } from '../../core/time.ts';
import { type BelieveDeps, goodOf, type KeyDrills, readResults } from '../drill/model/results.ts';
import { remarkOf, summariseDrills } from '../drill/summary.ts';
import { type CatalogueEntry, type CatalogueStore, readCatalogue } from '../recovery-points/catalogue.ts';
import type { DrilledKey, DrillHsm, DrillPage } from './model/drills.ts';

/** What is asked of the results. */
export interface DrillQuery {
  readonly hsm?: string;
  readonly limit: number;
  /** How many are before the page. */
  readonly offset: number;
}

const NONE = { proven: 0, metadataOnly: 0, earlier: 0, undrilled: 0, failed: 0, blocked: 0, overdue: 0 };

/** What must be looked at first. */
const ORDER: Readonly<Record<DrilledKey['verdict'], number>> = {
  failed: 0,
  blocked: 1,
  'metadata-only': 2,
  proven: 3,
};

/** When it is asked, and within how many days each key is to be proven. */
export interface DrillTimes {
  readonly now: number;
  readonly days: number;
}

type Store = DocumentStore & CatalogueStore;

/** A page of drilled keys. An HSM whose results cannot be read is unknown, and the others are shown. */
export async function listDrills(
  store: Store,
  believe: BelieveDeps,
  hsms: readonly string[],
  { hsm: only, limit, offset }: DrillQuery,
  times: DrillTimes,
): Promise<DrillPage> {
  const chosen = hsms.filter((hsm) => only === undefined || hsm === only);
  const read = await Promise.all(chosen.map((hsm) => ofHsm(store, believe, hsm, times)));
  const keys = read.flatMap(({ keys: found }) => found).toSorted(firstToLookAt);
  const end = offset + limit;
  return {
    hsms: read.map(({ summary }) => summary),
    items: keys.slice(offset, end),
    total: keys.length,
    ...definedOnly({ next: end < keys.length ? String(end) : undefined }),
  };
}

async function ofHsm(
  store: Store,
  believe: BelieveDeps,
  hsm: string,
  times: DrillTimes,
): Promise<{ readonly summary: DrillHsm; readonly keys: readonly DrilledKey[] }> {
  try {
    const [results, { keys }] = await Promise.all([
      readResults(store, hsm, believe),
      readCatalogue(store, hsm),
    ]);
    const points = new NameMap(Object.entries(keys));
    const facts = { hsm, points: Object.values(keys), results, ...times };
    const { lastAt, oldestProofAt, restoreMs, ...counts } = summariseDrills(facts);
    return {
      summary: {
        ...counts,
        failed: counts.failed.length,
        blocked: counts.blocked.length,
        overdue: counts.overdue.length,
        ...definedOnly({
          lastAt: timeOf(lastAt),
          oldestProofAt: timeOf(oldestProofAt),
          restoreMs: restoreMs && { ...restoreMs },
        }),
      },
      keys: [...results.values()].map((drills) => lineOf(drills, points.get(drills.last.key))),
    };
  } catch (error) {
    if (!isWardenError(error)) throw error;
    const unknown = `The results could not be read: ${error.message}`;
    return { summary: { hsm, ...NONE, unknown }, keys: [] };
  }
}

function lineOf(drills: KeyDrills, point: CatalogueEntry | undefined): DrilledKey {
  const { hsm, key, verdict, endedAt, reasons } = drills.last;
  const remark = remarkOf(point, drills);
  return {
    hsm,
    key,
    verdict,
    drilledAt: isoTime(endedAt),
    reasons: remark === undefined ? [...reasons] : [...reasons, remark],
    ...definedOnly({ provenAt: timeOf(goodOf(drills)?.endedAt) }),
  };
}

/** The gravest verdict first, then what was drilled longest ago. */
function firstToLookAt(a: DrilledKey, b: DrilledKey): number {
  const byVerdict = ORDER[a.verdict] - ORDER[b.verdict];
  return byVerdict === 0 ? a.drilledAt.localeCompare(b.drilledAt) : byVerdict;
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : isoTime(ms);
}
