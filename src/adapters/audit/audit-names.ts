/** The names of the audit log's blobs, both ways. Pure. */
import { definedOnly } from '../../core/defined-only.ts';
import type { AuditPart } from '../../features/audit/audit-log.ts';

/** Blob, in the state container, that remembers the end of the chain. */
export const ANCHOR_BLOB = 'audit/anchor.json';

/** `start-checks/2026-11-24.jsonl`: where an app tries, beside the log, whether it could append. `epochMs` is any moment of the UTC day. */
export function startCheckBlobName(epochMs: number): string {
  return `start-checks/${new Date(epochMs).toISOString().slice(0, 10)}.jsonl`;
}

const PART_BLOB = /^(?:segments\/([0-9a-z]{26})\/)?(\d{4})\/(\d\d)\/(\d\d)(?:\.p(\d{4}))?\.jsonl$/;

/**
 * `2026/11/24.jsonl`; further parts of a day are `2026/11/24.p0002.jsonl` and so on. Names sort in order of the chain. Those of a
 * later segment begin with `segments/{name}/`.
 */
export function auditBlobName({ segment, day, number }: AuditPart): string {
  const suffix = number === 1 ? '' : `.p${String(number).padStart(4, '0')}`;
  return `${segmentPrefix(segment)}${day.replaceAll('-', '/')}${suffix}.jsonl`;
}

/** What the names of all later segments begin with. */
export const SEGMENTS = 'segments/';
const SEGMENT_PREFIX = /^segments\/([0-9a-z]{26})\/$/;

/** The segment that a prefix of names is of; undefined when it is none. */
export function parseSegmentPrefix(prefix: string): string | undefined {
  return SEGMENT_PREFIX.exec(prefix)?.[1];
}

/** What the names of all parts of a segment begin with. */
export function segmentPrefix(segment: string | undefined): string {
  return segment === undefined ? '' : `${SEGMENTS}${segment}/`;
}

/** The part a blob is; undefined when it is named otherwise. */
export function parseAuditBlobName(name: string): AuditPart | undefined {
  const match = PART_BLOB.exec(name);
  if (match === null) return undefined;
  const [, segment, year, month, day, number] = match;
  const part = {
    ...definedOnly({ segment }),
    day: `${year}-${month}-${day}`,
    number: number === undefined ? 1 : Number(number),
  };
  return auditBlobName(part) === name ? part : undefined;
}
