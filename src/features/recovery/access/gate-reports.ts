/** Reports a disarmed gate, and an override in force. */
import type { EventBus } from '../../../core/events/bus.ts';
import type { Logger } from '../../../core/ports.ts';
import { DAY_MS } from '../../../core/time.ts';
import { toRecoveryCloudEvent } from '../model/events.ts';

/** The verdict of a self-check. Times are epoch milliseconds. */
export interface GateVerdict {
  readonly armed: boolean;
  readonly checkedAt: number;
  /** Why it is disarmed, one sentence each. */
  readonly problems: readonly string[];
  /** Whether a single approval suffices somewhere, by a dated override. */
  readonly override: boolean;
}

/** One per gate: it remembers what it has reported. */
export class GateReports {
  readonly #deps: { readonly bus: Pick<EventBus, 'send'>; readonly logger: Logger };
  readonly #reported = new Set<string>();

  constructor(deps: { readonly bus: Pick<EventBus, 'send'>; readonly logger: Logger }) {
    this.#deps = deps;
  }

  /**
   * An override or a disarmed gate is reported, once a day by each instance and for each kind of problem: a
   * passing fault must not silence what comes after it. An override nobody heard of opens nothing.
   */
  async report(verdict: GateVerdict, kinds: string): Promise<string | undefined> {
    const { armed, checkedAt, problems, override } = verdict;
    const { bus, logger } = this.#deps;
    const day = Math.floor(checkedAt / DAY_MS);
    const detail = problems.join('; ');
    const disarmed = {
      occasion: `gate-disarmed/${day}/${kinds}`,
      // What differs between instances is not the same event: its receivers know a repeat by the id.
      event: { id: `gate-disarmed/${day}/${kinds}/${detail}`, type: 'gate-disarmed' as const, detail },
    };
    const overridden = {
      occasion: `override-in-force/${day}`,
      event: { id: `override-in-force/${day}`, type: 'override-in-force' as const },
    };
    try {
      for (const { occasion, event } of [...(armed ? [] : [disarmed]), ...(override ? [overridden] : [])]) {
        if (this.#reported.has(occasion)) continue;
        await bus.send([toRecoveryCloudEvent({ ...event, at: checkedAt })], { logger });
        this.#reported.add(occasion);
      }
      return undefined;
    } catch (error) {
      return `the event about it could not be sent (${wordsOf(error)})`;
    }
  }
}

/** What an error says. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
