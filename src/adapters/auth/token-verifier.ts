/** Verifies access tokens of one Entra tenant for this API: signature, issuer, audience, tenant, time, kind. */

import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import { definedOnly } from '../../core/defined-only.ts';
import { WardenError } from '../../core/errors.ts';
import { storableName } from '../../core/model/names.ts';
import { isPlain } from '../../core/model/plain-text.ts';
import type { Clock } from '../../core/ports.ts';
import type { Caller } from '../../features/recovery/access/caller.ts';
import { fetchUsableKeys } from './key-set.ts';

/** Whose tokens are believed. */
export interface TokenTrust {
  /** `https://login.microsoftonline.com/{tenant}/v2.0` */
  readonly issuer: string;
  /** The API's client id, or its application id URI. */
  readonly audience: string;
  readonly tenant: string;
  /** `https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys` */
  readonly jwksUrl: string;
  /** The delegated scope that a person's token must carry; an id token carries none. */
  readonly scope: string;
}

/** Entra signs with RS256 only. A closed list: the token's own header never chooses. */
const ALGORITHMS = ['RS256'];
/** Clocks of two machines differ; Microsoft's libraries allow five minutes, NTP needs far less. */
const TOLERANCE_SECONDS = 60;
/** A key set is asked for again after this, or when a token names a key it lacks (not more often than the cooldown). */
const JWKS_MAX_AGE_MS = 600_000;
const JWKS_COOLDOWN_MS = 30_000;
const JWKS_TIMEOUT_MS = 5_000;
/** Entra tokens with many groups are some 10 KiB. */
const MAX_TOKEN_CHARACTERS = 32_768;

/** The end of the year 9999: no later time can be written as text. */
const END_OF_TIME_SECONDS = 253_402_300_799;

/** Words that cannot be stored as they are mean no role and no group. */
const Words = z
  .array(z.string())
  .default([])
  .transform((words) => words.filter((word) => isPlain(word) && word.length <= 200));

/**
 * The claims that count. `oid` names a person or service principal for good and across applications.
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
const Claims = z.object({
  oid: z.guid(),
  tid: z.guid(),
  sub: z.string().min(1),
  ver: z.literal('2.0'),
  scp: z.string().exactOptional(),
  idtyp: z.string().exactOptional(),
  azp: z.guid().exactOptional(),
  roles: Words,
  groups: Words,
  /** Where the token has no room for the groups, they are elsewhere, and `hasgroups` or this says so. */
  _claim_names: z.looseObject({ groups: z.string().exactOptional() }).exactOptional(),
  hasgroups: z.boolean().exactOptional(),
  /** Only where the application asks for it as an optional claim: https://learn.microsoft.com/entra/identity-platform/optional-claims-reference */
  auth_time: z.int().nonnegative().max(END_OF_TIME_SECONDS).exactOptional(),
  /** One or several: https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context */
  acrs: z.union([z.array(z.string()), z.string().transform((one) => [one])]).default([]),
  preferred_username: z.string().exactOptional(),
  name: z.string().exactOptional(),
});
type Claims = z.infer<typeof Claims>;

/** Verifies tokens. One per process: it keeps the signing keys. */
export class TokenVerifier {
  readonly #trust: TokenTrust;
  readonly #clock: Clock;
  readonly #keys: JWTVerifyGetKey;

  constructor(trust: TokenTrust, clock: Clock) {
    this.#trust = trust;
    this.#clock = clock;
    this.#keys = createRemoteJWKSet(new URL(trust.jwksUrl), {
      cacheMaxAge: JWKS_MAX_AGE_MS,
      cooldownDuration: JWKS_COOLDOWN_MS,
      timeoutDuration: JWKS_TIMEOUT_MS,
      [customFetch]: fetchUsableKeys,
    });
  }

  /** The caller a token proves. Fails with `token-invalid` or `identity-unreachable`; the token is in neither message. */
  async verify(token: string): Promise<Caller> {
    if (token.length > MAX_TOKEN_CHARACTERS) throw invalid('it is too long');
    const claims = Claims.safeParse(await this.#verifiedClaims(token));
    if (!claims.success)
      throw invalid(`its claims are not those of an access token (${z.prettifyError(claims.error)})`);
    if (claims.data.tid !== this.#trust.tenant) throw invalid('it is of another tenant');
    return toCaller(claims.data, this.#trust.scope);
  }

  async #verifiedClaims(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        algorithms: ALGORITHMS,
        issuer: this.#trust.issuer,
        audience: this.#trust.audience,
        requiredClaims: ['exp', 'nbf', 'iat'],
        currentDate: new Date(this.#clock.now()),
        clockTolerance: TOLERANCE_SECONDS,
      });
      return payload;
    } catch (error) {
      throw translate(error);
    }
  }
}

/** A token with the API's scope is a person's; one without any scope is an application's or no access token at all. */
function toCaller(claims: Claims, scope: string): Caller {
  const { oid, sub, idtyp, scp, azp, roles, groups } = claims;
  const isApp = scp === undefined && (idtyp === 'app' || (idtyp === undefined && sub === oid));
  if (!isApp && (idtyp === 'app' || !(scp ?? '').split(' ').includes(scope))) {
    throw invalid(
      `it does not carry the scope ${scope}: it is an id token, or was issued for something else`,
    );
  }
  const id = oid.toLowerCase();
  if (isApp) {
    const appId = azp?.toLowerCase();
    const actor = { kind: 'service' as const, id, name: `app ${appId ?? 'without a client id'}` };
    return {
      kind: 'app',
      actor,
      ...definedOnly({ appId }),
      roles,
      groups: [...roles, ...groups],
    };
  }
  const name = storableName(claims.preferred_username ?? claims.name ?? oid, id);
  return {
    kind: 'person',
    actor: { kind: 'person', id, name },
    roles,
    groups: [...roles, ...groups],
    signIn: {
      ...(claims.auth_time === undefined ? {} : { at: claims.auth_time * 1000 }),
      contexts: claims.acrs.filter((context) => isPlain(context) && context.length <= 20),
    },
    ...(claims.hasgroups === true || claims._claim_names?.groups !== undefined
      ? { groupsUnknown: true }
      : {}),
  };
}

function translate(error: unknown): WardenError {
  if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError) || isFetchFailure(error)) {
    return new WardenError('identity-unreachable', {
      message: 'The signing keys of the identity provider could not be had, so no token can be verified.',
      advice: 'Try again; check that the app reaches the identity provider.',
      cause: error,
    });
  }
  return invalid(`${error.code}: ${error.message}`, error);
}

/** jose reports an answer that is not JSON as a plain JOSEError, and JSON that is no key set as one of its own. */
function isFetchFailure(error: errors.JOSEError): boolean {
  return error.code === 'ERR_JOSE_GENERIC' || error instanceof errors.JWKSInvalid;
}

function invalid(why: string, cause?: unknown): WardenError {
  return new WardenError('token-invalid', {
    message: `The access token is refused: ${why}.`,
    advice: 'Sign in again and use the new token.',
    cause,
  });
}
