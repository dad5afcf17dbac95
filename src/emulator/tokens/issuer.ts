// The local token issuer: signs and verifies access tokens as Entra ID would for a Managed HSM.
import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { serviceErrors, unproven } from '../errors.ts';
import type { Principal } from '../model/operation.ts';

/** The audience of every Managed HSM token. */
export const AUDIENCE = 'https://managedhsm.azure.net';
const ALGORITHM = 'ES256';
const DEFAULT_LIFETIME_SECONDS = 3600;
const CACHE_SIZE = 1000;

const Claims = z.object({
  oid: z.string().min(1),
  tid: z.string(),
  exp: z.number(),
  nbf: z.number().optional(),
  upn: z.string().optional(),
  appid: z.string().optional(),
});

/** Whom a token is for and how long; times in seconds. */
export type TokenRequest = {
  readonly objectId: string;
  readonly upn?: string;
  readonly appId?: string;
  readonly lifetimeSeconds?: number;
  /** Another audience or tenant makes a token that is refused. */
  readonly audience?: string;
  readonly tenantId?: string;
};

export type TokenIssuer = {
  /** A signed access token, valid from now by the emulator's clock. */
  issue(request: TokenRequest): Promise<string>;
  /**
   * Who the token is for. Throws 401 Unauthorized: signature, audience (one of `accepted`; the HSM's own by default),
   * tenant and times are checked.
   */
  verify(token: string, accepted?: readonly string[]): Promise<Principal>;
};

type Verified = { readonly principal: Principal; readonly exp: number; readonly audience: string };

/** Makes an issuer from a PKCS8 key (PEM) for one tenant; `now` is the emulator's clock in epoch milliseconds. */
export function createIssuer(keyPem: string, tenantId: string, now: () => number): TokenIssuer {
  const privateKey = createPrivateKey(keyPem);
  const publicKey = createPublicKey(privateKey);
  const issuer = `https://sts.windows.net/${tenantId}/`;
  const verified = new Map<string, Verified>();

  async function verifyNew(token: string, audience: string): Promise<Verified> {
    try {
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: [ALGORITHM],
        audience,
        issuer,
        currentDate: new Date(now()),
      });
      const { oid, tid, exp, upn, appid } = Claims.parse(payload);
      if (tid !== tenantId) throw unproven('tokenRefused');
      const principal = {
        objectId: oid,
        tenantId: tid,
        ...(upn !== undefined && { upn }),
        ...(appid !== undefined && { appId: appid }),
      };
      return { principal, exp, audience };
    } catch (cause) {
      if (cause instanceof errors.JOSEError || cause instanceof z.ZodError)
        throw unproven('tokenRefused', {}, cause);
      throw cause;
    }
  }

  return {
    async issue({
      objectId,
      upn,
      appId,
      lifetimeSeconds = DEFAULT_LIFETIME_SECONDS,
      audience = AUDIENCE,
      tenantId: tid = tenantId,
    }) {
      const iat = Math.floor(now() / 1000);
      const claims = {
        oid: objectId,
        tid,
        ...(upn !== undefined && { upn }),
        ...(appId !== undefined && { appid: appId }),
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(issuer)
        .setSubject(objectId)
        .setAudience(audience)
        .setIssuedAt(iat)
        .setNotBefore(iat)
        .setExpirationTime(iat + lifetimeSeconds)
        .setJti(randomUUID())
        .sign(privateKey);
    },
    async verify(token, accepted = [AUDIENCE]) {
      const known = verified.get(token);
      const audience = known?.audience ?? unverifiedAudience(token);
      if (!accepted.includes(audience)) throw serviceErrors.wrongAudience(audience, accepted[0] ?? '');
      if (known && known.exp > now() / 1000) return known.principal;
      const fresh = await verifyNew(token, audience);
      // A signature does not change, so a token is verified once; the oldest entry makes room.
      verified.set(token, fresh);
      const oldest = verified.keys().next();
      if (verified.size > CACHE_SIZE && !oldest.done) verified.delete(oldest.value);
      return fresh.principal;
    },
  };
}

function unverifiedAudience(token: string): string {
  try {
    return [decodeJwt(token).aud ?? ''].flat().join(' ');
  } catch (cause) {
    throw unproven('tokenRefused', {}, cause);
  }
}
