/** The public keys that seals are verified with. They are pinned in the settings: nothing that is read from storage adds one. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { epochOf } from '../time.ts';
import type { SealPurpose } from './seal.ts';

/** A coordinate of P-256: 32 bytes, base64url. */
const Coordinate = z.string().regex(/^[\w-]{43}$/, 'expected 32 bytes in base64url');

/** Which app holds a key, and with it what its seals may be for. */
const SEALING_APPS = ['backup', 'recovery', 'drill'] as const;
type SealingApp = (typeof SEALING_APPS)[number];

const PURPOSES: Readonly<Record<SealingApp, readonly SealPurpose[]>> = {
  backup: ['recovery-point', 'summary', 'run', 'verification', 'finding', 'discovery'],
  recovery: ['decision'],
  drill: ['drill'],
};

/** One public key, with the time and the positions in the chain of decisions for which its seals count. */
export const PinnedKey = z.strictObject({
  /** Whose key it is: that of the backup app seals recovery points, summaries, findings and the ends of runs and verifications, that of the recovery app decisions, that of the drill app results of drills. */
  app: z.enum(SEALING_APPS),
  /** Affine coordinates of the P-256 public key. */
  x: Coordinate,
  y: Coordinate,
  /** Seals made before and after these moments do not count. */
  from: z.iso.datetime({ offset: true }).exactOptional(),
  until: z.iso.datetime({ offset: true }).exactOptional(),
  /**
   * The first and the last position in the chain of decisions whose seals count. Beside the chain seals are judged by time: a key with
   * `untilPosition` needs `until`, too, or nothing of it counts there.
   */
  fromPosition: z.int().nonnegative().exactOptional(),
  untilPosition: z.int().nonnegative().exactOptional(),
  /** No seal by this key counts any more, whatever its time: whoever has a stolen key chooses the time. */
  revoked: z.literal(true).exactOptional(),
});
export type PinnedKey = z.infer<typeof PinnedKey>;

/** The pinned keys of a deployment. */
export const PinnedKeys = z.strictObject({
  /** What seals name the deployment by. */
  deployment: z.string().min(1).max(300),
  keys: z.array(PinnedKey).min(1).max(50),
});
export type PinnedKeys = z.infer<typeof PinnedKeys>;

/** RFC 7638 thumbprint of a P-256 public key, base64url: the id that a seal names its key by. */
export function keyIdOf({ x, y }: Pick<PinnedKey, 'x' | 'y'>): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }))
    .digest('base64url');
}

/** Why a seal of this purpose, time and position by `key` does not count; undefined when it does. Times in epoch milliseconds. */
export function whyNot(
  key: PinnedKey,
  purpose: SealPurpose,
  sealedAt: number,
  position: number | undefined,
): string | undefined {
  if (key.revoked === true) return 'its key is revoked';
  if (!PURPOSES[key.app].includes(purpose)) return `the key of the ${key.app} app seals no ${purpose}`;
  if (key.from !== undefined && sealedAt < epochOf(key.from)) return `its key counts from ${key.from}`;
  if (key.until !== undefined && sealedAt > epochOf(key.until)) return `its key counted until ${key.until}`;
  const { fromPosition, untilPosition } = key;
  if (fromPosition === undefined && untilPosition === undefined) return undefined;
  if (position === undefined) {
    // What belongs to no chain is judged by its time. A key that is retired by a position alone says nothing about that.
    if (untilPosition === undefined || key.until !== undefined) return undefined;
    return `its key counted until position ${untilPosition}, and no \`until\` says what that means outside the chain`;
  }
  if (position < (fromPosition ?? 0)) return `its key counts from position ${fromPosition}`;
  if (position > (untilPosition ?? Number.POSITIVE_INFINITY))
    return `its key counted until position ${untilPosition}`;
  return undefined;
}
