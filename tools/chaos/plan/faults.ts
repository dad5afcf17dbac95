/** Which request falls ill, and how: a function of the seed, the service and the number of the request there. */
import { choose, draw } from './draw.ts';

/** What can happen to a request on its way. */
export type Fault =
  /** Late by so many milliseconds. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection breaks before the service has the request, or after it has done the work. */
  | { readonly kind: 'reset-before' | 'reset-after' }
  /** The answer breaks off in its middle. */
  | { readonly kind: 'truncated' }
  /** The service refuses to work now. */
  | { readonly kind: 'refused'; readonly status: 403 | 429 | 500 | 503; readonly retryAfterSeconds?: number }
  /** Something in between answers in the service's place: a page, or rubbish with status 200. */
  | { readonly kind: 'html' | 'garbage' }
  /** The work is done, but rubbish with status 200 comes back. */
  | { readonly kind: 'garbage-after' }
  /** Never answered; the connection stays open. */
  | { readonly kind: 'silent' }
  /** A list as it was a while ago. Only key services lag so; others answer as ever. */
  | { readonly kind: 'stale' };

/** How long a silent connection is held at most, in milliseconds: longer than any limit of the product here. */
export const SILENCE_MS = 30_000;

const KINDS: readonly (readonly [Fault['kind'], number])[] = [
  ['slow', 34],
  ['reset-before', 12],
  ['reset-after', 12],
  ['truncated', 8],
  ['refused', 16],
  ['html', 7],
  ['garbage', 4],
  ['garbage-after', 3],
  ['stale', 3],
  ['silent', 0.3],
];
const REFUSALS: readonly (readonly [Fault, number])[] = [
  [{ kind: 'refused', status: 429 }, 3],
  [{ kind: 'refused', status: 429, retryAfterSeconds: 1 }, 3],
  [{ kind: 'refused', status: 503 }, 3],
  [{ kind: 'refused', status: 500 }, 3],
  [{ kind: 'refused', status: 503, retryAfterSeconds: 3_600 }, 0.2],
];
const MOST_MS = 1_200;

/**
 * The weather of a service changes after so many requests, between storms and lulls: what takes twenty requests would come to no
 * end if each of them were as likely to fall ill as any other.
 */
const SPELL = 100;
const LULL = 0.15;

/** The fault of the `n`th request to `service`; undefined for one that stays well. `rate`: the share of ill ones. */
export function faultOf(seed: number, service: string, n: number, rate: number): Fault | undefined {
  const chance = (what: string) => draw(seed, 'fault', service, n, what);
  const isLull = draw(seed, 'spell', service, Math.floor(n / SPELL)) < 0.5;
  if (chance('ill') >= rate * (isLull ? LULL : 2 - LULL)) return undefined;
  const kind = choose(chance('kind'), KINDS);
  if (kind === 'refused') return choose(chance('refusal'), REFUSALS);
  // Most are a little late, few very.
  if (kind === 'slow') return { kind, ms: Math.ceil(MOST_MS * chance('late') ** 4) };
  return { kind };
}
