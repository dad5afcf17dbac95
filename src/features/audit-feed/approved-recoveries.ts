/** What the recovery app may have done to an HSM: the executions in its audit log, each with what was approved, and what people noted. */
import type { DocumentStore } from '../../core/documents/document-store.ts';
import { isWardenError } from '../../core/errors.ts';
import { isSameName } from '../../core/model/key-name.ts';
import type { OnceStore } from '../../core/once-store.ts';
import type { Logger } from '../../core/ports.ts';
import { DAY_MS, epochOf, MINUTE_MS } from '../../core/time.ts';
import type { AuditAnchor, AuditStore } from '../audit/audit-log.ts';
import type { AuditEntry } from '../audit/entry.ts';
import type { DecisionSeals } from '../audit/line-seals.ts';
import { AuditReader } from '../audit/log-reader.ts';
import { BREAK_GLASS, type BreakGlass, breakGlassOf } from '../recovery/model/break-glass.ts';
import { requestDigest } from '../recovery/model/digest.ts';
import type { Operation } from '../recovery/model/record.ts';
import { Claims } from '../recovery/request/claims.ts';
import { readEach } from '../recovery/request/each-recovery.ts';

/** Where approvals are looked up. */
export interface ApprovedDeps {
  readonly auditStore: AuditStore;
  readonly anchor: AuditAnchor;
  readonly once: OnceStore;
  /** Where decisions are sealed, lines without a good seal approve and explain nothing. */
  readonly decisions: Pick<DecisionSeals, 'judge'> | undefined;
  readonly state: DocumentStore;
  readonly logger: Logger;
}

/** One execution of the recovery app. Times are epoch milliseconds by the app's clock. */
interface Execution {
  readonly digest: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/** What is looked for. */
export interface Deed {
  readonly hsm: string;
  readonly action: Exclude<Operation['action'], 'adopt'>;
  /** Absent where the HSM's record does not name it. */
  readonly key?: string;
  /** Epoch milliseconds by the HSM's clock; 0 when it is not known. */
  readonly at: number;
}

/** The clocks of the HSM and of the app differ by less. */
const SKEW_MS = 5 * MINUTE_MS;
/** An execution that a crash left open is taken up again or expires within this. */
const OPEN_MS = 7 * DAY_MS;
const STARTED = new Set(['recovery-execution-started', 'recovery-execution-resumed']);
const ENDED = new Set(['recovery-succeeded', 'recovery-failed', 'recovery-restored-other-key']);

/** The log as read once, for the records of one batch. */
export class ApprovedRecoveries {
  readonly #deps: ApprovedDeps;
  readonly #executions = new Map<string, Execution>();
  readonly #noted: BreakGlass[] = [];
  #read: Promise<void> | undefined;

  constructor(deps: ApprovedDeps) {
    this.#deps = deps;
  }

  /**
   * The request by which the recovery app had claimed this: its log has the execution at that time, the write-once claim is there,
   * and the operation that the logged digest stands for is this one. Where `deed` names no key or no time it is one that fits as far
   * as can be seen. Fails with `audit-corrupt`, `seal-unavailable` or storage codes.
   */
  async claimedBy(deed: Deed): Promise<string | undefined> {
    await this.#ready();
    const fitting = [...this.#executions].filter(([, execution]) => isWithin(execution, deed.at));
    const held = await readEach(
      { store: this.#deps.state, logger: this.#deps.logger },
      fitting.map(([id]) => id),
    );
    for (const { record } of held) {
      const { digest } = record;
      // The store is believed as far as the digest in the log bears it out.
      const isLogged = this.#executions.get(record.id)?.digest === digest && requestDigest(record) === digest;
      if (isLogged && isSameDeed(record.operation, deed) && (await this.#isBegun(record.id, digest)))
        return record.id;
    }
    return undefined;
  }

  /** What people noted of a break-glass restore that this may be. Fails as {@link claimedBy}. */
  async noted({ hsm, key, at }: Deed): Promise<BreakGlass | undefined> {
    await this.#ready();
    return this.#noted.find(
      (one) =>
        one.hsm.toLowerCase() === hsm.toLowerCase() &&
        (one.key === undefined || (key !== undefined && isSameName(one.key, key))) &&
        at >= epochOf(one.from) &&
        at <= epochOf(one.until),
    );
  }

  #ready(): Promise<void> {
    const { auditStore, anchor, decisions } = this.#deps;
    this.#read ??= new AuditReader(auditStore, anchor, decisions).advance((entry, { good }) =>
      this.#take(entry, good),
    );
    return this.#read;
  }

  #take(entry: AuditEntry, counts: boolean): void {
    const { event, recoveryId: id, digest, occurredAt } = entry;
    const noted = event === BREAK_GLASS && counts ? breakGlassOf(entry) : undefined;
    if (noted !== undefined) this.#noted.push(noted);
    if (id === undefined || digest === undefined) return;
    const known = this.#executions.get(id);
    if (STARTED.has(event) && counts && known === undefined) {
      this.#executions.set(id, { digest, startedAt: occurredAt, endedAt: undefined });
    }
    if (ENDED.has(event) && known !== undefined) this.#executions.set(id, { ...known, endedAt: occurredAt });
  }

  async #isBegun(id: string, digest: string): Promise<boolean> {
    try {
      return (await new Claims(this.#deps.once).of({ id, digest })).begun;
    } catch (error) {
      if (isWardenError(error, 'record-unproven')) return false;
      throw error;
    }
  }
}

function isWithin({ startedAt, endedAt }: Execution, at: number): boolean {
  return at === 0 || (at >= startedAt - SKEW_MS && at <= (endedAt ?? startedAt + OPEN_MS) + SKEW_MS);
}

function isSameDeed(operation: Operation, { hsm, action, key }: Deed): boolean {
  const isThere = operation.target.toLowerCase() === hsm.toLowerCase() && operation.action === action;
  return isThere && (key === undefined || isSameName(operation.key, key));
}
