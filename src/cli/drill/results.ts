/** What the commands about drills share: the drill HSMs of the settings, and the results that count. */

import { NameMap } from '../../core/model/key-name.ts';
import { type KeyDrills, readResults } from '../../features/drill/model/results.ts';
import type { DrillHsmConfig } from '../../features/drill/settings.ts';
import { remarkOf } from '../../features/drill/summary.ts';
import { readCatalogue } from '../../features/recovery-points/catalogue.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Store } from '../connect/compose-cli.ts';
import { UsageError } from '../frame/failures.ts';

/** The drill HSMs, or the one for a protected HSM. Fails with UsageError where there is none. */
export function chosenSites({ drill }: Config, hsm: string | undefined): readonly DrillHsmConfig[] {
  const sites = drill.hsms.filter(({ of }) => hsm === undefined || of.includes(hsm));
  if (sites.length > 0) return sites;
  throw new UsageError(
    hsm === undefined || drill.hsms.length === 0
      ? 'No drill HSM is named in the settings: restores are unproven.'
      : `No drill HSM is named for the HSM ${hsm}.`,
    'Name one with WARDEN_DRILL_HSMS: docs/drills.md says how to begin.',
  );
}

/** What must be said of drills beside their results: of a recovery point that is not the newest. Fails as {@link readCatalogue}. */
export async function remarksOn(
  { state }: Pick<Store, 'state'>,
  drills: readonly KeyDrills[],
  signal: AbortSignal,
): Promise<ReadonlyMap<KeyDrills, string>> {
  const remarks = new Map<KeyDrills, string>();
  for (const [hsm, ofHsm] of Map.groupBy(drills, ({ last }) => last.hsm)) {
    const points = new NameMap(Object.entries((await readCatalogue(state, hsm, signal)).keys));
    for (const one of ofHsm) {
      const remark = remarkOf(points.get(one.last.key), one);
      if (remark !== undefined) remarks.set(one, remark);
    }
  }
  return remarks;
}

/** The results of all protected HSMs, or of one, in the order of their names. Fails as {@link readResults}. */
export async function readAllResults(
  { state, seals }: Pick<Store, 'state' | 'seals'>,
  { hsms }: Pick<Config, 'hsms'>,
  signal: AbortSignal,
  only?: string,
): Promise<readonly KeyDrills[]> {
  const resources = new Map(hsms.map(({ name, resource }) => [name, resource]));
  const all: KeyDrills[] = [];
  for (const { name } of hsms) {
    if (only !== undefined && only !== name) continue;
    const results = await readResults(
      state,
      name,
      { seals, resourceOf: (hsm) => resources.get(hsm) },
      signal,
    );
    all.push(...[...results.values()].sort((a, b) => (a.last.key < b.last.key ? -1 : 1)));
  }
  return all;
}
