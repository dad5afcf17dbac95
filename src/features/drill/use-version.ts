/** Uses one restored version, so that only the key that was backed up passes. */

import { isWardenError } from '../../core/errors.ts';
import type { KeyDetail } from '../../core/model/key.ts';
import type { PublicKeys } from '../../core/model/public-key.ts';
import { challengeOf, shortOf } from './challenge.ts';
import type { Enrolment } from './model/enrolments.ts';
import type { Limit } from './model/result.ts';
import type { DrillHsm } from './ports.ts';
import { digestFor, encryptFor, isSignedBy, type Way, wayOf } from './ways.ts';

/** What came of it. */
export type Use =
  | { readonly kind: 'used'; readonly how: string }
  | { readonly kind: 'limited'; readonly limit: Limit }
  /** It is not the key. */
  | { readonly kind: 'wrong'; readonly why: string };

/** What using needs. */
export interface UseDeps {
  readonly hsm: DrillHsm;
  /** What seals name the protected HSM by. */
  readonly resource: string;
  /** What the key's owner enrolled. */
  readonly enrolments: readonly Enrolment[];
  readonly now: number;
  /** By version; none of a recovery point of before they were kept: then what came back counts, whose thumbprint was compared. */
  readonly recorded: PublicKeys;
}

/** Uses a version whose public key is the recorded one. Fails with the codes of the drill HSM: then nothing can be said. */
export async function useVersion(deps: UseDeps, version: KeyDetail, signal: AbortSignal): Promise<Use> {
  const way = wayOf(version, deps.now);
  if (typeof way === 'string') return { kind: 'limited', limit: way };
  try {
    return await go(deps, version, way, signal);
  } catch (error) {
    // What the HSM refuses of a key that may do it: the value is not this key's.
    if (way.kind === 'sign' || !isWardenError(error, 'hsm-refused')) throw error;
    return { kind: 'wrong', why: `Version ${version.version} does not open what was encrypted for it.` };
  }
}

async function go(
  { hsm, ...deps }: UseDeps,
  version: KeyDetail,
  way: Way,
  signal: AbortSignal,
): Promise<Use> {
  const challenge = challengeOf({ hsm: deps.resource, key: version.name, version: version.version });
  const publicKey = deps.recorded.get(version.version) ?? version.publicKey;
  if (way.kind === 'enrolled') {
    const enrolled = deps.enrolments.find((one) => one.version === version.version);
    if (enrolled === undefined) return { kind: 'limited', limit: 'not-enrolled' };
    if (!version.keyOps.includes(enrolled.operation)) return { kind: 'limited', limit: 'operations' };
    const opened = await hsm.open(version, enrolled, signal);
    const expected = enrolled.operation === 'unwrapKey' ? shortOf(challenge) : challenge;
    return isSame(opened, expected)
      ? { kind: 'used', how: `opened what its owner enrolled (${enrolled.algorithm})` }
      : { kind: 'wrong', why: `Version ${version.version} opens what its owner enrolled as something else.` };
  }
  if (publicKey === undefined) return { kind: 'limited', limit: 'kind' };
  if (way.kind === 'sign') {
    const signature = await hsm.sign(version, way.algorithm, digestFor(way, challenge), signal);
    return isSignedBy(publicKey, way, challenge, signature)
      ? { kind: 'used', how: `signed (${way.algorithm})` }
      : {
          kind: 'wrong',
          why: `A signature by version ${version.version} is not good by the recorded public key.`,
        };
  }
  const short = shortOf(challenge);
  const { algorithm, kind } = way;
  const value = encryptFor(publicKey, short);
  const opened = await hsm.open(version, { operation: kind, algorithm, value }, signal);
  return isSame(opened, short)
    ? { kind: 'used', how: `${kind === 'decrypt' ? 'decrypted' : 'unwrapped'} (${algorithm})` }
    : {
        kind: 'wrong',
        why: `Version ${version.version} decrypts what was encrypted for it as something else.`,
      };
}

function isSame(opened: string, expected: Buffer): boolean {
  return Buffer.from(opened, 'base64url').equals(expected);
}
