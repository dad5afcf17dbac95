/** How the drills of a protected HSM stand: what they have proven, and whether anything keeps them from proving more. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import type { CatalogueEntry } from '../recovery-points/catalogue.ts';
import { readDrillState } from './model/drill-state.ts';
import { type BelieveDeps, readResults } from './model/results.ts';
import { isTrialLate } from './model/trial-late.ts';
import { type DrillSummary, summariseDrills } from './summary.ts';

/** What is known of the drills of one HSM. */
export interface HsmDrills extends DrillSummary {
  /** Why the last run could not begin. */
  readonly refused: readonly string[];
  /** Copies that the last run has left in the drill HSM. */
  readonly residue: number;
  /** Whether the drills have not been tried for over a week. */
  readonly untried: boolean;
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

/** `none` where no drill HSM is named for the HSM, whatever was proven before. Fails as {@link readResults} and {@link readDrillState}. */
export async function readHsmDrills(
  store: DocumentStore,
  { sites, ...asked }: DrillsAsked,
  believe: BelieveDeps,
  signal?: AbortSignal,
): Promise<HsmDrills | 'none'> {
  const site = sites.find(({ of }) => of.includes(asked.hsm));
  if (site === undefined) return 'none';
  const [results, known] = await Promise.all([
    readResults(store, asked.hsm, believe, signal),
    readDrillState(store, site.name, signal),
  ]);
  const last = known.runs.findLast(({ endedAt }) => endedAt !== undefined);
  return {
    ...summariseDrills({ ...asked, results }),
    refused: last?.refused ?? [],
    residue: last?.residue ?? 0,
    untried: isTrialLate(known, asked.now),
  };
}

/** Whether a drill has shown of some key that its recovery point does not bring it back. */
export function hasFailed(drills: Iterable<HsmDrills | 'none'>): boolean {
  return [...drills].some((one) => one !== 'none' && one.failed.length > 0);
}

/** Said of an HSM without drills. */
export const NO_DRILL_HSM =
  'Restores are unproven: no drill HSM is named. To begin, read docs/drills.md and set WARDEN_DRILL_HSMS.';

/** What keeps the drills from proving anything, or from being believed, each a sentence. */
export function siteTroubles({
  refused,
  residue,
  untried,
}: Pick<HsmDrills, 'refused' | 'residue' | 'untried'>): string[] {
  return [
    ...refused.map((reason) => `No drill runs: ${reason}`),
    ...(residue === 0 ? [] : [`Copies left in the drill HSM: ${residue}`]),
    ...(untried ? ['The drills have not been tried for over a week: nobody knows that they can fail'] : []),
  ];
}

/** All that must be said of the drills of an HSM beside what they have proven, each a sentence. */
export function drillTroubles(drills: HsmDrills | 'none'): string[] {
  if (drills === 'none') return [NO_DRILL_HSM];
  const { blocked, overdue, lastAt } = drills;
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
