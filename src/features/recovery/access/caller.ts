/** Who is calling, as proven by a verified token, and what that lets them do. */

import { WardenError } from '../../../core/errors.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { HeaderReader } from '../../../core/route.ts';

/** The app roles of the API. */
export const ROLES = {
  read: 'Recovery.Read',
  request: 'Recovery.Request',
  approve: 'Recovery.Approve',
  audit: 'Recovery.Audit',
  /** For applications only: Azure services that deliver webhooks with a token instead of a signature. */
  webhook: 'Recovery.Webhook',
} as const;
export type Role = (typeof ROLES)[keyof typeof ROLES];

/** Any of these lets a person read what there is. */
export const READERS: readonly Role[] = [ROLES.read, ROLES.request, ROLES.approve, ROLES.audit];

/** A caller with a verified token. */
export interface Caller {
  /** A person signed in, or an application on its own behalf. */
  readonly kind: 'person' | 'app';
  readonly actor: Actor;
  /** An application's client id. */
  readonly appId?: string;
  readonly roles: readonly string[];
  /** App roles and group claims: what the policy's groups are matched with. */
  readonly groups: readonly string[];
  /** Set when the token does not say all groups of the person: there were too many for it. */
  readonly groupsUnknown?: true;
  /** Of a person: how and when they signed in, as far as the token says. */
  readonly signIn?: SignIn;
}

/** The sign-in behind a token. */
export interface SignIn {
  /** When the person last proved who they are, epoch milliseconds; absent where the token does not say. */
  readonly at?: number;
  /** Authentication contexts that were met, like `c1`. */
  readonly contexts: readonly string[];
}

/** Finds out who calls. */
export interface Authenticator {
  /**
   * The caller of a request. `method` decides whether a session carried by a cookie needs a proof of origin.
   * Fails with `token-missing`, `token-invalid`, `origin-refused` or `identity-unreachable`.
   */
  authenticate(headers: HeaderReader, method: string): Promise<Caller>;
}

/** The caller of a route that asks for a role. Fails with `token-missing` where nobody was proven. */
export function requireCaller({ caller }: { readonly caller: Caller | undefined }): Caller {
  if (caller !== undefined) return caller;
  throw new WardenError('token-missing', { message: 'Nobody was proven to call.' });
}

/** Fails with `role-missing` unless the caller is a person with at least one of `roles`. */
export function requirePerson(caller: Caller, ...roles: readonly string[]): void {
  if (caller.kind !== 'person') {
    throw new WardenError('role-missing', {
      message: 'This is for people; the token is that of an application.',
      advice: 'Sign in as a person.',
    });
  }
  requireRole(caller, ...roles);
}

/** Fails with `role-missing` unless the caller has at least one of `roles`. */
export function requireRole(caller: Caller, ...roles: readonly string[]): void {
  if (roles.some((role) => caller.roles.includes(role))) return;
  throw new WardenError('role-missing', {
    message: `This needs the app role ${roles.join(' or ')}.`,
    advice: 'Ask for the role to be assigned in the enterprise application, and sign in again.',
  });
}
