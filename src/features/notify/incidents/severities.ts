/** Compares severities. */
import { SEVERITIES, type Severity } from '../../../core/events/severity.ts';

/** From 0, the mildest. */
export function weightOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The gravest of `severities`; `info` for none. */
export function gravest(severities: readonly Severity[]): Severity {
  return severities.reduce<Severity>((most, one) => (weightOf(one) > weightOf(most) ? one : most), 'info');
}
