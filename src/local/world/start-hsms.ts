/** The emulated HSMs of a local world: those that are protected, and the one for restore drills. */
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { appRoles, drillRoles } from './app-roles.ts';
import { type LocalHsmName, seedWorld } from './seed-keys.ts';

const RETENTION_DAYS = 90;

/** The HSM of the restore drills. */
export function startDrillHsm(
  folder: string,
  port: number,
  shared: { readonly caDir: string; readonly securityDomain: string },
): Promise<Emulator> {
  return startEmulator({
    name: 'drill',
    port,
    ...shared,
    stateDir: join(folder, 'hsm-drill'),
    purgeProtection: false,
    retentionDays: 7,
    seed: async () => drillRoles(),
  });
}

/** An HSM with `keys` active keys of both together, as the apps may use it. */
export function startHsm(
  name: LocalHsmName,
  { folder, keys }: { readonly folder: string; readonly keys: number },
  port: number,
  shared: { readonly caDir: string; readonly securityDomain: string; readonly auditSink: string },
): Promise<Emulator> {
  return startEmulator({
    name,
    port,
    ...shared,
    stateDir: join(folder, `hsm-${name}`),
    retentionDays: RETENTION_DAYS,
    // One pool as it should be, and one for which the watch has a word.
    purgeProtection: name === 'contoso',
    seed: async (now) => [...appRoles(), ...(await seedWorld(name, keys, now))],
  });
}
