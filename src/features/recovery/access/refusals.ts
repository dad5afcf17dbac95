/** Notes refused callers in the audit log, without letting anybody fill it: beyond a bound they are counted. */

import { isWardenError, type WardenError } from '../../../core/errors.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { Clock, Logger } from '../../../core/ports.ts';
import { HOUR_MS, MINUTE_MS } from '../../../core/time.ts';
import type { AuditLog } from '../../audit/audit-log.ts';

/** Lines a minute of one process about callers whose token was verified; an append blob takes 50 000 in all. */
const PER_MINUTE = 30;
/** Lines an hour of one process about one of these: whoever has a token of the tenant and no role here is as little known. */
const CALLER_PER_HOUR = 20;
/** Lines an hour of one process about everybody else: 480 a day, however many call. */
const ANONYMOUS_PER_HOUR = 20;
/** Callers of whom it is remembered how often they were refused; the one who came first is forgotten first. */
const CALLERS_KEPT = 1_000;
const NOBODY: Actor = { kind: 'service', id: 'unknown', name: 'unknown caller' };

/** One per process. */
export class Refusals {
  readonly #audit: Pick<AuditLog, 'note'>;
  readonly #clock: Clock;
  readonly #known = new Bound(PER_MINUTE, MINUTE_MS);
  readonly #anonymous = new Bound(ANONYMOUS_PER_HOUR, HOUR_MS);
  readonly #callers = new Map<string, Bound>();

  constructor(audit: Pick<AuditLog, 'note'>, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  /** Notes `error` when it refuses a caller. `where` is method and route, never a header or body. It does not fail. */
  async note(error: unknown, where: string, caller: Actor | undefined, logger: Logger): Promise<void> {
    if (!isRefusal(error)) return;
    const before = this.#admit(caller);
    if (before === undefined) return;
    const omitted = before === 0 ? '' : ` (and ${before} more refusals before it)`;
    try {
      await this.#audit.note({
        event: 'access-refused',
        actor: caller ?? NOBODY,
        decision: 'refused',
        code: error.code,
        detail: `${where}${omitted}`,
      });
    } catch (failure) {
      logger.error('a refused caller could not be audited', { code: error.code, where, error: failure });
    }
  }

  /** As {@link Bound.admit}; a single caller does not use up what is left for others. */
  #admit(caller: Actor | undefined): number | undefined {
    const now = this.#clock.now();
    if (caller === undefined) return this.#anonymous.admit(now);
    const own = this.#boundOf(caller).admit(now);
    if (own === undefined) return undefined;
    return this.#known.admit(now, own);
  }

  #boundOf({ kind, id }: Actor): Bound {
    const name = `${kind} ${id}`;
    const bound = this.#callers.get(name) ?? new Bound(CALLER_PER_HOUR, HOUR_MS);
    this.#callers.set(name, bound);
    for (const first of this.#callers.keys()) {
      if (this.#callers.size <= CALLERS_KEPT) break;
      this.#callers.delete(first);
    }
    return bound;
  }
}

/** Lets so many through in each period, and counts the rest. */
class Bound {
  readonly #most: number;
  readonly #periodMs: number;
  #period = -1;
  #noted = 0;
  #omitted = 0;

  constructor(most: number, periodMs: number) {
    this.#most = most;
    this.#periodMs = periodMs;
  }

  /**
   * How many were counted only since the last one that was let through, `more` among them; undefined: this one is counted only, too.
   */
  admit(now: number, more = 0): number | undefined {
    const period = Math.floor(now / this.#periodMs);
    if (period !== this.#period) this.#noted = 0;
    this.#period = period;
    if (this.#noted >= this.#most) {
      this.#omitted += 1 + more;
      return undefined;
    }
    this.#noted += 1;
    const omitted = this.#omitted + more;
    this.#omitted = 0;
    return omitted;
  }
}

function isRefusal(error: unknown): error is WardenError {
  return isWardenError(
    error,
    'token-missing',
    'token-invalid',
    'role-missing',
    'origin-refused',
    'webhook-refused',
    'webhook-app-refused',
    'webhook-unknown',
    'rate-limited',
  );
}
