/** Who is signed in, and where the sign-in stands. */
import type { Challenge } from './config.ts';

/** Somebody who is signed in. */
export interface Session {
  /** The name to show. */
  readonly name: string;
  /** The directory's object id. */
  readonly id: string;
  /** An access token, renewed when it is about to end. Leaves the page to sign in when that is needed. */
  token(): Promise<string>;
  /** Leaves the page to sign in again as a challenge asks for. It does not come back. */
  stepUp(challenge: Challenge): Promise<never>;
  /** Forgets the sign-in in this tab. */
  signOut(): Promise<void>;
}

/** Where the sign-in stands when the page opens. */
export type Entrance =
  | { readonly state: 'signed-in'; readonly session: Session }
  | { readonly state: 'signed-out'; readonly trouble?: string };
