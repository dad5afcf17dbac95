/** What `status` says of restore drills: whether restores are proven, and how long one takes. */

import { readResults } from '../../features/drill/model/results.ts';
import { type DrillSummary, summariseDrills } from '../../features/drill/summary.ts';
import type { Config, HsmConfig } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { counted } from '../connect/warden-options.ts';
import type { Paint } from '../frame/style.ts';
import { ago } from './lost-lines.ts';

/** By HSM; `none` where no drill HSM is named for it. */
export type DrillsOf = ReadonlyMap<string, DrillSummary | 'none'>;

/** Reads the results of drills. Fails as {@link readResults}. */
export async function drillsOf(
  { state, seals }: Pick<Store, 'state' | 'seals'>,
  config: Pick<Config, 'hsms' | 'drill'>,
  chosen: readonly HsmConfig[],
  signal: AbortSignal,
): Promise<DrillsOf> {
  const resources = new Map(config.hsms.map(({ name, resource }) => [name, resource]));
  const drills = new Map<string, DrillSummary | 'none'>();
  for (const { name } of chosen) {
    const isDrilled = config.drill.hsms.some(({ of }) => of.includes(name));
    if (!isDrilled) drills.set(name, 'none');
    else {
      const believe = { seals, resourceOf: (hsm: string) => resources.get(hsm) };
      drills.set(name, summariseDrills(name, await readResults(state, name, believe, signal)));
    }
  }
  return drills;
}

/** Whether a drill has shown of some key that its recovery point does not bring it back. */
export function hasFailed(drills: DrillsOf): boolean {
  return [...drills.values()].some((one) => one !== 'none' && one.failed.length > 0);
}

/** The lines about one HSM. */
export function drillLines(drills: DrillSummary | 'none' | undefined, now: number, paint: Paint): string[] {
  if (drills === undefined) return [];
  if (drills === 'none') {
    return [
      `  ${paint('yellow', '*')} Restores are unproven: no drill HSM is named. To begin, read docs/drills.md and set WARDEN_DRILL_HSMS.`,
    ];
  }
  const { proven, metadataOnly, failed, blocked, lastAt, restoreMs } = drills;
  if (lastAt === undefined)
    return [
      `  ${paint('yellow', '*')} Restores are unproven: no drill has run yet. To begin: hsm-warden drill run`,
    ];
  const took =
    restoreMs === undefined
      ? ''
      : `; a restore takes ${seconds(restoreMs.p50)}, at most ${seconds(restoreMs.p95)} for 95 of 100`;
  return [
    `  last drill ${ago(lastAt, now)}; ${counted(proven, 'key')} proven to restore${metadataOnly === 0 ? '' : `, ${metadataOnly} restored and compared only`}${took}`,
    ...failed.map(
      (key) =>
        `  ${paint('red', '!')} ${key}: the recovery point does not bring the key back\n    -> hsm-warden drill show ${key}`,
    ),
    ...(blocked.length === 0
      ? []
      : [
          `  ${paint('yellow', '*')} ${counted(blocked.length, 'key')} could not be drilled: hsm-warden drill list`,
        ]),
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
