/**
 * The seal: a signature over facts by a key that only one of the product's identities may use. Whoever can merely write storage
 * cannot make one. It is a small JSON document, so that it fits into a blob's metadata (8 KB for all of it) and into a log line.
 */
import { z } from 'zod';
import { canonicalJson, type Json } from '../canonical-json.ts';

/** Format version of {@link Seal}, and of what is signed. */
const SEAL_FORMAT = 1;

/** What a seal is for. One made for one purpose says nothing for another. */
export const SEAL_PURPOSES = [
  'recovery-point',
  'summary',
  'run',
  'verification',
  'finding',
  'discovery',
  'decision',
  'drill',
] as const;
export type SealPurpose = (typeof SEAL_PURPOSES)[number];

/** A seal as it is stored. */
export const Seal = z.strictObject({
  format: z.literal(SEAL_FORMAT),
  /** RFC 7638 thumbprint of the sealing key, base64url. */
  keyId: z.string().regex(/^[\w-]{43}$/),
  /** When it was made, by the clock of the process that asked for it, epoch milliseconds. Signed, too. */
  sealedAt: z.int().nonnegative(),
  /** ES256 as of RFC 7518 section 3.4: r and s of 32 bytes each, base64url. */
  signature: z.string().regex(/^[\w-]{86}$/),
});
export type Seal = z.infer<typeof Seal>;

/** What is sealed. */
export interface SealedFacts {
  /** The resource of the HSM that the facts are about, not its name in the settings. Absent where they are about no single one. */
  readonly hsm?: string;
  /** Where in the chain of decisions they stand; absent for facts that belong to no chain. */
  readonly position?: number;
  readonly facts: Json;
}

/**
 * The bytes that are signed: canonical JSON (RFC 8785) that binds purpose, deployment, HSM, format and key, so that a seal can
 * be replayed nowhere else. Throws a TypeError for facts that I-JSON cannot hold.
 */
export function sealedBytes(
  deployment: string,
  purpose: SealPurpose,
  { hsm, position, facts }: SealedFacts,
  { keyId, sealedAt }: Pick<Seal, 'keyId' | 'sealedAt'>,
): Buffer {
  const statement = {
    type: 'hsm-warden-seal',
    format: SEAL_FORMAT,
    deployment,
    purpose,
    hsm,
    position,
    keyId,
    sealedAt,
    facts,
  };
  return Buffer.from(canonicalJson(statement), 'utf8');
}
