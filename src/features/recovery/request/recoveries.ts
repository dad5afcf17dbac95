/** The use cases of people and webhooks: ask, approve, reject, cancel, read. One code path for HTTP, web pages and CLI. */

import { canonicalDigest } from '../../../core/canonical-json.ts';
import { definedOnly } from '../../../core/defined-only.ts';
import { repeatOnConflict } from '../../../core/documents/update-document.ts';
import { isWardenError, WardenError } from '../../../core/errors.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { Clock, Logger, WorkQueue } from '../../../core/ports.ts';
import { epochOf } from '../../../core/time.ts';
import type { Gate } from '../access/gate.ts';
import type { AskBody } from '../model/asking.ts';
import { isMessageToCome } from '../model/execution.ts';
import { RECOVERIES, type RecoveryMessage } from '../model/message.ts';
import { type RecoveryPolicy, ruleFor } from '../model/policy.ts';
import type { HeldRecord, Ids } from '../model/ports.ts';
import type { RecoveryRecord } from '../model/record.ts';
import type { Preflight, PreflightDeps } from '../planning/key-state.ts';
import { planAsk } from '../planning/plan-adoption.ts';
import type { Ask } from '../planning/preflight.ts';
import { type Asked, warnOfSilence, warnOfTooFew } from '../planning/reachable.ts';
import { audited } from './audited.ts';
import type { RecoveryEvidence } from './evidence.ts';
import { findAnswered, findLive, idFrom, joinEvent, readEvent } from './one-live.ts';
import type { OpenLimits } from './open-limits.ts';
import { isDone, outcomeUnproven } from './outcome-proof.ts';
import { noteFirst, type PublishDeps, publishFacts } from './publish-facts.ts';
import type { RecoveryIndex } from './recovery-index.ts';
import { changeRecovery, createRecovery } from './recovery-log.ts';
import { refresh } from './refresh.ts';
import { recordUnproven } from './refuse-unproven.ts';
import { applyCommand, type Command, openRequest } from './state-machine.ts';

/** What the recovery needs to serve people. */
export interface RecoveriesDeps extends PublishDeps, PreflightDeps, Asked {
  readonly policy: RecoveryPolicy;
  readonly gate: Gate;
  readonly evidence: RecoveryEvidence;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly index: RecoveryIndex;
  readonly limits: OpenLimits;
}

/** What a person can do to an open request. */
export type PersonCommand = Extract<Command, { type: 'approve' | 'reject' | 'cancel' }>;

/** Requests and what becomes of them. Every method fails with `gate-disarmed` while the gate is not armed. */
export class Recoveries {
  readonly #deps: RecoveriesDeps;

  constructor(deps: RecoveriesDeps) {
    this.#deps = deps;
  }

