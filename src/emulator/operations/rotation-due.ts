// When a rotation policy wants the next version of a key.
import { z } from 'zod';
import type { KeyRecord } from '../state/model.ts';
import { addDuration } from './duration.ts';
import { newestVersion } from './key-bundle.ts';

const Action = z.looseObject({
  action: z.looseObject({ type: z.string() }),
  trigger: z.looseObject({ timeAfterCreate: z.string().nullish(), timeBeforeExpiry: z.string().nullish() }),
});

/**
 * When the newest version is to be followed by another, unix seconds: so long after its creation or so long before its
 * expiry, whichever comes first. Undefined when the policy never wants it.
 * Source: https://learn.microsoft.com/en-us/azure/key-vault/managed-hsm/key-rotation. That a disabled key is not rotated
 * is a choice: nothing says what the service does.
 */
export function rotationDue(key: KeyRecord): number | undefined {
  const { created, enabled, exp } = newestVersion(key);
  if (key.deletion || !enabled) return undefined;
  const times = (key.rotationPolicy?.lifetimeActions ?? []).flatMap((one) => {
    const parsed = Action.safeParse(one);
    if (!parsed.success) return [];
    const { timeAfterCreate, timeBeforeExpiry } = parsed.data.trigger;
    const after = timeAfterCreate == null ? undefined : addDuration(created, timeAfterCreate);
    const before =
      timeBeforeExpiry == null || exp === undefined ? undefined : addDuration(exp, timeBeforeExpiry, -1);
    return [after, before].filter((time) => time !== undefined);
  });
  return times.length === 0 ? undefined : Math.min(...times);
}
