/** What the audit log says of a request: a stored record is executed only as far as the log bears it out. */

import { definedOnly } from '../../../core/defined-only.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { SealVerdict } from '../../../core/seal/verify-seal.ts';
import type { AuditAnchor, AuditStore } from '../../audit/audit-log.ts';
import type { AuditEntry } from '../../audit/entry.ts';
import type { DecisionSeals } from '../../audit/line-seals.ts';
import { AuditReader } from '../../audit/log-reader.ts';
import type { RecoveryRecord } from '../model/record.ts';
import { type Happened, withLine } from './history.ts';

/** What the log holds about one request. */
export interface Logged {
  /** What was asked for, and when by the app's clock: epoch milliseconds. Absent where no request of the id was noted. */
  readonly about?: { readonly hsm: string; readonly key: string; readonly at: number };
  /** Every line about it. */
  readonly lines: number;
  /** Those that count: where decisions are sealed, with a good seal. */
  readonly requests: readonly Noted[];
  readonly approvals: readonly Noted[];
  /** Why a request or an approval in it does not count; it continues the words "for". */
  readonly uncounted: string | undefined;
  /** Whether any line says that it has begun: enough to do nothing more. `provenBegun`: a line that counts says so. */
  readonly begun: boolean;
  readonly provenBegun: boolean;
  /** How it ended, such as `recovery-succeeded`, by whatever line. `provenEnd`: by one that counts. */
  readonly ended: string | undefined;
  readonly provenEnd: string | undefined;
  /** The number of the fact by which it ended. */
  readonly endedBy: number | undefined;
  /** What happened, in order; of a decision only what counts. */
  readonly history: readonly Happened[];
}

/** A line of a person or webhook: who, and for which digest. */
interface Noted {
  readonly actor: { readonly kind: string; readonly id: string };
  readonly digest: string | undefined;
  /** Absent in lines of before 0.2. */
  readonly groups: readonly string[] | undefined;
}

/** Where the log is asked. Fails with `audit-corrupt`, `seal-unavailable` or the storage codes. */
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
const REQUESTED = 'recovery-requested';
const APPROVAL_GIVEN = 'recovery-approval-given';
/** What people do to a request. */
const OF_PEOPLE: ReadonlySet<string> = new Set(['requested', 'approval-given', 'rejected', 'cancelled']);
const BEGUN = new Set(['recovery-execution-started', 'recovery-execution-resumed']);
const NOTHING: Logged = {
  lines: 0,
  requests: [],
  approvals: [],
  uncounted: undefined,
  begun: false,
  provenBegun: false,
  ended: undefined,
  provenEnd: undefined,
  endedBy: undefined,
  history: [],
};

/** Evidence from the log itself, read to its end each time. One per process. */
export class LoggedEvidence implements RecoveryEvidence {
  readonly #reader: AuditReader;
  readonly #byId = new Map<string, Logged>();

  /** With `seals` only sealed lines let anything happen. */
  constructor(store: AuditStore, anchor: AuditAnchor, seals?: Pick<DecisionSeals, 'judge'>) {
    this.#reader = new AuditReader(store, anchor, seals);
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
      (entry, seal) => this.#take(entry, seal),
      () => this.#byId.clear(),
      isTail,
    );
  }

  #take(entry: AuditEntry, seal: SealVerdict): void {
    const { recoveryId: id, event, actor, digest, groups } = entry;
    if (id === undefined) return;
    const known = this.#byId.get(id) ?? NOTHING;
    const noted = { actor: { kind: actor.kind, id: actor.id }, digest, groups };
    const isRequest = event === REQUESTED;
    const isApproval = event === APPROVAL_GIVEN;
    const end = ENDED.has(event) ? event : undefined;
    const about = known.about ?? (isRequest ? aboutOf(entry) : undefined);
    this.#byId.set(id, {
      ...definedOnly({ about }),
      lines: known.lines + 1,
      requests: isRequest && seal.good ? [...known.requests, noted] : known.requests,
      approvals: isApproval && seal.good ? [...known.approvals, noted] : known.approvals,
      uncounted: (isRequest || isApproval) && !seal.good ? seal.why : known.uncounted,
      begun: known.begun || BEGUN.has(event),
      provenBegun: known.provenBegun || (BEGUN.has(event) && seal.good),
      ended: known.ended ?? end,
      provenEnd: known.provenEnd ?? (seal.good ? end : undefined),
      history: withLine(known.history, entry, seal),
      endedBy: known.endedBy ?? (end === undefined ? undefined : Number(entry.factId?.split('/')[1])),
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
    return `the audit log has no such request by ${requester.kind} ${requester.id}${besides(logged)}`;
  }
  for (const { by, groups, digest: approved } of approvals) {
    const noted = logged.approvals.filter((line) => isBy(line, by, digest));
    if (approved !== digest || noted.length === 0) {
      return `the audit log has no approval of it by ${by.kind} ${by.id}${besides(logged)}`;
    }
    if (!noted.some((line) => line.groups === undefined || isSameSet(line.groups, groups))) {
      return `the audit log has the approval by ${by.id} with other groups`;
    }
  }
  const { state } = record;
  const fault = untoldFault(record, logged);
  if (fault !== undefined) return fault;
  const isOpen = state === 'requested' || state === 'approved' || state === 'executing';
  if (isOpen && logged.ended !== undefined) return `the audit log says that it ended (${logged.ended})`;
  if (state === 'approved' && logged.begun) return 'the audit log says that its execution has begun already';
  if ((state === 'succeeded' || state === 'restored-other-key') && !logged.provenBegun) {
    return 'the audit log does not say that its execution has begun';
  }
  return undefined;
}

function besides({ uncounted }: Logged): string {
  return uncounted === undefined
    ? ''
    : `; a line about it is there whose seal does not count, for ${uncounted}`;
}

/** What waits to be published must be the service's own word where only the service can know it, and must fit the record and the log. */
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
