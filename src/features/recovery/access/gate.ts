/** The gate before everything dangerous: it proves to itself that it is armed, and stays shut when it cannot. */

import { canonicalDigest } from '../../../core/canonical-json.ts';
import { isWardenError, WardenError } from '../../../core/errors.ts';
import type { EventBus } from '../../../core/events/bus.ts';
import type { Clock, Logger } from '../../../core/ports.ts';
import type { Breaches } from '../../audit/breaches.ts';
import { overrideInForce, policyProblems, type RecoveryPolicy } from '../model/policy.ts';
import { GateReports, type GateVerdict, wordsOf } from './gate-reports.ts';

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
  /** What was found wrong with the audit log, in any process; only people decide that it counts no more. */
  readonly breaches: Pick<Breaches, 'record' | 'open'>;
  readonly bus: Pick<EventBus, 'send'>;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** The proof whose problems are findings: nothing but a decision of people makes them count no more. */
const AUDIT_PROOF = 'audit';
/** A verdict is believed for this long; then it is proven again before anything passes. */
const FRESH_MS = 60_000;
/** A disarmed gate tries again sooner: a passing fault must not shut it for long. */
const RETRY_MS = 5_000;

/** Checks itself on demand and remembers its verdict for a minute. */
export class Gate {
  readonly #deps: GateDeps;
  #verdict: GateVerdict | undefined;
  #running: { readonly full: boolean; readonly verdict: Promise<GateVerdict> } | undefined;
  readonly #reports: GateReports;
  /** A finding that could not be kept for other processes yet. */
  #unkept: string | undefined;
  /** Whether the log has the findings that are open now. */
  #isReported = false;
  /** What was found outside a check since the last full one that found everything right. */
  #found: string | undefined;

  constructor(deps: GateDeps) {
    this.#deps = deps;
    this.#reports = new GateReports(deps);
  }

  /** Resolves when the gate is armed. Fails with `gate-disarmed`. */
  async pass(): Promise<void> {
    const verdict = await this.verdict();
    if (verdict.armed) return;
    throw disarmed(verdict.problems);
  }

