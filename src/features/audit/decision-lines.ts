/** The decisions of people in the audit log: the one place that says which of its lines count as one. */
import { type AuditAnchor, type AuditPart, type AuditStore, comparePart } from './audit-log.ts';
import { utcDay } from './chain-end.ts';
import { type AuditEntry, isIntact, parseEntry } from './entry.ts';
import { type DecisionJudge, type DecisionSeals, judgeOf } from './line-seals.ts';

/** Parts read concurrently: the log of years is thousands of small blobs. */
const READS_AT_ONCE = 16;

/** The log, and what judges its seals where decisions are sealed. */
export interface DecisionLog {
  readonly auditStore: AuditStore;
  readonly anchor: Pick<AuditAnchor, 'read'>;
  readonly decisions: Pick<DecisionSeals, 'judge'> | undefined;
}

/**
 * The lines of these events, the newest first, read on only as long as somebody asks for more. A line that was changed is none, and where
 * decisions are sealed, one without a good seal. With `since` (epoch milliseconds) no line of an earlier day is read; a time that the log has not come to counts as
 * none. Fails with `seal-unavailable` and the storage codes.
 */
export async function* decisionLines(
  { auditStore, anchor, decisions }: DecisionLog,
  events: readonly string[],
  since?: number,
): AsyncGenerator<AuditEntry> {
  const judge = await judgeOf(decisions);
  const segment = (await anchor.read())?.segment?.name;
  const parts: AuditPart[] = [];
  for await (const part of auditStore.parts(segment)) parts.push(part);
  parts.sort((a, b) => comparePart(b, a));
  const wanted = partsSince(parts, since);
  for (let start = 0; start < wanted.length; start += READS_AT_ONCE) {
    const texts = await Promise.all(
      wanted.slice(start, start + READS_AT_ONCE).map((part) => auditStore.read(part)),
    );
    for (const line of texts.flatMap((text) => text.split('\n').reverse())) {
      const entry = decisionOf(line, events, judge);
      if (entry !== undefined) yield entry;
    }
  }
}

function partsSince(
  [newest, ...older]: readonly AuditPart[],
  since: number | undefined,
): readonly AuditPart[] {
  if (newest === undefined) return [];
  const first = since === undefined || !Number.isFinite(since) ? '' : utcDay(since);
  return first > newest.day ? [newest, ...older] : [newest, ...older].filter(({ day }) => day >= first);
}

/** A line of one of these events, if it is a decision that counts. */
export function decisionOf(
  line: string,
  events: readonly string[],
  judge: DecisionJudge,
): AuditEntry | undefined {
  // Most lines are about something else: only these few are read as JSON.
  if (!events.some((event) => line.includes(event))) return undefined;
  const entry = parseEntry(line);
  const counts =
    entry !== undefined && events.includes(entry.event) && isIntact(entry) && judge.line(entry).good;
  return counts ? entry : undefined;
}
