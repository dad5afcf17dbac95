/** Keys whose last good backup was found damaged, until a backup is there that was taken after that. */

import { ownValue } from '../../../core/model/key-name.ts';
import { isoTime } from '../../../core/time.ts';
import type { Catalogue } from '../../recovery-points/catalogue.ts';
import { backupFacts } from './coverage.ts';
import type { Finding } from './events.ts';
import type { WatchState } from './watch-state.ts';

/** `state` after `findings` were reported at `now`. */
export function noteDamaged(state: WatchState, findings: readonly Finding[], now: number): WatchState {
  const keys = findings.flatMap(({ kind, data }) =>
    kind === 'backup-damaged' && data.backup === undefined ? [data.key] : [],
  );
  if (keys.length === 0) return state;
  return { ...state, damaged: { ...state.damaged, ...Object.fromEntries(keys.map((key) => [key, now])) } };
}

/** Which of them have a backup again, and `state` without these. An older backup is none: it may be the next that is found damaged. */
export function findReplaced(
  { damaged = {}, ...rest }: WatchState,
  { keys }: Catalogue,
): { readonly state: WatchState; readonly findings: readonly Finding[] } {
  const left: Record<string, number> = {};
  const findings: Finding[] = [];
  for (const [key, noticedAt] of Object.entries(damaged)) {
    const entry = ownValue(keys, key);
    if (entry === undefined || entry.record.capturedAt <= noticedAt) {
      left[key] = noticedAt;
      continue;
    }
    const data = { hsm: rest.hsm, key, severity: 'info' as const, noticedAt: isoTime(noticedAt) };
    findings.push({
      kind: 'backup-replaced',
      discriminator: `replaced ${entry.blob}`,
      data: { ...data, backup: backupFacts(entry) },
    });
  }
  return { state: Object.keys(left).length === 0 ? rest : { ...rest, damaged: left }, findings };
}
