/** Compares this machine's clock with that of a service. */
import { duration } from '../frame/duration.ts';
import { type Finding, fail, ok, warn } from './check.ts';

/** Tokens and schedules bear a little; the engine allows for five minutes between its clock and the service's. */
const SKEW_WARN_MS = 30_000;
const SKEW_FAIL_MS = 5 * 60_000;

/** Judges a difference of `skewMs` milliseconds. */
export function judgeClock(service: string, skewMs: number): Finding {
  const off = duration(Math.abs(skewMs));
  const detail = `this machine and the service differ by ${off}`;
  const fix = 'Synchronise the clock of this machine (NTP).';
  if (Math.abs(skewMs) > SKEW_FAIL_MS) return fail('clock', service, detail, fix);
  return Math.abs(skewMs) > SKEW_WARN_MS ? warn('clock', service, detail, fix) : ok('clock', service, detail);
}
