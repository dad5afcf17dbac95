/** The gate's proof that no decision passes by an old sign-in, by one that is not dated, or without the context it needs. */
import { isWardenError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import type { Caller, SignIn } from './caller.ts';
import type { GateProof } from './gate.ts';
import {
  ACTIONS,
  type Action,
  contextFor,
  FRESH_ACTIONS,
  requireSignIn,
  type SignInPolicy,
} from './sign-in.ts';

/** `check` is what stands before every decision; it is asked with sign-ins that it must refuse. */
export function signInProof(
  policy: SignInPolicy,
  clock: Pick<Clock, 'now'>,
  check: typeof requireSignIn = requireSignIn,
): GateProof {
  return async () => {
    const now = clock.now();
    for (const action of ACTIONS) {
      const passed = illFor(policy, action, now).find(([, signIn]) =>
        passes(check, policy, signIn, action, now),
      );
      if (passed !== undefined) return `${passed[0]} was good enough to ${action}`;
    }
    return undefined;
  };
}

/** Sign-ins that `action` must refuse, each with its name. */
function illFor(policy: SignInPolicy, action: Action, now: number): readonly (readonly [string, SignIn])[] {
  const context = contextFor(policy, action);
  const contexts = context === undefined ? [] : [context];
  const stale = [
    ['a sign-in that is too old', { at: now - policy.approvalMs - 1, contexts }],
    ['a sign-in that is not dated', { contexts }],
  ] as const;
  const weak = [[`a sign-in without ${context}`, { at: now, contexts: [] }]] as const;
  return [...(FRESH_ACTIONS.includes(action) ? stale : []), ...(context === undefined ? [] : weak)];
}

function passes(
  check: typeof requireSignIn,
  policy: SignInPolicy,
  signIn: SignIn,
  action: Action,
  now: number,
): boolean {
  const actor = {
    kind: 'person',
    id: '00000000-0000-4000-8000-000000000000',
    name: 'gate self-check',
  } as const;
  const caller: Caller = {
    kind: 'person',
    actor,
    roles: [],
    groups: [],
    signIn,
  };
  try {
    check(policy, caller, action, now);
    return true;
  } catch (error) {
    if (isWardenError(error, 'step-up-required', 'sign-in-stale', 'sign-in-unproven')) return false;
    throw error;
  }
}
