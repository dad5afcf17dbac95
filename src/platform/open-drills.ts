/** What the recovery app reads of restore drills. */
import { type DrillsOf, readResults } from '../features/drill/model/results.ts';
import type { Config } from './config/config.ts';
import { resourcesIn } from './open-seals.ts';
import type { Platform } from './platform.ts';

/** The results that count, of HSMs that have a drill HSM. */
export function drillsOn({ state, seals }: Pick<Platform, 'state' | 'seals'>, config: Config): DrillsOf {
  const resourceOf = resourcesIn(config);
  return async (hsm, signal) =>
    config.drill.hsms.some(({ of }) => of.includes(hsm))
      ? readResults(state, hsm, { seals, resourceOf }, signal)
      : undefined;
}
