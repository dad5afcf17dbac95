/** How the drills of a protected HSM stand: what they have proven, and whether anything keeps them from proving more. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue.ts';
import { readDrillState } from './model/drill-state.ts';
import { type BelieveDeps, readResults } from './model/results.ts';
import { isTrialLate } from './model/trial-late.ts';
import { type DrillSummary, summariseDrills } from './summary.ts';

/** What is known of the drills of one HSM. */
export interface HsmDrills extends DrillSummary {
  /** Whether a drill HSM is named for it. Where none is, only what failed is known: nobody renews what was proven before. */
  readonly named: boolean;
  /** Why the last run could not begin. */
  readonly refused: readonly string[];
  /** Copies that the last run has left in the drill HSM. */
  readonly residue: number;
  /** Whether the drills have not been tried for over a week. */
  readonly untried: boolean;
  /** What of the way of a drill the last trial of the drills could not try. */
  readonly partsUntried: readonly string[];
}

/** Which drills are meant. */
export interface DrillsAsked {
  readonly hsm: string;
  /** The newest recovery point of each key. */
  readonly points: readonly Pick<CatalogueEntry, 'record'>[];
  /** The drill HSMs of the settings. */
  readonly sites: readonly { readonly name: string; readonly of: readonly string[] }[];
  /** Within how many days each key is to be proven. */
  readonly days: number;
  readonly now: number;
}

/** Fails as {@link readResults} and {@link readDrillState}. */
export async function readHsmDrills(
  store: DocumentStore,
  { sites, ...asked }: DrillsAsked,
  believe: BelieveDeps,
  signal?: AbortSignal,
): Promise<HsmDrills> {
  const site = sites.find(({ of }) => of.includes(asked.hsm));
  const [results, known] = await Promise.all([
    readResults(store, asked.hsm, believe, signal),
    site && readDrillState(store, site.name, signal),
  ]);
  const summary = summariseDrills({ ...asked, results });
  if (known === undefined) return withoutDrillHsm(summary, asked.points.length);
  const last = known.runs.findLast(({ endedAt }) => endedAt !== undefined);
  return {
    ...summary,
    named: true,
    refused: last?.refused ?? [],
    residue: last?.residue ?? 0,
    untried: isTrialLate(known, asked.now),
    partsUntried: known.mustFail?.untried ?? [],
  };
}

/** The drill HSM named for an HSM, and when the last run ended there that could begin. Fails as {@link readDrillState}. */
export async function readLastDrill(
  store: DocumentStore,
  sites: DrillsAsked['sites'],
  hsm: string,
  signal?: AbortSignal,
): Promise<{ readonly drillHsm?: string; readonly lastAt?: number }> {
  const site = sites.find(({ of }) => of.includes(hsm));
  if (site === undefined) return {};
  const { runs } = await readDrillState(store, site.name, signal);
  const lastAt = runs.findLast(
    ({ endedAt, refused }) => endedAt !== undefined && refused === undefined,
  )?.endedAt;
  return { drillHsm: site.name, ...(lastAt !== undefined && { lastAt }) };
}

/** A failure does not go away with the drill HSM that showed it. */
function withoutDrillHsm({ hsm, failed }: DrillSummary, points: number): HsmDrills {
  const counts = { proven: 0, metadataOnly: 0, earlier: 0, undrilled: points - failed.length };
  const lists = { failed, blocked: [], overdue: [] };
  return {
    hsm,
    named: false,
    ...counts,
    ...lists,
    refused: [],
    residue: 0,
    untried: false,
    partsUntried: [],
  };
}

/** Said of an HSM without drills. */
export const NO_DRILL_HSM =
  'Restores are unproven: no drill HSM is named. To begin, read docs/drills.md and set WARDEN_DRILL_HSMS.';

/** What keeps the drills from proving anything, or from being believed, each a sentence. */
export function siteTroubles({
  refused,
  residue,
  untried,
  partsUntried,
}: Pick<HsmDrills, 'refused' | 'residue' | 'untried' | 'partsUntried'>): string[] {
  return [
    ...refused.map((reason) => `No drill runs: ${reason}`),
    ...(residue === 0 ? [] : [`Copies left in the drill HSM: ${residue}`]),
    ...(untried ? ['The drills have not been tried for over a week: nobody knows that they can fail'] : []),
    ...partsUntried.map(
      (part) =>
        `The drills that must fail do not try ${part}: WARDEN_DRILL_FAULT_KEY_URL names no key for them`,
    ),
  ];
}

/** All that must be said of the drills of an HSM beside what they have proven, each a sentence. */
export function drillTroubles(drills: HsmDrills): string[] {
  const { named, blocked, overdue, lastAt } = drills;
  if (!named) return [NO_DRILL_HSM];
  const [longest] = overdue;
  const more = overdue.length > 1 ? ', …' : '';
  return [
    ...(lastAt === undefined
      ? ['Restores are unproven: no drill has run yet. To begin: hsm-warden drill run']
      : []),
    ...(blocked.length === 0 ? [] : [`${keys(blocked)} could not be drilled: hsm-warden drill list`]),
    ...(longest === undefined ? [] : [`${keys(overdue)} without a proof for too long: ${longest}${more}`]),
    ...siteTroubles(drills),
  ];
}

function keys({ length }: readonly string[]): string {
  return `${length} key${length === 1 ? '' : 's'}`;
}
