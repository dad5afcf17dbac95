/** How fresh and how strong a sign-in must be for what a person does. */
import { WardenError } from '../../../core/errors.ts';
import { isoTime, MINUTE_MS } from '../../../core/time.ts';
import type { Operation } from '../model/record.ts';
import type { Caller, SignIn } from './caller.ts';

/** What people decide by, and what may ask for a stronger sign-in. */
export const ACTIONS = [
  'request',
  'approve',
  'adopt',
  'reject',
  'cancel',
  'acknowledge',
  'break-glass',
  'rearm',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Those that let something happen: they need a person who is there now, not one who was there this morning. */
export const FRESH_ACTIONS: readonly Action[] = ['approve', 'adopt', 'acknowledge', 'break-glass', 'rearm'];

/** Where the settings name no context for an action, that of the other one counts. */
const AS: ReadonlyMap<string, Action> = new Map([
  ['adopt', 'approve'],
  ['break-glass', 'acknowledge'],
]);

const WORDS: ReadonlyMap<string, string> = new Map([
  ['adopt', 'approve an adoption'],
  ['break-glass', 'note a break glass'],
]);

/** What is asked of sign-ins. */
export interface SignInPolicy {
  /** The Entra authentication context that an action needs, like `c1`. */
  readonly contexts: Readonly<Partial<Record<Action, string>>>;
  /** How old the sign-in behind an approval may be, in milliseconds. */
  readonly approvalMs: number;
}

/** Clocks of two machines differ by seconds; a sign-in of the future is none. */
const TOLERANCE_MS = MINUTE_MS;

/**
 * Fails unless the sign-in behind the token of `caller` is good enough for `action` at `now` (epoch milliseconds):
 * `step-up-required` with the claims challenge as Entra documents it
 * (https://learn.microsoft.com/entra/identity-platform/claims-challenge), `sign-in-stale` with that of RFC 9470, or
 * `sign-in-unproven` where the token does not say when the person signed in.
 */
export function requireSignIn(policy: SignInPolicy, caller: Caller, action: string, now: number): void {
  if (caller.kind !== 'person') return;
  const signIn = caller.signIn ?? { contexts: [] };
  const context = contextFor(policy, action);
  const isMissing = context !== undefined && !signIn.contexts.includes(context);
  const isFresh = isFreshFor(policy, signIn, action, now);
  if (isMissing) throw stepUp(action, context, isFresh ? undefined : policy.approvalMs);
  if (isFresh) return;
  throw signIn.at === undefined ? unproven(action) : stale(action, signIn.at, policy.approvalMs);
}

/** What approving `operation` is: an adoption makes a backup count that nothing else vouches for. */
export function approvalOf({ action }: Pick<Operation, 'action'>): Action {
  return action === 'adopt' ? 'adopt' : 'approve';
}

/** The context that `action` needs. */
export function contextFor({ contexts }: SignInPolicy, action: string): string | undefined {
  const named = new Map(Object.entries(contexts));
  return named.get(action) ?? named.get(AS.get(action) ?? '');
}

/** Until when a sign-in is fresh enough for an approval, epoch milliseconds; undefined where the token does not say when it was. */
export function freshUntil({ approvalMs }: SignInPolicy, signIn: SignIn | undefined): number | undefined {
  return signIn?.at === undefined ? undefined : signIn.at + approvalMs;
}

/** How fresh and strong a sign-in was, for the audit log: `signed in 2026-11-28T22:00:00.000Z (3 min before), c1`. */
export function describeSignIn(signIn: SignIn | undefined, now: number): string {
  const contexts =
    signIn === undefined || signIn.contexts.length === 0
      ? 'no authentication context'
      : signIn.contexts.join(' ');
  if (signIn?.at === undefined) return `signed in at a time that the token does not say, ${contexts}`;
  return `signed in ${isoTime(signIn.at)} (${Math.max(0, Math.floor((now - signIn.at) / MINUTE_MS))} min before), ${contexts}`;
}

function isFreshFor(policy: SignInPolicy, { at }: SignIn, action: string, now: number): boolean {
  if (!FRESH_ACTIONS.some((fresh) => fresh === action)) return true;
  return at !== undefined && at <= now + TOLERANCE_MS && now - at <= policy.approvalMs;
}

function stepUp(action: string, context: string, maxAgeMs: number | undefined): WardenError {
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: context } } });
  const encoded = Buffer.from(claims).toString('base64');
  const age = maxAgeMs === undefined ? '' : `, ${maxAge(maxAgeMs)}`;
  return new WardenError('step-up-required', {
    message: `To ${inWords(action)} needs the authentication context ${context}, which the sign-in did not meet.`,
    advice: `Sign in again as the tenant asks for ${context}: in the console that happens automatically; at the command line run az logout, then az login with the claims challenge.`,
    challenge: `error="insufficient_claims", claims="${encoded}"${age}`,
  });
}

function stale(action: string, at: number, maxAgeMs: number): WardenError {
  return new WardenError('sign-in-stale', {
    message: `To ${inWords(action)} needs a sign-in of the last ${Math.round(maxAgeMs / MINUTE_MS)} minutes; this one was at ${isoTime(at)}.`,
    advice:
      'Sign in again, then do the same again: in the console that happens automatically; at the command line run az logout and az login.',
    challenge: `error="insufficient_user_authentication", ${maxAge(maxAgeMs)}`,
  });
}

function unproven(action: string): WardenError {
  return new WardenError('sign-in-unproven', {
    message: `To ${inWords(action)} needs a token that says when the person signed in (auth_time), and this one does not.`,
    advice:
      'The application needs the optional claim auth_time in its access tokens: infra/hooks/entra-app.sh sets it. Then sign in again.',
  });
}

function inWords(action: string): string {
  return WORDS.get(action) ?? action;
}

function maxAge(ms: number): string {
  return `max_age="${Math.floor(ms / 1000)}"`;
}
