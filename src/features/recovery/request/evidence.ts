/** What the audit log says of a request: a stored record is executed only as far as the log bears it out. */

import { definedOnly } from '../../../core/defined-only.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { AuditAnchor, AuditStore } from '../../audit/audit-log.ts';
import type { AuditEntry } from '../../audit/entry.ts';
import { AuditReader } from '../../audit/log-reader.ts';
import type { RecoveryRecord } from '../model/record.ts';

/** What the log holds about one request. */
export interface Logged {
  /** What was asked for, and when by the app's clock: epoch milliseconds. Absent where no request of the id was noted. */
  readonly about?: { readonly hsm: string; readonly key: string; readonly at: number };
  /** Every line about it. */
  readonly lines: number;
  readonly requests: readonly Noted[];
  readonly approvals: readonly Noted[];
  readonly begun: boolean;
  /** How it ended, such as `recovery-succeeded`. */
  readonly ended: string | undefined;
  /** The number of the fact by which it ended. */
  readonly endedBy: number | undefined;
}

/** A line of a person or webhook: who, and for which digest. */
interface Noted {
  readonly actor: { readonly kind: string; readonly id: string };
  readonly digest: string | undefined;
  /** Absent in lines of before 0.2. */
  readonly groups: readonly string[] | undefined;
}

/** Where the log is asked. Fails with `audit-corrupt` or the storage codes. */
export interface RecoveryEvidence {
  of(id: string): Promise<Logged>;
  /** Every request that the log names. Lines read before are not compared again: enough for lists, not for a decision. */
  all(): Promise<ReadonlyMap<string, Logged>>;
}

const ENDED = new Set(
  ['succeeded', 'failed', 'restored-other-key', 'rejected', 'cancelled', 'expired'].map(
    (kind) => `recovery-${kind}`,
  ),
);
/** What people do to a request. */
const OF_PEOPLE: ReadonlySet<string> = new Set(['requested', 'approval-given', 'rejected', 'cancelled']);
const BEGUN = new Set(['recovery-execution-started', 'recovery-execution-resumed']);
const NOTHING: Logged = {
  lines: 0,
  requests: [],
  approvals: [],
  begun: false,
  ended: undefined,
  endedBy: undefined,
};

/** Evidence from the log itself, read to its end each time. One per process. */
export class LoggedEvidence implements RecoveryEvidence {
  readonly #reader: AuditReader;
  readonly #byId = new Map<string, Logged>();

  constructor(store: AuditStore, anchor: AuditAnchor) {
    this.#reader = new AuditReader(store, anchor);
  }

  async of(id: string): Promise<Logged> {
    await this.#advance(false);
    return this.#byId.get(id) ?? NOTHING;
  }

  async all(): Promise<ReadonlyMap<string, Logged>> {
    await this.#advance(true);
    return this.#byId;
  }

  async #advance(isTail: boolean): Promise<void> {
    await this.#reader.advance(
      (entry) => this.#take(entry),
      () => this.#byId.clear(),
      isTail,
    );
  }

  #take(entry: AuditEntry): void {
    const { recoveryId: id, event, actor, digest, groups } = entry;
    if (id === undefined) return;
    const known = this.#byId.get(id) ?? NOTHING;
    const noted = { actor: { kind: actor.kind, id: actor.id }, digest, groups };
    const about = known.about ?? (event === 'recovery-requested' ? aboutOf(entry) : undefined);
    this.#byId.set(id, {
      ...definedOnly({ about }),
      lines: known.lines + 1,
      requests: event === 'recovery-requested' ? [...known.requests, noted] : known.requests,
      approvals: event === 'recovery-approval-given' ? [...known.approvals, noted] : known.approvals,
      begun: known.begun || BEGUN.has(event),
      ended: known.ended ?? (ENDED.has(event) ? event : undefined),
      endedBy: known.endedBy ?? (ENDED.has(event) ? Number(entry.factId?.split('/')[1]) : undefined),
    });
  }
}

/**
 * Whether the log says that a request was made and not that it ended: it waits, or is being executed, or a crash left it so.
 * Whoever can write the store cannot change this.
 */
export function isOpenIn(logged: Logged | undefined): logged is Logged & Required<Pick<Logged, 'about'>> {
  return logged?.about !== undefined && logged.ended === undefined;
}

function aboutOf({ hsm = '', key = '', occurredAt }: AuditEntry): Logged['about'] {
  return { hsm, key, at: occurredAt };
}

/**
 * Why the log does not bear out `record`; undefined when it does. The record's own counters are not believed: its request and
 * every approval in it must have been noted, for its digest and by the same people, by the process that knew them.
 */
export function unprovenIn(record: RecoveryRecord, logged: Logged): string | undefined {
  const { requester, digest, approvals } = record;
  if (!logged.requests.some((noted) => isBy(noted, requester, digest))) {
    return `the audit log has no such request by ${requester.kind} ${requester.id}`;
  }
  for (const { by, groups, digest: approved } of approvals) {
    const noted = logged.approvals.filter((line) => isBy(line, by, digest));
    if (approved !== digest || noted.length === 0) {
      return `the audit log has no approval of it by ${by.kind} ${by.id}`;
    }
    if (!noted.some((line) => line.groups === undefined || isSameSet(line.groups, groups))) {
      return `the audit log has the approval by ${by.id} with other groups`;
    }
  }
  const { state } = record;
  const told = untoldFault(record, logged);
  if (told !== undefined) return told;
  const isOpen = state === 'requested' || state === 'approved' || state === 'executing';
  if (isOpen && logged.ended !== undefined) return `the audit log says that it ended (${logged.ended})`;
  if (state === 'approved' && logged.begun) return 'the audit log says that its execution has begun already';
  if ((state === 'succeeded' || state === 'restored-other-key') && !logged.begun) {
    return 'the audit log does not say that its execution has begun';
  }
  return undefined;
}

/** What waits to be told must be the service's own word where only the service can know it, and must fit the record and the log. */
function untoldFault({ untold, state }: RecoveryRecord, { ended, endedBy }: Logged): string | undefined {
  for (const { kind, by, n } of untold) {
    const isEnd = ENDED.has(`recovery-${kind}`);
    if (isEnd && kind !== state) return `it tells of an end that it does not have (${kind})`;
    if (!OF_PEOPLE.has(kind) && by.kind !== 'service')
      return `it tells in the name of ${by.id} what only the app knows`;
    if (isEnd && kind !== 'failed' && ended !== undefined && n !== endedBy) {
      return `the audit log says that it ended before (${ended})`;
    }
  }
  return undefined;
}

function isBy({ actor, digest: noted }: Noted, by: Actor, digest: string): boolean {
  return actor.kind === by.kind && actor.id.toLowerCase() === by.id.toLowerCase() && noted === digest;
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((member) => b.includes(member));
}
