/** The gate before everything dangerous: it proves to itself that it is armed, and stays shut when it cannot. */

import { WardenError } from '../../../core/errors.ts';
import type { EventBus } from '../../../core/events/bus.ts';
import type { Clock, Logger } from '../../../core/ports.ts';
import { DAY_MS } from '../../../core/time.ts';
import { toRecoveryCloudEvent } from '../model/events.ts';
import { overrideInForce, policyProblems, type RecoveryPolicy } from '../model/policy.ts';

/** The verdict of a self-check. Times are epoch milliseconds. */
export interface GateVerdict {
  readonly armed: boolean;
  readonly checkedAt: number;
  /** Why it is disarmed, one sentence each. */
  readonly problems: readonly string[];
  /** Whether a single approval suffices somewhere, by a dated override. */
  readonly override: boolean;
}

/**
 * One proof: resolves with the problem it found, or undefined. A proof that throws has proven nothing. A `full` one may
 * take nothing for proven because it was so before.
 */
export type GateProof = (full: boolean) => Promise<string | undefined>;

/** Why the gate is disarmed: a sentence, and what kind of reason it is. */
interface Problem {
  readonly kind: string;
  readonly text: string;
}

/** What the gate needs. */
export interface GateDeps {
  readonly policy: RecoveryPolicy;
  /** E.g. that a forged token is refused, the signing keys can be had, and the audit log can be read to its end. */
  readonly proofs: Readonly<Record<string, GateProof>>;
  readonly bus: Pick<EventBus, 'send'>;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** A verdict is believed for this long; then it is proven again before anything passes. */
const FRESH_MS = 60_000;
/** A disarmed gate tries again sooner: a passing fault must not shut it for long. */
const RETRY_MS = 5_000;

/** Checks itself on demand and remembers its verdict for a minute. */
export class Gate {
  readonly #deps: GateDeps;
  #verdict: GateVerdict | undefined;
  #running: { readonly full: boolean; readonly verdict: Promise<GateVerdict> } | undefined;
  readonly #reported = new Set<string>();
  /** What was found outside a check since the last full one that found everything right. */
  #found: string | undefined;

  constructor(deps: GateDeps) {
    this.#deps = deps;
  }

  /** Resolves when the gate is armed. Fails with `gate-disarmed`. */
  async pass(): Promise<void> {
    const verdict = await this.verdict();
    if (verdict.armed) return;
    throw new WardenError('gate-disarmed', {
      message: `The recovery gate is not armed: ${verdict.problems.join('; ')}.`,
      advice: 'Nothing is approved or executed until this is put right; GET /api/health shows the problems.',
    });
  }

  /** The verdict of the last minute, or a new one. */
  async verdict(): Promise<GateVerdict> {
    const known = this.#verdict;
    const age = this.#deps.clock.now() - (known?.checkedAt ?? 0);
    const isFresh = known !== undefined && age < (known.armed ? FRESH_MS : RETRY_MS);
    return isFresh && !this.#lapsed() ? known : this.#check(this.#found !== undefined);
  }

  /**
   * Proves everything now and in full, reports what is wrong, and returns the verdict. It throws nothing: what fails
   * disarms.
   */
  async check(): Promise<GateVerdict> {
    return this.#check(true);
  }

  /**
   * Shuts the gate of this process at once for what somebody found: no earlier proof counts any more, and only one in full
   * that finds everything right arms it again. `problem` is a sentence without its full stop, shown by health and in the event.
   */
  async disarm(problem: string): Promise<void> {
    const checkedAt = this.#deps.clock.now();
    const override = overrideInForce(this.#deps.policy, checkedAt);
    const verdict = { armed: false, checkedAt, problems: [problem], override };
    this.#found = problem;
    this.#verdict = verdict;
    this.#deps.logger.error('gate disarmed', { armed: false, override, problems: [problem] });
    await this.#report(verdict, 'found');
  }

  /** One proof at a time: whoever asks for no more than is under way waits for it. */
  async #check(full: boolean): Promise<GateVerdict> {
    for (;;) {
      const running = this.#running;
      if (running === undefined) break;
      const verdict = await running.verdict;
      if (running.full || !full) return verdict;
    }
    const verdict = this.#prove(full).finally(() => {
      this.#running = undefined;
    });
    this.#running = { full, verdict };
    return verdict;
  }

  async #prove(full: boolean): Promise<GateVerdict> {
    const { policy, proofs, clock } = this.#deps;
    const checkedAt = clock.now();
    if (full) this.#found = undefined;
    const proven = await Promise.all(
      Object.entries(proofs).map(([name, proof]) => this.#attempt(name, proof, full)),
    );
    const found = [
      ...policyProblems(policy, checkedAt).map((text) => ({ kind: 'policy', text })),
      ...proven.filter((problem) => problem !== undefined),
      // Found while this check was under way, or since the last full one: what was proven before says nothing of it.
      ...(this.#found === undefined ? [] : [{ kind: 'found', text: this.#found }]),
    ];
    const problems = found.map(({ text }) => text);
    const kinds = [...new Set(found.map(({ kind }) => kind))].sort().join('+');
    const override = overrideInForce(policy, checkedAt);
    const verdict = { armed: problems.length === 0, checkedAt, problems, override };
    const unreported = await this.#report(verdict, kinds);
    this.#verdict =
      unreported === undefined ? verdict : { ...verdict, armed: false, problems: [...problems, unreported] };
    return this.#verdict;
  }

  async #attempt(name: string, proof: GateProof, full: boolean): Promise<Problem | undefined> {
    try {
      const problem = await proof(full);
      return problem === undefined ? undefined : { kind: name, text: `${name}: ${problem}` };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { kind: `${name}-unproven`, text: `${name}: it could not be proven (${why})` };
    }
  }

  /**
   * An override or a disarmed gate is reported, once a day by each instance and for each kind of problem: a
   * passing fault must not silence what comes after it. An override nobody heard of opens nothing.
   */
  async #report(verdict: GateVerdict, kinds: string): Promise<string | undefined> {
    const { armed, checkedAt, problems, override } = verdict;
    const { bus, logger } = this.#deps;
    const day = Math.floor(checkedAt / DAY_MS);
    const events = [
      ...(armed
        ? []
        : [
            {
              id: `gate-disarmed/${day}/${kinds}`,
              type: 'gate-disarmed' as const,
              detail: problems.join('; '),
            },
          ]),
      ...(override ? [{ id: `override-in-force/${day}`, type: 'override-in-force' as const }] : []),
    ];
    try {
      for (const event of events) {
        if (this.#reported.has(event.id)) continue;
        await bus.send([toRecoveryCloudEvent({ ...event, at: checkedAt })], { logger });
        this.#reported.add(event.id);
      }
      return undefined;
    } catch (error) {
      return `the event about it could not be sent (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  /** Whether the policy itself has changed its verdict since: an override may have ended within the minute. */
  #lapsed(): boolean {
    return policyProblems(this.#deps.policy, this.#deps.clock.now()).length > 0;
  }
}
