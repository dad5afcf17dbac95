import { describe, expect, it } from 'vitest';
import {
  ACTIONS,
  FRESH_ACTIONS,
  requireSignIn,
  type SignInPolicy,
} from '../../../../src/features/recovery/access/sign-in.ts';
import { signInProof } from '../../../../src/features/recovery/access/sign-in-proof.ts';

const NOW = Date.UTC(2026, 10, 28);
const POLICY: SignInPolicy = { contexts: { approve: 'c1' }, approvalMs: 900_000 };
const clock = { now: () => NOW };

describe('the gate’s proof of fresh and strong sign-ins', () => {
  it.each([[POLICY], [{ ...POLICY, contexts: {} }]])(
    'finds nothing wrong with the check as it is: %j',
    async (policy) => {
      expect(await signInProof(policy, clock)(true)).toBeUndefined();
    },
  );

  it.each([
    ['everything', () => undefined, 'a sign-in that is too old'],
    [
      'what is not dated',
      (...[policy, caller, action, now]: Parameters<typeof requireSignIn>) =>
        caller.signIn?.at === undefined ? undefined : requireSignIn(policy, caller, action, now),
      'a sign-in that is not dated',
    ],
    [
      'what lacks the context',
      (...[policy, caller, action, now]: Parameters<typeof requireSignIn>) =>
        requireSignIn({ ...policy, contexts: {} }, caller, action, now),
      'a sign-in without c1',
    ],
  ])('finds a check that lets %s pass', async (_, check, found) => {
    expect(await signInProof(POLICY, clock, check)(true)).toBe(`${found} was good enough to approve`);
  });

  it.each(FRESH_ACTIONS)('finds a check that lets an old sign-in %s', async (action) => {
    const lax = (...[policy, caller, wanted, now]: Parameters<typeof requireSignIn>) =>
      wanted === action ? undefined : requireSignIn(policy, caller, wanted, now);

    expect(await signInProof(POLICY, clock, lax)(true)).toBe(
      `a sign-in that is too old was good enough to ${action}`,
    );
  });

  it.each(ACTIONS)('finds a check that lets somebody %s without the context it needs', async (action) => {
    const policy: SignInPolicy = { contexts: { [action]: 'c7' }, approvalMs: 900_000 };
    const lax = (...[given, caller, wanted, now]: Parameters<typeof requireSignIn>) =>
      requireSignIn({ ...given, contexts: {} }, caller, wanted, now);

    expect(await signInProof(policy, clock, lax)(true)).toBe(
      `a sign-in without c7 was good enough to ${action}`,
    );
  });
});
