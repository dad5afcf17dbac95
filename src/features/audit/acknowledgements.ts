/** Acknowledged findings, as the audit log has them: nothing else says that a person has taken note of a loss. */
import type { Actor } from '../../core/model/names.ts';
import { type AuditAnchor, type AuditPart, type AuditStore, comparePart } from './audit-log.ts';
import { type AuditEntry, type AuditEvent, isIntact, parseEntry } from './entry.ts';
import { type DecisionSeals, judgeOf } from './line-seals.ts';

const EVENT = 'finding-acknowledged';

/** Parts read concurrently: the log of years is thousands of small blobs. */
const READS_AT_ONCE = 16;

/** What is acknowledged. */
interface Acknowledged {
  readonly id: string;
  readonly hsm: string;
  readonly key: string;
}

/** Who took note of a finding, when (the storage service's time, epoch milliseconds), and why no more is to be done about it. */
export interface Acknowledgement {
  readonly by: Pick<Actor, 'id' | 'name'>;
  readonly at: number;
  readonly reason: string;
}

/** The line that acknowledges a finding. */
export function acknowledgementEvent(finding: Acknowledged, by: Actor, reason: string): AuditEvent {
  const { id, hsm, key } = finding;
  return { event: EVENT, actor: by, decision: 'allowed', factId: id, hsm, key, detail: reason };
}

/**
 * The acknowledgements of `findings`, by id. Reads the log from its end, until each is found: without findings it reads
 * nothing. A line that was changed is none, and where decisions are sealed, one without a good seal. Fails with
 * `seal-unavailable` and the storage codes.
 */
export async function acknowledgementsOf(
  store: AuditStore,
  anchor: Pick<AuditAnchor, 'read'>,
  findings: readonly Acknowledged[],
  seals: Pick<DecisionSeals, 'judge'> | undefined,
): Promise<ReadonlyMap<string, Acknowledgement>> {
  const found = new Map<string, Acknowledgement>();
  if (findings.length === 0) return found;
  const judge = await judgeOf(seals);
  const wanted = new Map(findings.map((finding) => [finding.id, finding]));
  const parts: AuditPart[] = [];
  const segment = (await anchor.read())?.segment?.name;
  for await (const part of store.parts(segment)) parts.push(part);
  parts.sort((a, b) => comparePart(b, a));
  for (let start = 0; start < parts.length && found.size < wanted.size; start += READS_AT_ONCE) {
    const texts = await Promise.all(
      parts.slice(start, start + READS_AT_ONCE).map((part) => store.read(part)),
    );
    for (const line of texts.flatMap((text) => text.split('\n').reverse())) {
      // Most lines are about something else: only these few are read as JSON.
      const entry = line.includes(EVENT) ? parseEntry(line) : undefined;
      if (entry !== undefined && isAbout(entry, wanted) && judge.line(entry).good)
        found.set(entry.factId ?? '', madeFrom(entry));
    }
  }
  return found;
}

function isAbout(entry: AuditEntry, wanted: ReadonlyMap<string, Acknowledged>): boolean {
  const finding = wanted.get(entry.factId ?? '');
  return (
    finding !== undefined &&
    entry.event === EVENT &&
    entry.hsm === finding.hsm &&
    entry.key === finding.key &&
    isIntact(entry)
  );
}

function madeFrom({ actor, at, detail = '' }: AuditEntry): Acknowledgement {
  return { by: { id: actor.id, name: actor.name }, at, reason: detail };
}
