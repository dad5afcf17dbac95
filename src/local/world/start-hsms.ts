/** The emulated HSMs of a local world: those that are protected, and the one for restore drills. */
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { appRoles, drillRoles } from './app-roles.ts';
import { type SeededHsm, seedWorld } from './seed-keys.ts';

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

/** An HSM with its part of the active keys, as the apps may use it. */
export function startHsm(
  name: string,
  folder: string,
  seeded: SeededHsm,
  port: number,
  shared: { readonly caDir: string; readonly securityDomain: string; readonly auditSink: string },
): Promise<Emulator> {
  return startEmulator({
    name,
    port,
    ...shared,
    stateDir: join(folder, `hsm-${name}`),
    retentionDays: RETENTION_DAYS,
    // One pool for which the watch has a word, and the others as they should be.
    purgeProtection: name !== 'fabrikam',
    seed: async (now) => [...appRoles(), ...(await seedWorld(seeded, now))],
  });
}
