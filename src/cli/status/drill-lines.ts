/** What `status` says of restore drills: whether restores are proven, and how long one takes. */

import { drillTroubles, type HsmDrills, NO_DRILL_HSM, readHsmDrills } from '../../features/drill/standing.ts';
import { readCatalogue } from '../../features/recovery-points/catalogue.ts';
import type { Config, HsmConfig } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { counted } from '../connect/warden-options.ts';
import type { Paint } from '../frame/style.ts';
import { ago } from './lost-lines.ts';

/** By HSM. */
export type DrillsOf = ReadonlyMap<string, HsmDrills>;

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
  const drills = new Map<string, HsmDrills>();
  for (const { name } of chosen) {
    const { keys } = await readCatalogue(state, name, signal);
    const asked = {
      hsm: name,
      points: Object.values(keys),
      sites: config.drill.hsms,
      days: config.drill.days,
      now,
    };
    drills.set(name, await readHsmDrills(state, asked, believe, signal));
  }
  return drills;
}

/** What is said once, of how many HSMs it is so, where no drill HSM is named for several; undefined where it is of one, or of none. */
export function undrilledLine(drills: DrillsOf | undefined, paint: Paint): string | undefined {
  const all = [...(drills?.values() ?? [])];
  const count = all.filter(({ named }) => !named).length;
  if (count < 2) return undefined;
  const of = count === all.length ? `all ${count} HSMs` : `${count} of ${all.length} HSMs`;
  return `${paint('yellow', '*')} ${NO_DRILL_HSM} (${of})`;
}

/** The lines about one HSM. `saidOnce`: that no drill HSM is named is said by {@link undrilledLine}. */
export function drillLines(
  drills: HsmDrills | undefined,
  now: number,
  paint: Paint,
  saidOnce = false,
): string[] {
  if (drills === undefined) return [];
  const warn = (text: string) => `  ${paint('yellow', '*')} ${text}`;
  const isSaid = (trouble: string) => saidOnce && trouble === NO_DRILL_HSM;
  const troubles = drillTroubles(drills)
    .filter((trouble) => !isSaid(trouble))
    .map(warn);
  if (drills.lastAt === undefined) return troubles;
  return [`  last drill ${ago(drills.lastAt, now)}; ${countsOf(drills)}${tookOf(drills)}`, ...troubles];
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

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