  /**
   * Resolves when people may decide to arm the gate again: identity and policy are as they must be, whatever is wrong with the
   * audit log. Fails with `gate-disarmed`.
   */
  async passForRearming(): Promise<void> {
    const { policy, proofs, clock } = this.#deps;
    const others = Object.entries(proofs).filter(([name]) => name !== AUDIT_PROOF);
    const proven = await Promise.all(others.map(([name, proof]) => this.#attempt(name, proof, false)));
    const problems = [
      ...policyProblems(policy, clock.now()),
      ...proven.flatMap((problem) => (problem === undefined ? [] : [problem.text])),
    ];
    if (problems.length > 0) throw disarmed(problems);
  }

  /** The verdict of the last minute, or a new one; what any process finds in the audit log shuts it at once. */
  async verdict(): Promise<GateVerdict> {
    // Nothing is proven again while what was found is open.
    if (this.#found !== undefined) return (await this.#breached()) ?? this.#current();
    const [breached, current] = await Promise.all([this.#breached(), this.#current()]);
    return breached ?? current;
  }

  #current(): Promise<GateVerdict> | GateVerdict {
    const known = this.#verdict;
    const age = this.#deps.clock.now() - (known?.checkedAt ?? 0);
    const isFresh = known !== undefined && age < (known.armed ? FRESH_MS : RETRY_MS);
    const isKnown = isFresh && !this.#lapsed() && this.#found === undefined;
    return isKnown ? known : this.#check(this.#found !== undefined);
  }

  /**
   * Proves everything now and in full, reports what is wrong, and returns the verdict. It throws nothing: what fails
   * disarms.
   */
  async check(): Promise<GateVerdict> {
    const verdict = await this.#check(true);
    return (await this.#breached()) ?? verdict;
  }

  /**
   * Shuts the gate of every process at once for what somebody found in the audit log: only a decision of people arms it again.
   * `problem` is a sentence without its full stop, shown by health and in the event.
   */
  async disarm(problem: string): Promise<void> {
    const checkedAt = this.#deps.clock.now();
    const override = overrideInForce(this.#deps.policy, checkedAt);
    const verdict = { armed: false, checkedAt, problems: [problem], override };
    this.#found = problem;
    this.#verdict = verdict;
    this.#deps.logger.error('gate disarmed', { armed: false, override, problems: [problem] });
    this.#isReported = true;
    await this.#record(problem);
    await this.#reports.report(verdict, breachKind([problem]));
  }

  /** Whatever comes of it, the gate of this process stays shut; others find it on their own. */
  async #record(problem: string): Promise<void> {
    this.#unkept = problem;
    try {
      await this.#deps.breaches.record(problem);
      this.#unkept = undefined;
    } catch (error) {
      this.#deps.logger.error('a finding about the audit log could not be kept for other processes', {
        problem,
        error,
      });
    }
  }

  async #breached(): Promise<GateVerdict | undefined> {
    const { breaches, clock, policy, logger } = this.#deps;
    let problems: readonly string[];
    let isProven = true;
    if (this.#unkept !== undefined) await this.#record(this.#unkept);
    try {
      problems = (await breaches.open()).map(({ problem }) => problem);
    } catch (error) {
      isProven = false;
      problems = [`whether something was found in the audit log could not be proven (${wordsOf(error)})`];
    }
    if (problems.length === 0) {
      this.#isReported = false;
      return undefined;
    }
    const checkedAt = clock.now();
    const override = overrideInForce(policy, checkedAt);
    const verdict = { armed: false, checkedAt, problems: [...problems], override };
    if (!this.#isReported) logger.error('gate disarmed', { armed: false, override, problems });
    this.#isReported = true;
    // Proven in full once people have decided about it.
    if (isProven) this.#found ??= problems[0];
    await this.#reports.report(verdict, isProven ? breachKind(problems) : 'breaches-unproven');
    return verdict;
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
    const breach = proven.find((problem) => problem?.kind === AUDIT_PROOF);
    if (breach !== undefined) await this.#record(breach.text);
    const unreported = await this.#reports.report(
      verdict,
      kinds === AUDIT_PROOF ? breachKind(problems) : kinds,
    );
    this.#verdict =
      unreported === undefined ? verdict : { ...verdict, armed: false, problems: [...problems, unreported] };
    return this.#verdict;
  }

  async #attempt(name: string, proof: GateProof, full: boolean): Promise<Problem | undefined> {
    try {
      const problem = await proof(full);
      return problem === undefined ? undefined : { kind: name, text: `${name}: ${problem}` };
    } catch (error) {
      const why = wordsOf(error);
      // A log that cannot be followed is a finding, and no passing fault.
      if (isWardenError(error, 'audit-corrupt')) return { kind: name, text: `${name}: ${why}` };
      return { kind: `${name}-unproven`, text: `${name}: it could not be proven (${why})` };
    }
  }

  /** Whether the policy itself has changed its verdict since: an override may have ended within the minute. */
  #lapsed(): boolean {
    return policyProblems(this.#deps.policy, this.#deps.clock.now()).length > 0;
  }
}

function disarmed(problems: readonly string[]): WardenError {
  return new WardenError('gate-disarmed', {
    message: `The recovery gate is not armed: ${problems.join('; ')}.`,
    advice: 'Nothing is approved or executed until this is put right; GET /api/health shows the problems.',
  });
}

/** What distinguishes the report of one set of findings from that of another. */
function breachKind(problems: readonly string[]): string {
  return `breached-${canonicalDigest([...problems].sort()).slice(0, 8)}`;
}

/** Fails with `gate-disarmed` unless the gate is armed, or only the audit log is the reason why it is not. */
export async function passForReading(gate: Pick<Gate, 'verdict' | 'passForRearming'>): Promise<void> {
  const { armed } = await gate.verdict();
  if (!armed) await gate.passForRearming();
}
