// Rotates keys as their policies want it, when the emulator's clock has moved.
import type { OperationContext } from '../model/operation.ts';
import { addRotatedVersion } from '../operations/rotate-key.ts';
import { rotationDue } from '../operations/rotation-due.ts';
import type { Pool } from './pipeline.ts';

/** The service itself; no operation reads it. */
const NOBODY = { objectId: '00000000-0000-0000-0000-000000000000' };

/**
 * Adds every version that policies wanted up to now, each created when it was due: a clock that was moved by a year may
 * owe a key several. Keys at the limit of versions are left as they are. No audit record is written.
 */
export async function rotateDue(pool: Pool): Promise<void> {
  const { state } = pool.store;
  const names = [...state.keys.values()].filter((key) => key.rotationPolicy).map(({ name }) => name);
  for (const name of names) {
    for (;;) {
      const key = state.key(name);
      const due = key && rotationDue(key);
      if (!key || due === undefined || due > pool.now() / 1000) break;
      if (!(await rotated(pool, name, due))) break;
    }
  }
}

/** Adds one version; false when there is no room for it. */
async function rotated(pool: Pool, name: string, due: number): Promise<boolean> {
  const { state } = pool.store;
  const context: OperationContext = {
    baseUrl: `https://${state.settings.name}.managedhsm.localhost`,
    settings: state.settings,
    principal: { ...NOBODY, tenantId: state.settings.tenantId },
    limited: pool.limited,
    now: () => due,
    random: pool.random,
    material: pool.material,
  };
  try {
    const { changes } = await addRotatedVersion(name, state, context);
    await pool.store.commit(changes ?? []);
    return true;
  } catch (error) {
    pool.reportFault(error);
    return false;
  }
}
