/** What happened to a request, as the audit log has it, and how it is said. */
import { definedOnly } from '../../../core/defined-only.ts';
import { cutText } from '../../../core/model/plain-text.ts';
import type { SealVerdict } from '../../../core/seal/verify-seal.ts';
import { isoTime } from '../../../core/time.ts';
import type { AuditEntry } from '../../audit/entry.ts';
import type { RecoveryView } from '../model/asking.ts';

/** A line about a request. */
export interface Happened {
  /** By the app's clock, epoch milliseconds. */
  readonly at: number;
  /** The kind of fact: `requested`, `approval-given`, `rejected`. */
  readonly event: string;
  readonly by: string;
  readonly detail?: string;
  /** The fact is noted once more where a crash left open whether it was. */
  readonly factId?: string;
}

const PREFIX = 'recovery-';
/** A request has a dozen lines; whoever asks in vain again and again adds none. */
const MOST_LINES = 50;
const LONGEST_DETAIL = 500;
/** Words of people by which something may happen: with a good seal, where decisions are sealed, or not at all. */
const OF_PEOPLE: ReadonlySet<string> = new Set(['requested', 'approval-given']);

/** `history` with the line `entry`, where it is one of the request's facts and counts. */
export function withLine(
  history: readonly Happened[],
  { event, decision, occurredAt, actor, detail, factId }: AuditEntry,
  seal: SealVerdict,
): readonly Happened[] {
  if (!event.startsWith(PREFIX) || decision === 'refused' || history.length >= MOST_LINES) return history;
  const kind = event.slice(PREFIX.length);
  if (!seal.good && OF_PEOPLE.has(kind)) return history;
  if (factId !== undefined && history.some((known) => known.factId === factId)) return history;
  const text = detail === undefined ? undefined : cutText(detail, LONGEST_DETAIL);
  return [
    ...history,
    { at: occurredAt, event: kind, by: actor.name, ...definedOnly({ detail: text, factId }) },
  ];
}

/** As people see it. How they signed in is for those who may read the audit log. */
export function historyView(
  history: readonly Happened[],
  maySeeSignIns: boolean,
): NonNullable<RecoveryView['history']> {
  return history.map(({ at, event, by, detail }) => {
    const isSignIn = event === 'approval-given';
    return {
      at: isoTime(at),
      event,
      by,
      ...definedOnly({
        detail: isSignIn ? undefined : detail,
        signIn: isSignIn && maySeeSignIns ? detail : undefined,
      }),
    };
  });
}
