/** Whether every key of the local world is safe: judged as `hsm-warden status` judges, so that both say the same. */
import { createJsonLogger } from '../adapters/system/json-logger.ts';
import { DEFAULT_RETRY } from '../core/retry.ts';
import { drillTroubles, type HsmDrills, readHsmDrills } from '../features/drill/standing.ts';
import { readCatalogue } from '../features/recovery-points/catalogue.ts';
import { withDrills } from '../features/status/drilled.ts';
import { type HsmStatus, isSafe, wasSeen } from '../features/status/hsm-status.ts';
import { judgeHsm } from '../features/status/judge-hsm.ts';
import { watchPolicy } from '../features/watch/settings.ts';
import { readConfig } from '../platform/config/config.ts';
import { resourcesIn } from '../platform/open-seals.ts';
import { openPlatform } from '../platform/platform.ts';
import type { World } from './world/start-world.ts';

/** What is known of the keys of a world. */
export interface WorldVerdict {
  /** Of each HSM, in their order. */
  readonly statuses: readonly HsmStatus[];
  /** By HSM. */
  readonly drills: ReadonlyMap<string, HsmDrills>;
}

/** Whether every key is safe: what `hsm-warden status` says, too. */
export function isWorldSafe({ statuses }: WorldVerdict): boolean {
  return isSafe(statuses);
}

/** Judges each HSM. Fails with `aborted`, or as {@link readHsmDrills}. */
export async function judgeWorld({ settings }: World, signal: AbortSignal): Promise<WorldVerdict> {
  const config = readConfig(settings);
  const { backups, hsms, ...platform } = openPlatform({ config });
  const logger = createJsonLogger({ write: (line) => process.stderr.write(line) }, platform.clock);
  const deps = { ...platform, backups: backups(logger), logger, retry: DEFAULT_RETRY };
  const believe = { seals: platform.seals, resourceOf: resourcesIn(config) };
  const [statuses, drills] = await Promise.all([
    Promise.all(
      hsms.names.map((name) => judgeHsm({ ...deps, keys: hsms.get(name).keys }, watchPolicy(config), signal)),
    ),
    Promise.all(
      hsms.names.map(async (hsm) => {
        const { keys } = await readCatalogue(platform.state, hsm, signal);
        const { hsms: sites, days } = config.drill;
        const asked = { hsm, points: Object.values(keys), sites, days, now: platform.clock.now() };
        return [hsm, await readHsmDrills(platform.state, asked, believe, signal)] as const;
      }),
    ),
  ]);
  const byHsm = new Map(drills);
  return { statuses: statuses.map((one) => withDrills(one, byHsm.get(one.hsm))), drills: byHsm };
}

/** The verdict for people, and why it is not `safe`. */
export function describeVerdict(verdict: WorldVerdict): readonly string[] {
  const { statuses, drills } = verdict;
  const why = statuses.flatMap((one) => {
    if (!wasSeen(one)) return [`  ${one.hsm} could not be read: ${one.trouble.message}`];
    return [
      ...one.risks.map(({ key, detail }) => `  ${one.hsm}/${key}: ${detail}`),
      ...one.lost.map(
        ({ key }) => `  ${one.hsm}/${key} is LOST: it was purged, and no backup brings it back`,
      ),
    ];
  });
  const unproven = [...drills].flatMap(([hsm, one]) =>
    drillTroubles(one).map((trouble) => `  ${hsm}: ${trouble}`),
  );
  const first = isWorldSafe(verdict) ? 'Every key is safe.' : 'Not every key is known to be safe:';
  return [first, ...why, ...unproven];
}
