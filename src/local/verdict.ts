/** Whether every key of the local world is safe: judged as `hsm-warden status` judges, so that both say the same. */
import { createJsonLogger } from '../adapters/system/json-logger.ts';
import { DEFAULT_RETRY } from '../core/retry.ts';
import { type HsmStatus, isSafe, wasSeen } from '../features/status/hsm-status.ts';
import { judgeHsm } from '../features/status/judge-hsm.ts';
import { watchPolicy } from '../features/watch/settings.ts';
import { readConfig } from '../platform/config/config.ts';
import { openPlatform } from '../platform/platform.ts';
import type { World } from './world/start-world.ts';

/** The status of each HSM, in their order. Fails with `aborted`. */
export async function judgeWorld({ settings }: World, signal: AbortSignal): Promise<readonly HsmStatus[]> {
  const config = readConfig(settings);
  const { backups, hsms, ...platform } = openPlatform({ config });
  const logger = createJsonLogger({ write: (line) => process.stderr.write(line) }, platform.clock);
  const deps = { ...platform, backups: backups(logger), logger, retry: DEFAULT_RETRY };
  return Promise.all(
    hsms.names.map((name) => judgeHsm({ ...deps, keys: hsms.get(name).keys }, watchPolicy(config), signal)),
  );
}

/** The verdict for people, and why it is not `safe`. */
export function describeVerdict(statuses: readonly HsmStatus[]): readonly string[] {
  const why = statuses.flatMap((one) => {
    if (!wasSeen(one)) return [`  ${one.hsm} could not be read: ${one.trouble.message}`];
    return [
      ...one.risks.map(({ key, detail }) => `  ${one.hsm}/${key}: ${detail}`),
      ...one.lost.map(
        ({ key }) => `  ${one.hsm}/${key} is LOST: it was purged, and no backup brings it back`,
      ),
    ];
  });
  return [isSafe(statuses) ? 'Every key is safe.' : 'Not every key is known to be safe:', ...why];
}
