/** Makes the recovery points of a trial: wrong ones, each with one fault, of keys whose recovery points are proven. */
import { createHash } from 'node:crypto';
import { type PublicKey, type PublicKeys, thumbprintOf } from '../../core/model/public-key.ts';
import type { FetchedBackup } from '../../core/ports.ts';
import { sha256Hex } from '../../core/sha256.ts';
import type { FaultPoint } from './fault-points.ts';

/** A proven recovery point, and the public keys that are kept beside it. */
export interface RightPoint extends FetchedBackup {
  readonly keys: PublicKeys;
}

/** One recovery point of a trial. */
export interface Sample {
  /** What is wrong with it. */
  readonly what: string;
  readonly point: FaultPoint;
  /** Whether its fault is seen before anything is restored. Refused there, any other one was refused for another reason than its fault. */
  readonly isSeenEarly?: true;
}

/** The one that must pass: without it nobody would know why the others fail. */
export const UNHARMED = 'an unharmed backup';

/** The unharmed one first, then every wrong one: of `mine`, and of `other`, where there is another key. */
export function samplesOf(
  mine: RightPoint,
  other: RightPoint | undefined,
  { sealed }: { readonly sealed: boolean },
): readonly Sample[] {
  const { record } = mine.stored;
  const right: FaultPoint = { record, bytes: mine.bytes, keys: mine.keys };
  const key = newestOf(other) ?? noKeyOf(mine);
  const all: (Sample | false)[] = [
    { what: UNHARMED, point: right },
    { what: 'a damaged backup', point: withBytes(right, damaged(mine.bytes)) },
    other !== undefined && {
      what: 'the backup of another key under this name',
      point: withBytes(right, other.bytes),
    },
    { what: 'a backup with a swapped public key', point: swapped(right, key) },
    mine.keys.size > 0 && {
      what: 'a backup with a swapped recorded public key',
      point: { ...right, keys: swapped(right, key).keys },
      isSeenEarly: true,
    },
    sealed && {
      what: 'a backup with a seal on other facts',
      point: { ...right, isForged: true },
      isSeenEarly: true,
    },
  ];
  return all.filter((one) => one !== false);
}

/** With one character changed within the ciphertext, behind the header and the initialisation vector. */
function damaged(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(copy.length / 2);
  copy[at] = copy[at] === 0x41 ? 0x42 : 0x41;
  return copy;
}

function withBytes(point: FaultPoint, bytes: Uint8Array): FaultPoint {
  return { ...point, record: { ...point.record, sha256: sha256Hex(bytes), bytes: bytes.length }, bytes };
}

/** With `key` recorded as the public key of every version, and its thumbprint. */
function swapped(point: FaultPoint, key: PublicKey): FaultPoint {
  const thumbprint = thumbprintOf(key);
  const versions = point.record.versions.map((one) => ({ ...one, thumbprint }));
  const keys = new Map(versions.map(({ version }) => [version, key]));
  return { ...point, record: { ...point.record, versions }, keys };
}

function newestOf(point: RightPoint | undefined): PublicKey | undefined {
  return point?.keys.get(point.stored.record.versions.at(-1)?.version ?? '');
}

/** A public key that nobody has. */
function noKeyOf({ stored }: RightPoint): PublicKey {
  const x = createHash('sha256').update(stored.blob).digest('base64url');
  return { kty: 'OKP', crv: 'Ed25519', x };
}
