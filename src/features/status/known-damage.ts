/** The damaged backups that a scan knew of, so that those found later are news, however many were forgotten meanwhile. */
import { sha256Hex } from '../../core/sha256.ts';
import type { VerifyState } from '../verify/verify-state.ts';
import type { SummaryHead } from './summary-document.ts';

/** Damaged backups marked in the head; of more their number alone is known. */
const MARKED = 1_000;
/** Hex digits of a mark. */
const MARK_LENGTH = 16;

type Damage = Pick<SummaryHead, 'damaged' | 'damagedMarks'>;
type Verified = Pick<VerifyState, 'damaged'> | undefined;

/** What a head keeps of the damaged backups of `verify`. */
export function damageOf(verify: Verified): Damage {
  const blobs = Object.keys(verify?.damaged ?? {});
  return { damaged: blobs.length, damagedMarks: blobs.map(markOf).sort().slice(0, MARKED) };
}

/** How many damaged backups of `verify` the scan that left `known` did not know. */
export function newDamage({ damaged, damagedMarks = [] }: Damage, verify: Verified): number {
  const marks = new Set(damagedMarks);
  const others = Object.keys(verify?.damaged ?? {}).filter((blob) => !marks.has(markOf(blob)));
  return Math.max(0, others.length - (damaged - marks.size));
}

function markOf(blob: string): string {
  return sha256Hex(blob).slice(0, MARK_LENGTH);
}