  /**
   * Opens a request after pre-flight. The same requester with the same idempotency key and the same body gets the same
   * request back; `admit` is asked before a new one is opened, and may refuse. Fails with the codes of pre-flight, `idempotency-conflict`, or a storage code.
   */
  async open(
    requester: Actor,
    body: AskBody,
    idempotencyKey?: string,
    admit: () => Promise<void> = async () => undefined,
  ): Promise<HeldRecord> {
    return audited(this.#deps, requester, { hsm: body.hsm, key: body.key }, async () => {
      await this.#deps.gate.pass();
      const fingerprint = canonicalDigest({ ...body });
      const id = idempotencyKey === undefined ? this.#deps.ids.next() : derivedId(requester, idempotencyKey);
      const known = idempotencyKey === undefined ? undefined : await this.#repeated(id, fingerprint);
      if (known !== undefined) return known;
      await admit();
      return this.#openNew(id, fingerprint, requester, body);
    });
  }

  /**
   * As {@link open}, for an event of the watch: the live request that would do the same is the answer, whoever made it, and
   * a new one is opened only when there is none. The same event gets the same request back.
   */
  async openForEvent(
    requester: Actor,
    body: AskBody,
    event: string,
    admit: () => Promise<void>,
  ): Promise<HeldRecord> {
    return audited(this.#deps, requester, { hsm: body.hsm, key: body.key }, async () => {
      await this.#deps.gate.pass();
      const eventId = derivedId(requester, event);
      let admitted = false;
      return repeatOnConflict(`The recovery of key ${body.key} on HSM ${body.hsm}`, async () => {
        const found = await readEvent(this.#deps, body, eventId);
        if ('answeredBy' in found) return this.refresh(found.answeredBy);
        if (!admitted) await admit();
        admitted = true;
        const plan = await planAsk(this.#deps, askOf(body));
        const live = await findLive(this.#deps, plan.operation);
        if (live !== undefined) return joinEvent(this.#deps, live, eventId);
        const answered = await findAnswered(this.#deps, body, eventId);
        if (answered !== undefined) return this.refresh(answered);
        const fingerprint = canonicalDigest({ ...body });
        return this.#create(found.freeId, fingerprint, requester, body, plan, [eventId]);
      });
    });
  }

  /** Applies a person's command; with `etags` only to a version of one of those tags. Fails with the codes of the state machine, and `seal-unavailable`: then nothing is stored. */
  async command(id: string, command: PersonCommand, etags?: readonly string[]): Promise<HeldRecord> {
    return audited(this.#deps, command.by, { recoveryId: id }, async () => {
      await this.#deps.gate.pass();
      await this.refresh(id);
      const { clock, policy, store } = this.#deps;
      let noted = false;
      const change = async (record: RecoveryRecord) => {
        const next = applyCommand(record, command, clock.now(), ruleFor(policy, record.operation.key));
        if (noted) return next;
        // In the log before it is in the store: there nobody else can put it.
        if (command.type === 'approve') await noteFirst(this.#deps, next, 'approval-given');
        else await this.#deps.audit.requireSealing();
        noted = true;
        return next;
      };
      const changed = await changeRecovery(store, id, change, etags);
      const held = await publishFacts(this.#deps, changed);
      if (held.record.state === 'approved') await this.#enqueue(id);
      return held;
    });
  }

  /** A request as it stands. Fails with `recovery-unknown`, or `record-unproven` for a success that nothing but the store says. */
  async get(id: string): Promise<HeldRecord> {
    await this.#deps.gate.pass();
    const held = await this.refresh(id);
    if (!isDone(held.record)) return held;
    const { evidence } = this.#deps;
    const unproven = await outcomeUnproven(this.#deps, held.record, await evidence.of(id));
    if (unproven !== undefined) throw recordUnproven(held.record, unproven);
    return held;
  }

  /** Brings a request up to date: see {@link refresh}. */
  refresh(id: string): Promise<HeldRecord> {
    return refresh(this.#deps, id);
  }

  /** Puts the request's message in the queue again, where a worker should be at it and may not be. */
  async nudge({ record }: HeldRecord): Promise<void> {
    const now = this.#deps.clock.now();
    if (isMessageToCome(record, now)) return;
    const stalled = record.state === 'executing' && (record.claim?.until ?? 0) <= now;
    if (record.state === 'approved' || stalled) await this.#enqueue(record.id);
  }

  async #openNew(id: string, fingerprint: string, requester: Actor, body: AskBody): Promise<HeldRecord> {
    try {
      return await this.#create(id, fingerprint, requester, body, await planAsk(this.#deps, askOf(body)));
    } catch (error) {
      // The same request sent twice at the same time: the other one was faster.
      const known = isWardenError(error, 'state-conflict')
        ? await this.#repeated(id, fingerprint)
        : undefined;
      if (known === undefined) throw error;
      return known;
    }
  }

  async #create(
    id: string,
    fingerprint: string,
    requester: Actor,
    body: AskBody,
    { operation, seen, notes }: Preflight,
    events?: readonly string[],
  ): Promise<HeldRecord> {
    const { clock, policy, store, limits, logger, approvers = [] } = this.#deps;
    const { ttlMs, ...rule } = ruleFor(policy, body.key);
    const record = openRequest(
      {
        id,
        operation,
        ...definedOnly({ seen }),
        requester,
        reason: body.reason,
        rule,
        preflight: [
          ...notes,
          ...warnOfSilence(requester, this.#deps),
          ...warnOfTooFew(rule, requester, approvers),
        ],
        fingerprint,
        ttlMs,
      },
      clock.now(),
    );
    await limits.admit(requester, operation.hsm, logger, () => noteFirst(this.#deps, record, 'requested'));
    const held = await createRecovery(
      store,
      events === undefined ? record : { ...record, events: [...events] },
    );
    return publishFacts(this.#deps, held);
  }

  async #repeated(id: string, fingerprint: string): Promise<HeldRecord | undefined> {
    try {
      const held = await this.refresh(id);
      if (held.record.fingerprint === fingerprint) return held;
    } catch (error) {
      if (isWardenError(error, 'recovery-unknown')) return undefined;
      throw error;
    }
    throw new WardenError('idempotency-conflict', {
      message: 'This idempotency key was used for a different request.',
      advice: 'Use a new key for a new request.',
    });
  }

  async #enqueue(id: string): Promise<void> {
    const message: RecoveryMessage = { kind: 'recovery', id };
    await this.#deps.queue.send(RECOVERIES, message);
  }
}

function askOf(body: AskBody): Ask {
  return {
    hsm: body.hsm,
    target: body.target ?? body.hsm,
    key: body.key,
    action: body.action,
    ...definedOnly({ backup: body.backup }),
    ...(body.asOf === undefined ? {} : { asOf: epochOf(body.asOf) }),
  };
}

/** Depends on who asks, so that nobody can meet or block another person's request by its key. */
function derivedId(requester: Actor, idempotencyKey: string): string {
  return idFrom([requester.kind, requester.id.toLowerCase(), idempotencyKey]);
}
