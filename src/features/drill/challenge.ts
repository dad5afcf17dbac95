/**
 * What is signed and encrypted in a drill. It is of a fixed, labelled form and holds nothing that anybody outside chooses, so a
 * signature that leaves the drill HSM is good for nothing else.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/canonical-json.ts';

/** The label that every challenge begins with. */
const CHALLENGE_LABEL =
  'HSM Warden restore drill, challenge 1. It proves that a backup restores, and is good for nothing else.';

/** What a challenge is for. */
export interface ChallengeFor {
  /** The protected HSM, as seals name it. */
  readonly hsm: string;
  readonly key: string;
  readonly version: string;
}

/** The challenge of one version: the same each time, so that a ciphertext can be made of it long before. */
export function challengeOf({ hsm, key, version }: ChallengeFor): Buffer {
  return Buffer.from(`${CHALLENGE_LABEL}\n${canonicalJson({ hsm, key, version })}\n`, 'utf8');
}

/** What is encrypted or wrapped where a key has no room for the challenge itself: its SHA-256, 32 bytes. */
export function shortOf(challenge: Uint8Array): Buffer {
  return createHash('sha256').update(challenge).digest();
}
