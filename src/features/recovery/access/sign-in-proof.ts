/** The gate's proof that no approval passes by an old sign-in, by one that is not dated, or without the context it needs. */
import { isWardenError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import type { Caller, SignIn } from './caller.ts';
import type { GateProof } from './gate.ts';
import { contextFor, requireSignIn, type SignInPolicy } from './sign-in.ts';

/** `check` is what stands before every decision; it is asked with sign-ins that it must refuse. */
export function signInProof(
  policy: SignInPolicy,
  clock: Pick<Clock, 'now'>,
  check: typeof requireSignIn = requireSignIn,
): GateProof {
  return async () => {
    const now = clock.now();
    const context = contextFor(policy, 'approve');
    const contexts = context === undefined ? [] : [context];
    const ill: Readonly<Record<string, SignIn | undefined>> = {
      'a sign-in that is too old': { at: now - policy.approvalMs - 1, contexts },
      'a sign-in that is not dated': { contexts },
      ...(context === undefined ? {} : { [`a sign-in without ${context}`]: { at: now, contexts: [] } }),
    };
    const passed = Object.entries(ill).find(([, signIn]) => passes(check, policy, signIn, now));
    return passed === undefined ? undefined : `${passed[0]} was good enough for an approval`;
  };
}

function passes(
  check: typeof requireSignIn,
  policy: SignInPolicy,
  signIn: SignIn | undefined,
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
    ...(signIn === undefined ? {} : { signIn }),
  };
  try {
    check(policy, caller, 'approve', now);
    return true;
  } catch (error) {
    if (isWardenError(error, 'step-up-required', 'sign-in-stale', 'sign-in-unproven')) return false;
    throw error;
  }
}
