/** One more HSM, which no setting names, and the search that finds it: for whoever wants to try `hsm-warden hsm`. */
import { join } from 'node:path';
import { startResourceGraph } from '../../emulator/graph/resource-graph.ts';
import { DEFAULT_TENANT_ID } from '../../emulator/options.ts';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { appRoles } from './app-roles.ts';
import { numberedKeys } from './seed-keys.ts';

/** Its name, and how many keys it has. */
const NAME = 'sandbox';
const KEYS = 3;
const RETENTION_DAYS = 90;
const LOCATION = 'westeurope';

/** The running HSM, and the settings by which it is found. */
export interface SearchedHsm {
  readonly hsm: Emulator;
  readonly settings: {
    readonly WARDEN_DISCOVERY_SCOPES: string;
    readonly WARDEN_DISCOVERY_URL: string;
  };
  close(): Promise<void>;
}

/** Starts both. `others`: the HSMs of the settings, which the search finds, too. */
export async function startSearchedHsm(
  folder: string,
  port: number,
  shared: { readonly caDir: string; readonly securityDomain: string; readonly auditSink: string },
  others: readonly Emulator[],
): Promise<SearchedHsm> {
  const hsm = await startEmulator({
    name: NAME,
    port,
    ...shared,
    stateDir: join(folder, `hsm-${NAME}`),
    retentionDays: RETENTION_DAYS,
    seed: async (now) => [...appRoles(), ...(await numberedKeys(KEYS, now))],
  });
  try {
    const graph = await startResourceGraph(shared.caDir, DEFAULT_TENANT_ID);
    const all = [...others, hsm];
    const subscriptions = [...new Set(all.map(subscriptionOf))];
    graph.view.subscriptions = subscriptions;
    graph.view.hsms = all.map(({ name, url, resource }) => ({
      id: resource.id,
      name,
      location: LOCATION,
      hsmUri: url,
    }));
    return {
      hsm,
      settings: { WARDEN_DISCOVERY_SCOPES: subscriptions.join(), WARDEN_DISCOVERY_URL: graph.url },
      close: async () => {
        await graph.close();
        await hsm.close();
      },
    };
  } catch (error) {
    await hsm.close();
    throw error;
  }
}

function subscriptionOf({ resource }: Emulator): string {
  return resource.id.split('/')[2] ?? '';
}
