/** Proves that identity verification is on: well-made forgeries are refused, and the real signing keys can be had. */
import { base64url, type CryptoKey, generateKeyPair, SignJWT } from 'jose';
import { isWardenError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { ROLES } from '../../features/recovery/access/caller.ts';
import type { GateProof } from '../../features/recovery/access/gate.ts';
import type { TokenTrust, TokenVerifier } from './token-verifier.ts';

/** A proof for the gate. It makes a signing key of its own once, and lets tokens that only lack the right signature be judged. */
export function identityProof(
  verifier: TokenVerifier,
  trust: TokenTrust,
  clock: Clock,
): () => ReturnType<GateProof> {
  let forger: Promise<CryptoKey> | undefined;
  return async () => {
    forger ??= generateKeyPair('RS256').then(({ privateKey }) => privateKey);
    const payload = forgedClaims(trust, clock.now());
    const header = { alg: 'RS256', kid: 'gate-self-check' };
    const signed = await new SignJWT(payload).setProtectedHeader(header).sign(await forger);
    const unsigned = `${encode({ alg: 'none' })}.${encode(payload)}.`;
    for (const [name, token] of Object.entries({ unsigned, 'wrongly signed': signed })) {
      const problem = await judge(verifier, token, name);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

async function judge(verifier: TokenVerifier, token: string, name: string): Promise<string | undefined> {
  try {
    await verifier.verify(token);
    return `an ${name} token was accepted`;
  } catch (error) {
    if (isWardenError(error, 'token-invalid')) return undefined;
    throw error;
  }
}

function forgedClaims(trust: TokenTrust, now: number) {
  const seconds = Math.floor(now / 1000);
  const oid = '00000000-0000-4000-8000-000000000000';
  return {
    iss: trust.issuer,
    aud: trust.audience,
    tid: trust.tenant,
    ver: '2.0',
    oid,
    sub: 'gate-self-check',
    scp: trust.scope,
    roles: [ROLES.approve],
    iat: seconds,
    nbf: seconds,
    exp: seconds + 60,
  };
}

function encode(value: object): string {
  return base64url.encode(JSON.stringify(value));
}
