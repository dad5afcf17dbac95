/** Why a call of the API did not do what it was asked. */
import type { Challenge } from '../session/config.ts';

/** A refusal of the API, or no answer at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** The status; 0: there was no answer. */
  readonly status: number;
  /** The API's code, stable; `no-answer` for none. */
  readonly code: string;
  /** What to do about it. */
  readonly advice: string | undefined;
  /** When to try again, in milliseconds, as far as the API says. */
  readonly retryAfterMs: number | undefined;
  /** Set when a stronger or fresher sign-in is asked for. */
  readonly challenge: Challenge | undefined;
  /** The whole answer, for what a refusal says beyond its words. */
  readonly body: unknown;

  constructor(facts: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly advice?: string | undefined;
    readonly retryAfterMs?: number | undefined;
    readonly challenge?: Challenge | undefined;
    readonly body?: unknown;
  }) {
    super(facts.message);
    this.status = facts.status;
    this.code = facts.code;
    this.advice = facts.advice;
    this.retryAfterMs = facts.retryAfterMs;
    this.challenge = facts.challenge;
    this.body = facts.body;
  }
}

/** Whether the same call may succeed a little later. */
export function mayPass(problem: ApiProblem): boolean {
  return (
    problem.status === 0 ||
    problem.status === 429 ||
    (problem.status >= 500 && problem.code !== 'gate-disarmed')
  );
}

/** Any error as a problem. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiProblem({ status: 0, code: 'console-failed', message: `The page itself failed: ${message}` });
}

/**
 * What a `WWW-Authenticate` header asks for beyond the token: claims (as Entra says it), or a fresh sign-in (RFC 9470,
 * `max_age`), or both. Nothing when it asks for neither.
 */
export function challengeIn(header: string | null): Challenge | undefined {
  if (header === null || !/error="insufficient_(claims|user_authentication)"/.test(header)) return undefined;
  const encoded = /\bclaims="([^"]+)"/.exec(header)?.[1];
  const claims = encoded === undefined ? undefined : decode(encoded);
  const mustProve = /\bmax_age=/.test(header) || claims === undefined;
  return claims === undefined ? { mustProve } : { mustProve, claims };
}

function decode(encoded: string): string | undefined {
  try {
    return atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
}

/** What changed meanwhile, in sentences, as a refusal says it. */
export function changesIn({ body }: ApiProblem): readonly string[] {
  const changes: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, 'changes') : undefined;
  return Array.isArray(changes) ? changes.map(String) : [];
}
