/** Says that somebody tried to use a key that is deleted: the surest sign that the deletion was a mistake. */

import { definedOnly } from '../../../core/defined-only.ts';
import { HOUR_MS, isoTime } from '../../../core/time.ts';
import { type JudgeContext, timeLeft } from '../model/context.ts';
import type { Finding } from '../model/events.ts';
import type { UseSignal } from '../model/signals.ts';
import type { DeletedKey } from '../model/watch-state.ts';

/** Uses are remembered this long: the audit log is minutes late, and an Event Hub repeats what was not finished. */
const REMEMBER_HOURS = 48;

/**
 * The uses that were not reported yet. The same caller doing the same is reported once an hour: an application may try a hundred
 * times a second.
 */
export function classifyUses(
  { hsm, now }: JudgeContext,
  known: DeletedKey,
  uses: readonly UseSignal[],
): { readonly known: DeletedKey; readonly findings: readonly Finding[] } {
  const reported = new Set(
    known.uses.filter((use) => hourOf(use) >= Math.floor(now / HOUR_MS) - REMEMBER_HOURS),
  );
  const findings: Finding[] = [];
  for (const use of uses) {
    const id = useId(use);
    if (reported.has(id) || !isWhileDeleted(known, use)) continue;
    reported.add(id);
    findings.push({
      kind: 'key-used-while-deleted',
      discriminator: `${known.deletedAt} ${id}`,
      data: {
        hsm,
        key: use.key,
        severity: 'high',
        operation: use.operation,
        usedAt: isoTime(use.at),
        httpStatus: use.httpStatus,
        caller: use.caller,
        deletedAt: isoTime(known.deletedAt),
        scheduledPurgeAt: isoTime(known.scheduledPurgeAt),
        secondsLeft: Math.floor(timeLeft(known, now) / 1000),
      },
    });
  }
  const lastUse = latestUse(known, uses);
  return { known: { ...known, uses: [...reported], ...definedOnly({ lastUse }) }, findings };
}

function latestUse(known: DeletedKey, uses: readonly UseSignal[]): DeletedKey['lastUse'] {
  return uses
    .filter((use) => isWhileDeleted(known, use))
    .map(({ at, operation, caller }) => ({ at, operation, caller }))
    .reduce((last, use) => (last === undefined || last.at < use.at ? use : last), known.lastUse);
}

/** Whether a use is news to what is remembered. */
export function isUnreportedUse(known: DeletedKey, use: UseSignal): boolean {
  return isWhileDeleted(known, use) && !known.uses.includes(useId(use));
}

/** Both times are the service's own; it counts deletions in whole seconds. */
function isWhileDeleted(known: DeletedKey, use: UseSignal): boolean {
  return use.at >= known.deletedAt - 1_000;
}

function useId({ at, operation, caller }: UseSignal): string {
  const who = caller.objectId ?? caller.appId ?? caller.upn ?? caller.address ?? 'unknown';
  return `${Math.floor(at / HOUR_MS)} ${operation} ${who}`;
}

function hourOf(id: string): number {
  return Number.parseInt(id, 10);
}
