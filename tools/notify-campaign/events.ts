/** The events of a campaign: keys of two HSMs are deleted and come back, and requests are made and decided. */
import type { CloudEvent } from '../../src/core/events/cloud-event.ts';
import { aDeletion, aRecoveredKey, aRequestEvent } from '../../test/support/notify-samples.ts';

const HSMS = ['contoso', 'fabrikam'] as const;
/** Every so many events a request is made, and half as many later it is decided. */
const REQUEST_EVERY = 20;

/** Event number `n`, which happens at `at` (epoch milliseconds). */
export function eventAt(n: number, at: number): CloudEvent {
  const hsm = hsmOf(n);
  const key = `key-${n}`;
  if (n % REQUEST_EVERY === 1) return aRequestEvent('requested', requestOf(n, at), n);
  if (n % (2 * REQUEST_EVERY) === 11) return aRequestEvent('rejected', requestOf(n - 10, at), n);
  // The key that was deleted two events before.
  if (n % 5 === 4) return aRecoveredKey(`key-${n - 2}`, at, hsmOf(n - 2));
  return aDeletion(key, { hsm, severity: 'notice' }, at);
}

/** The id of the request that event number `n` made. */
export function recoveryIdOf(n: number): string {
  return `${'0'.repeat(20)}${n + 100_000}`;
}

function requestOf(n: number, at: number) {
  return { hsm: hsmOf(n), key: `key-${n}`, at, recoveryId: recoveryIdOf(n) };
}

function hsmOf(n: number): string {
  return HSMS[n % HSMS.length] ?? HSMS[0];
}
