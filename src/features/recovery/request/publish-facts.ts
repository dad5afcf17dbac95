/** Notes each fact of a request in the audit log and publishes its event: late perhaps, but never not at all. */
import { definedOnly } from '../../../core/defined-only.ts';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { isWardenError } from '../../../core/errors.ts';
import type { EventBus } from '../../../core/events/bus.ts';
import type { CloudEvent } from '../../../core/events/cloud-event.ts';
import type { Outbox } from '../../../core/events/outbox.ts';
import type { OnceStore } from '../../../core/once-store.ts';
import type { Logger } from '../../../core/ports.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import type { DecisionSeals } from '../../audit/line-seals.ts';
import type { ChangedRecord, HeldRecord } from '../model/ports.ts';
import type { Fact, RecoveryRecord } from '../model/record.ts';
import { Claims } from './claims.ts';
import { eventOf } from './fact-event.ts';
import { changeRecovery, readRecovery } from './recovery-log.ts';

/** What publishing needs. */
export interface PublishDeps {
  readonly store: DocumentStore;
  readonly audit: AuditLog;
  /** Seals decisions, where the settings pin a key of this app. */
  readonly decisions: DecisionSeals | undefined;
  readonly bus: EventBus;
  /** Where an execution is claimed once and for good, and how it ended. */
  readonly once: OnceStore;
  /** Where a person looks at a recovery. */
  readonly linkTo: (id: string) => string;
  readonly logger: Logger;
}

/**
 * Facts that only the process which knew their author may note, and notes before it stores them: what anybody put into the
 * store must not come into the log as the word of a person.
 */
const NOTED_FIRST: ReadonlySet<Fact['kind']> = new Set(['requested', 'approval-given']);
/** What lets a worker act, or a success be believed: without its seal it is not noted at all. */
const SEALED_OR_NOT_AT_ALL: ReadonlySet<Fact['kind']> = new Set(['execution-started', 'execution-resumed']);

/** After these nothing is ever executed, whatever is rolled back: kept for good before anybody hears of it. */
const ENDED_BY_PEOPLE: ReadonlySet<Fact['kind']> = new Set(['rejected', 'cancelled']);

/**
 * Notes what `record` says of its requester, or of the approver, before it is stored, and sealed where decisions are. Fails as the
 * audit log does.
 */
export async function noteFirst(
  deps: Pick<PublishDeps, 'audit'>,
  record: RecoveryRecord,
  kind: 'requested' | 'approval-given',
): Promise<void> {
  const fact = record.untold.findLast((one) => one.kind === kind);
  if (fact !== undefined) await deps.audit.decide(auditEvent(record, fact));
}

/**
 * Notes the facts of a changed record in the audit log, publishes their events, and strikes them off. Killed in between,
 * it is done again with the same ids. The world may be out of reach: a key must come back all the same, so what no sink
 * accepts stays pending; and where another process is publishing, it publishes these facts too. The audit log has them in
 * any case: facts that the change made are noted before this resolves, sealed where decisions are. Fails with `audit-corrupt`,
 * `seal-unavailable` (where a worker begins) or a storage code: then nothing further may be done with the record.
 */
export async function publishFacts(deps: PublishDeps, changed: ChangedRecord): Promise<HeldRecord> {
  const { record, pendingBefore } = changed;
  if (record.untold.length === 0) return changed;
  const outbox = new RecordOutbox(deps, changed);
  const isOwn = lastOf(record.untold) > lastOf(pendingBefore);
  const before = pendingBefore.map((fact) => eventOf(record, fact, deps.linkTo));
  await deps.bus.publish(outbox, {
    logger: deps.logger,
    ...definedOnly({ before: isOwn ? before : undefined }),
  });
  return outbox.held;
}

function lastOf(facts: readonly Fact[]): number {
  return facts.at(-1)?.n ?? 0;
}

