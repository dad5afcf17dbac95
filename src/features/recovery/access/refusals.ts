/** Notes refused callers in the audit log, without letting anybody fill it: beyond a bound a minute's refusals are counted. */

import { isWardenError, type WardenError } from '../../../core/errors.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { Clock, Logger } from '../../../core/ports.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import type { AuditLog } from '../../audit/audit-log.ts';

/** Lines a minute of one process; an append blob takes 50 000 in all. */
const PER_MINUTE = 30;
const NOBODY: Actor = { kind: 'service', id: 'unknown', name: 'unknown caller' };

/** One per process. */
export class Refusals {
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  #minute = 0;
  #noted = 0;
  #omitted = 0;

  constructor(audit: AuditLog, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  /** Notes `error` when it refuses a caller. `where` is method and route, never a header or body. It does not fail. */
  async note(error: unknown, where: string, caller: Actor | undefined, logger: Logger): Promise<void> {
    if (!isRefusal(error)) return;
    const minute = Math.floor(this.#clock.now() / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#noted = 0;
    }
    if (this.#noted >= PER_MINUTE) {
      this.#omitted += 1;
      return;
    }
    this.#noted += 1;
    const omitted = this.#omitted === 0 ? '' : ` (and ${this.#omitted} more refusals before it)`;
    this.#omitted = 0;
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
