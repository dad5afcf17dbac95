/** Who is calling, as proven by a verified token, and what that lets them do. */
import { WardenError } from '../../../core/errors.ts';
import type { Actor } from '../model/record.ts';

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
}

/** The part of HTTP headers that authentication reads. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** Finds out who calls. */
export interface Authenticator {
  /**
   * The caller of a request. `method` decides whether a session carried by a cookie needs a proof of origin.
   * Fails with `token-missing`, `token-invalid`, `origin-refused` or `identity-unreachable`.
   */
  authenticate(headers: HeaderReader, method: string): Promise<Caller>;
}

/** Fails with `role-missing` unless the caller is a person with at least one of `roles`. */
export function requirePerson(caller: Caller, ...roles: readonly Role[]): void {
  if (caller.kind !== 'person') {
    throw new WardenError('role-missing', {
      message: 'This is for people; the token is that of an application.',
      advice: 'Sign in as a person.',
    });
  }
  requireRole(caller, ...roles);
}

/** Fails with `role-missing` unless the caller has at least one of `roles`. */
export function requireRole(caller: Caller, ...roles: readonly Role[]): void {
  if (roles.some((role) => caller.roles.includes(role))) return;
  throw new WardenError('role-missing', {
    message: `This needs the app role ${roles.join(' or ')}.`,
    advice: 'Ask for the role to be assigned in the enterprise application, and sign in again.',
  });
}