/** The facts of a stored record that are not audited and published yet: its members `untold` and `audited`. */
class RecordOutbox implements Outbox {
  /** The record as last read or written. */
  held: HeldRecord;
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly #deps: PublishDeps;
  /** Lines about what this very call made, by the number of the fact. Only these are sealed: the others are what the store says. */
  readonly #own: ReadonlyMap<number, AuditEvent>;
  #audited: number;

  constructor(deps: PublishDeps, held: ChangedRecord) {
    const { id, audited = 0, untold } = held.record;
    const before = new Set(held.pendingBefore.map(({ n }) => n));
    const own = untold.filter(({ n }) => !before.has(n));
    this.#own = new Map(own.map((fact) => [fact.n, auditEvent(held.record, fact)]));
    this.name = `recovery/${id}`;
    this.fields = { recoveryId: id };
    this.#deps = deps;
    this.#audited = audited;
    this.held = held;
  }

  async pending(fresh: boolean): Promise<readonly CloudEvent[]> {
    if (fresh) this.held = await readRecovery(this.#deps.store, this.held.record.id);
    return this.#events(this.held.record);
  }

  async prepare(): Promise<void> {
    const { record } = this.held;
    const audited = Math.max(this.#audited, record.audited ?? 0);
    for (const fact of record.untold.filter(({ n }) => n > audited)) {
      if (ENDED_BY_PEOPLE.has(fact.kind)) await new Claims(this.#deps.once).close(record);
      if (!NOTED_FIRST.has(fact.kind)) await this.#note(record, fact);
      this.#audited = fact.n;
    }
  }

  async #note(record: RecoveryRecord, fact: Fact): Promise<void> {
    const { audit } = this.#deps;
    const own = this.#own.get(fact.n);
    if (own === undefined) {
      await audit.note(auditEvent(record, fact));
      return;
    }
    try {
      await audit.decide(own);
    } catch (error) {
      // Whatever else has happened is stored already, and must be in the log.
      if (!isWardenError(error, 'seal-unavailable') || SEALED_OR_NOT_AT_ALL.has(fact.kind)) throw error;
      await audit.note(own);
    }
  }

  async strikeOff(
    accepted: ReadonlySet<string>,
    refused: ReadonlySet<string>,
  ): Promise<readonly CloudEvent[]> {
    this.held = await changeRecovery(this.#deps.store, this.held.record.id, (record) => {
      const audited = Math.max(record.audited ?? 0, this.#audited);
      const untold = record.untold.filter((fact) => {
        const { id } = eventOf(record, fact, this.#deps.linkTo);
        return !accepted.has(id) && !refused.has(id);
      });
      // Reading a request must not change its ETag while the topic is down.
      const isSame = audited === record.audited && untold.length === record.untold.length;
      return isSame ? record : { ...record, audited, untold };
    });
    return this.#events(this.held.record);
  }

  #events(record: RecoveryRecord): readonly CloudEvent[] {
    return record.untold.map((fact) => eventOf(record, fact, this.#deps.linkTo));
  }
}

function auditEvent(record: RecoveryRecord, fact: Fact): AuditEvent {
  const { hsm, key } = record.operation;
  const approval =
    fact.kind === 'approval-given' ? record.approvals.find(({ by }) => by.id === fact.by.id) : undefined;
  return {
    event: `recovery-${fact.kind}`,
    actor: fact.by,
    decision: fact.kind === 'requested' || fact.kind.startsWith('approv') ? 'allowed' : 'noted',
    // Two people may approve at the same time, before either knows the number of their fact.
    factId: `${record.id}/${approval === undefined ? fact.n : `approval-${fact.by.id.toLowerCase()}`}`,
    recoveryId: record.id,
    hsm,
    key,
    digest: record.digest,
    ...definedOnly({
      groups: approval && [...approval.groups],
      code: isFailure(fact) ? record.outcome?.code : undefined,
      detail: fact.detail,
    }),
  };
}

function isFailure({ kind }: Fact): boolean {
  return kind === 'failed' || kind === 'restored-other-key';
}
