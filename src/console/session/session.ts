/** The way to a person who is signed in. The sign-in library itself is loaded only when it is needed. */
import type { SignInConfig } from './config.ts';
import type { Entrance } from './entrance.ts';
import { hasReturned, isMarked, rememberPlace } from './place.ts';

/** Loads the sign-in library ahead where it will be needed at once. */
export function prepare(): void {
  if (isMarked() || hasReturned()) void import('./msal.ts');
}

/** Takes up the sign-in of this tab, or the one that the identity provider has just sent back. */
export async function enter(config: SignInConfig): Promise<Entrance> {
  if (!isMarked() && !hasReturned()) return { state: 'signed-out' };
  const { resume } = await import('./msal.ts');
  return resume(config);
}

/** Leaves the page to sign in; afterwards the same page comes back. */
export async function signIn(config: SignInConfig): Promise<void> {
  rememberPlace();
  const { leaveToSignIn } = await import('./msal.ts');
  await leaveToSignIn(config);
}
