/** What `status` says of restore drills: whether restores are proven, and how long one takes. */

import { readDrillState } from '../../features/drill/model/drill-state.ts';
import { readResults } from '../../features/drill/model/results.ts';
import { isTrialLate } from '../../features/drill/model/trial-late.ts';
import { type DrillSummary, summariseDrills } from '../../features/drill/summary.ts';
import { readCatalogue } from '../../features/recovery-points/catalogue.ts';
import type { Config, HsmConfig } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { counted } from '../connect/warden-options.ts';
import type { Paint } from '../frame/style.ts';
import { ago } from './lost-lines.ts';

/** What is known of the drills of one HSM. */
export interface HsmDrills extends DrillSummary {
  /** Why the last run could not begin. */
  readonly refused: readonly string[];
  /** Copies that the last run has left in the drill HSM. */
  readonly residue: number;
  /** Whether the drills have not been tried for over a week. */
  readonly untried: boolean;
}

/** By HSM; `none` where no drill HSM is named for it. */
export type DrillsOf = ReadonlyMap<string, HsmDrills | 'none'>;

/** Reads the results of drills. Fails as {@link readResults}. */
export async function drillsOf(
  { state, seals }: Pick<Store, 'state' | 'seals'>,
  config: Pick<Config, 'hsms' | 'drill'>,
  chosen: readonly HsmConfig[],
  now: number,
  signal: AbortSignal,
): Promise<DrillsOf> {
  const resources = new Map(config.hsms.map(({ name, resource }) => [name, resource]));
  const believe = { seals, resourceOf: (hsm: string) => resources.get(hsm) };
  const drills = new Map<string, HsmDrills | 'none'>();
  for (const { name } of chosen) {
    const site = config.drill.hsms.find(({ of }) => of.includes(name));
    if (site === undefined) {
      drills.set(name, 'none');
      continue;
    }
    const [results, { keys }, known] = await Promise.all([
      readResults(state, name, believe, signal),
      readCatalogue(state, name, signal),
      readDrillState(state, site.name, signal),
    ]);
    const facts = { hsm: name, points: Object.values(keys), results, days: config.drill.days, now };
    const last = known.runs.findLast(({ endedAt }) => endedAt !== undefined);
    drills.set(name, {
      ...summariseDrills(facts),
      refused: last?.refused ?? [],
      residue: last?.residue ?? 0,
      untried: isTrialLate(known, now),
    });
  }
  return drills;
}

/** Whether a drill has shown of some key that its recovery point does not bring it back. */
export function hasFailed(drills: DrillsOf): boolean {
  return [...drills.values()].some((one) => one !== 'none' && one.failed.length > 0);
}

/** The lines about one HSM. */
export function drillLines(drills: HsmDrills | 'none' | undefined, now: number, paint: Paint): string[] {
  if (drills === undefined) return [];
  const warn = (text: string) => `  ${paint('yellow', '*')} ${text}`;
  if (drills === 'none') {
    return [
      warn(
        'Restores are unproven: no drill HSM is named. To begin, read docs/drills.md and set WARDEN_DRILL_HSMS.',
      ),
    ];
  }
  const troubles = troublesOf(drills).map(warn);
  if (drills.lastAt === undefined)
    return [warn('Restores are unproven: no drill has run yet. To begin: hsm-warden drill run'), ...troubles];
  return [
    `  last drill ${ago(drills.lastAt, now)}; ${countsOf(drills)}${tookOf(drills)}`,
    ...drills.failed.map(
      (key) =>
        `  ${paint('red', '!')} ${key}: the recovery point does not bring the key back\n    -> hsm-warden drill show ${key}`,
    ),
    ...troubles,
  ];
}

function countsOf({ proven, metadataOnly, earlier, undrilled }: HsmDrills): string {
  const more: readonly (readonly [number, string])[] = [
    [metadataOnly, 'restored and compared only'],
    [earlier, 'by an earlier backup only'],
    [undrilled, 'not drilled yet'],
  ];
  return [
    `${counted(proven, 'key')} proven to restore`,
    ...more.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
  ].join(', ');
}

function tookOf({ restoreMs }: HsmDrills): string {
  if (restoreMs === undefined) return '';
  return `; a restore takes ${seconds(restoreMs.p50)}, at most ${seconds(restoreMs.p95)} for 95 of 100`;
}

function troublesOf({ blocked, overdue, refused, residue, untried }: HsmDrills): string[] {
  const [longest] = overdue;
  return [
    ...refused.map((reason) => `No drill runs: ${reason}`),
    ...(blocked.length === 0
      ? []
      : [`${counted(blocked.length, 'key')} could not be drilled: hsm-warden drill list`]),
    ...(longest === undefined
      ? []
      : [
          `${counted(overdue.length, 'key')} without a proof for too long: ${longest}${overdue.length > 1 ? ', …' : ''}`,
        ]),
    ...(residue === 0 ? [] : [`Copies left in the drill HSM: ${residue}`]),
    ...(untried ? ['The drills have not been tried for over a week: nobody knows that they can fail'] : []),
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
