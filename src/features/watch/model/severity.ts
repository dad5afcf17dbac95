/** Weighs a finding about a key: first what its backups cover, then how much time is left. */
import type { Severity } from '../../../core/events/severity.ts';
import type { Coverage } from './coverage.ts';

/** From plenty of time to hardly any. */
const WEIGHTS = {
  complete: ['info', 'notice', 'warning'],
  // Left out on purpose: nobody is called at night for a key that the settings gave up.
  excluded: ['info', 'notice', 'warning'],
  partial: ['warning', 'warning', 'high'],
  none: ['high', 'high', 'critical'],
} as const satisfies Record<Coverage['coverage'], readonly [Severity, Severity, Severity]>;

/**
 * Severity of a deleted key with `timeLeftMs` until its purge. A key without a backup weighs at least as much as every
 * covered one. With the default thresholds time counts as short from 30 days on, and as very short from 3 days on.
 */
export function severityOfDeleted(
  coverage: Coverage['coverage'],
  timeLeftMs: number,
  thresholdsMs: readonly number[],
): Severity {
  const crossed = thresholdsMs.filter((threshold) => timeLeftMs <= threshold).length;
  const [long, short, veryShort] = WEIGHTS[coverage];
  if (crossed === 0) return long;
  return crossed > thresholdsMs.length / 2 ? veryShort : short;
}

/** Severity of a purged key: no time is left. */
export function severityOfPurged(coverage: Coverage['coverage']): Severity {
  return WEIGHTS[coverage][2];
}
