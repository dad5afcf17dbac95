/** How an operator's calls to one HSM are made: each within its limit, reads repeated, changes made once, failures translated. */

import { definedOnly } from '../../core/defined-only.ts';
import type { Clock } from '../../core/ports.ts';
import { type OnRetry, type RetryPolicy, withRetries } from '../../core/retry.ts';
import { CALL_LIMITS_MS, withinLimits } from '../http/call-limits.ts';
import { statusWord } from '../http/fault.ts';
import type { HsmCall } from '../http/translate-hsm-error.ts';
import { translateHsmError } from '../http/translate-hsm-error.ts';
import { noteWait } from '../http/waits.ts';
import { type CallContext, inCallContext } from './call-context.ts';
import { type Change, changeOnce } from './change-once.ts';

/** A person waits: a minute of trouble is enough, unless the HSM itself asks for more. */
const ATTEMPTS: RetryPolicy = { attempts: 4, firstDelayMs: 1_000, maxDelayMs: 8_000 };

/** Whose calls these are. */
export interface HsmCallOptions {
  readonly hsm: string;
  readonly clock: Clock;
  /** Ends every call and every wait at once. */
  readonly signal: AbortSignal;
  readonly attempts?: RetryPolicy;
  /** Time for one call, in milliseconds. */
  readonly limitMs?: number;
}

/** What a call is about. */
export type About = Omit<HsmCall, 'hsm' | 'signal'> & Pick<CallContext, 'moments' | 'ownItems'>;

/** Calls to one HSM. Every method fails with the codes of the port KeyService, or with the reason of the signal. */
export class HsmCalls {
  readonly hsm: string;
  readonly #options: HsmCallOptions;

  constructor(options: HsmCallOptions) {
    this.hsm = options.hsm;
    this.#options = options;
  }

  /** Repeated while it fails with what may pass. */
  read<T>(about: About, action: (context: CallContext) => Promise<T>): Promise<T> {
    const { clock, signal, attempts = ATTEMPTS } = this.#options;
    return withRetries(() => this.once(about, action), clock, attempts, signal, this.#onRetry);
  }

  /** Repeated only while it was surely not made. */
  change<T>(change: Change<T>): Promise<T> {
    const { clock, signal, attempts: policy = ATTEMPTS } = this.#options;
    return changeOnce(change, { clock, policy, signal, onRetry: this.#onRetry });
  }

  /** One attempt. */
  async once<T>(
    { moments, ownItems, ...call }: About,
    action: (context: CallContext) => Promise<T>,
  ): Promise<T> {
    const { hsm, clock, signal, limitMs = CALL_LIMITS_MS.hsmCall } = this.#options;
    try {
      return await withinLimits({ of: hsm, signal, limitMs }, (abortSignal) => {
        const context: CallContext = {
          signal: abortSignal,
          keepAnswer: true,
          ...definedOnly({ moments, ownItems }),
        };
        return inCallContext(context, () => action(context));
      });
    } catch (error) {
      throw translateHsmError(error, { ...call, signal, hsm }, clock.now());
    }
  }

  readonly #onRetry: OnRetry = (error, _attempt, waitMs) => noteWait(this.hsm, statusWord(error), waitMs);
}
