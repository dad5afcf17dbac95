/** What goes wrong in the tests of drills: recovery points that bring nothing back, and drill HSMs that answer otherwise. */
import { sha256Hex } from '../../src/core/sha256.ts';
import type { FaultPoints } from '../../src/features/drill/fault-points.ts';
import type { DrillHsm } from '../../src/features/drill/ports.ts';
import { readCatalogue } from '../../src/features/recovery-points/catalogue.ts';
import { saveBackups } from '../../src/features/recovery-points/save-backups.ts';
import type { DrillWorld } from './drill-world.ts';
import type { KillSwitch } from './kill-switch.ts';

/** Makes the newest recovery point of a key a damaged one: each call another. */
export async function damage(world: DrillWorld, key: string): Promise<void> {
  const bytes = await bytesOf(world, key);
  bytes.fill(bytes[200] === 0x41 ? 0x42 : 0x41, 200, 210);
  await plant(world, key, bytes);
}

/** Makes the newest recovery point of a key the backup of `other`. */
export async function plantOther(world: DrillWorld, key: string, other: string): Promise<void> {
  await plant(world, key, await bytesOf(world, other));
}

export async function bytesOf({ state, backups }: DrillWorld, key: string): Promise<Uint8Array> {
  const { keys } = await readCatalogue(state, 'contoso');
  return Uint8Array.from((await backups.fetch({ blob: keys[key]?.blob ?? '' })).bytes);
}

/** Stores a backup as somebody who can write everything does where nothing is sealed. */
export async function plant({ state, backups }: DrillWorld, key: string, bytes: Uint8Array): Promise<void> {
  const known = (await readCatalogue(state, 'contoso')).keys[key];
  if (known === undefined) throw new Error(`expected a backup of ${key}`);
  const capturedAt = known.record.capturedAt + 60_000;
  const record = { ...known.record, capturedAt, bytes: bytes.length, sha256: sha256Hex(bytes) };
  const stored = await backups.put(record, bytes);
  await saveBackups(state, 'contoso', [{ ...stored, storedAt: capturedAt }]);
}

/** The drill HSM as a process reaches it that `kill` ends. */
export function mortalHsm(real: DrillHsm, kill: KillSwitch): DrillHsm {
  const wrapped = kill.wrap(real);
  return {
    name: real.name,
    keys: kill.wrap(real.keys),
    sign: (...args) => wrapped.sign(...args),
    open: (...args) => wrapped.open(...args),
    deleteKey: (...args) => wrapped.deleteKey(...args),
    purgeKey: (...args) => wrapped.purgeKey(...args),
  };
}

/** What drills that must fail work with, in such a process. */
export function mortalFaults(world: DrillWorld, kill: KillSwitch): FaultPoints {
  const { backups } = world.faults;
  const container = { backups: kill.wrap(backups), clear: kill.wrap(world.faults).clear };
  return world.faultPoints({ container });
}

/** The drill HSM, but for what `keys` and `other` say. */
export function hsmBut(
  real: DrillHsm,
  keys: Partial<DrillHsm['keys']>,
  other: Partial<Omit<DrillHsm, 'keys'>> = {},
): DrillHsm {
  return {
    name: real.name,
    sign: (...args) => real.sign(...args),
    open: (...args) => real.open(...args),
    deleteKey: (...args) => real.deleteKey(...args),
    purgeKey: (...args) => real.purgeKey(...args),
    ...other,
    keys: {
      hsm: real.name,
      listKeys: (...args) => real.keys.listKeys(...args),
      listDeletedKeys: (...args) => real.keys.listDeletedKeys(...args),
      listVersions: (...args) => real.keys.listVersions(...args),
      getKey: (...args) => real.keys.getKey(...args),
      restoreKey: (...args) => real.keys.restoreKey(...args),
      ...keys,
    },
  };
}
