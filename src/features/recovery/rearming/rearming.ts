/** Arms the gate again after something was found in the audit log: asked for by one person, approved as the policy demands. */
import { z } from 'zod';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { definedOnly } from '../../../core/defined-only.ts';
import type { DocumentStore } from '../../../core/documents/document-store.ts';
import { readDocument, updateDocument } from '../../../core/documents/update-document.ts';
import { WardenError } from '../../../core/errors.ts';
import type { EventBus } from '../../../core/events/bus.ts';
import type { Actor } from '../../../core/model/names.ts';
import type { OnceStore } from '../../../core/once-store.ts';
import type { Logger } from '../../../core/ports.ts';
import { Seal } from '../../../core/seal/seal.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { type Breach, type Breaches, decisionName } from '../../audit/breaches.ts';
import { judgeOf } from '../../audit/line-seals.ts';
import type { AnchorState } from '../../audit/segment.ts';
import { firstProblem, verifyAudit } from '../../audit/verify-audit.ts';
import type { Gate } from '../access/gate.ts';
import { toRecoveryCloudEvent } from '../model/events.ts';
import type { RecoveryPolicy } from '../model/policy.ts';
import type { Ids } from '../model/ports.ts';
import { beginSegment, type SegmentDeps } from './begin-segment.ts';
import {
  type Approval,
  approvalFacts,
  approvalText,
  approveRearming,
  askedFacts,
  isApprovedRearming,
  nothingOpen,
  openRearming,
  type Proposal,
  REARMING_DOCUMENT,
  type Rearming,
  rearmingRule,
  unsealedIn,
} from './proposal.ts';

/** What it works with. */
export interface RearmingDeps extends SegmentDeps {
  readonly store: DocumentStore;
  readonly once: OnceStore;
  readonly breaches: Breaches;
  readonly gate: Gate;
  readonly policy: RecoveryPolicy;
  readonly ids: Ids;
  readonly bus: Pick<EventBus, 'send'>;
  readonly logger: Logger;
}

const ADDRESS = { kind: 'rearming' } as const;

/** The decision to arm the gate again. What it needs is kept in the state and, written once, beside the audit log: both must agree. */
export class Rearmings {
  readonly #deps: RearmingDeps;

  constructor(deps: RearmingDeps) {
    this.#deps = deps;
  }

  /** The open decision, if any. May fail with the storage codes. */
  async open(): Promise<Rearming | undefined> {
    const { value } = await readDocument(this.#deps.store, REARMING_DOCUMENT, ADDRESS);
    const isOver = value === undefined || value.done === true || value.proposal.expiresAt <= this.#now();
    return isOver ? undefined : value;
  }

  /**
   * Asks for it: what is found wrong now is what is decided about. It takes the place of one that is open. Fails with
   * `gate-disarmed` (for another reason than the log), `nothing-to-rearm`, `seal-unavailable`, or a storage code.
   */
  async ask(requester: Actor, reason: string): Promise<Rearming> {
    const { gate, breaches, once, store } = this.#deps;
    await gate.passForRearming();
    const { problem, log } = await this.#examine();
    if (problem !== undefined) await gate.disarm(`audit: ${problem}`);
    const found = await breaches.open();
    if (found.length === 0) {
      throw new WardenError('nothing-to-rearm', {
        message: 'Nothing was found in the audit log that nobody has decided about.',
        advice: 'GET /api/health says whether the gate is armed, and why not.',
      });
    }
    const proposal = await this.#propose(requester, reason, found, log);
    const rearming = openRearming(proposal, await this.#deps.decisions?.seal(askedFacts(proposal)));
    await once.write(decisionName(rearming.digest), canonicalJson(rearming.proposal));
    await updateDocument(store, REARMING_DOCUMENT, ADDRESS, () => rearming);
    return rearming;
  }

  /**
   * Approves exactly what was asked for; with enough approvals the log goes on in a new segment, and the gate is proven again.
   * Fails with `gate-disarmed`, `rearming-unknown`, the codes of an approval, `seal-unavailable`, or a storage code.
   */
  async approve(by: Actor, groups: readonly string[], digest: string): Promise<Rearming> {
    const { gate, once, store, policy } = this.#deps;
    await gate.passForRearming();
    const given: Approval = { by, groups: [...groups], digest, at: this.#now() };
    approveRearming(await this.open(), given);
    const seal = await this.#deps.decisions?.seal(approvalFacts(given));
    const approval = seal === undefined ? given : { ...given, seal };
    // Beside the log first: what is in the state alone counts for nothing.
    const name = approvalName(digest, by);
    await once.write(name, approvalText(approval));
    const kept = await this.#kept(name, approval);
    const { after } = await updateDocument(store, REARMING_DOCUMENT, ADDRESS, (rearming) =>
      approveRearming(rearming, kept),
    );
    if (after.value === undefined) throw nothingOpen();
    if (!isApprovedRearming(after.value, rearmingRule(policy))) return after.value;
    return this.#begin(after.value);
  }

  async #begin(rearming: Rearming): Promise<Rearming> {
    const { gate, store, bus, logger } = this.#deps;
    await this.#requireKept(rearming);
    await beginSegment(this.#deps, rearming);
    const done: Rearming = { ...rearming, done: true };
    await updateDocument(store, REARMING_DOCUMENT, ADDRESS, (now) =>
      now?.digest === rearming.digest ? done : now,
    );
    const at = this.#now();
    const detail = rearming.proposal.breaches.map(({ problem }) => problem).join('; ');
    logger.warn('gate armed again by decision', { digest: rearming.digest, found: detail });
    await gate.check();
    const event = { id: `gate-rearmed/${rearming.digest}`, type: 'gate-rearmed', at, detail } as const;
    await bus.send([toRecoveryCloudEvent(event)], { logger });
    return done;
  }

  /** Every word of the stored decision must stand beside the log, where no app can change it. Fails with `record-unproven`. */
  async #requireKept(rearming: Rearming): Promise<void> {
    const { proposal, digest, approvals } = rearming;
    const { once } = this.#deps;
    const wanted: (readonly [string, string])[] = [
      [decisionName(digest), canonicalJson(proposal)],
      ...approvals.map((one) => [approvalName(digest, one.by), approvalText(one)] as const),
    ];
    for (const [name, text] of wanted) {
      if ((await once.read(name)) !== text) throw unproven(name);
    }
    const unsealed = unsealedIn(rearming, await judgeOf(this.#deps.decisions));
    if (unsealed !== undefined) throw unproven(decisionName(digest), `: no seal says ${unsealed}`);
  }

  /** An approval of the same person that was kept before a crash counts as given then. */
  async #kept(name: string, approval: Approval): Promise<Approval> {
    const text = await this.#deps.once.read(name);
    const kept: Approval = { ...approval, ...(text === undefined ? {} : madeThen(text)) };
    if (text !== approvalText(kept)) throw unproven(name);
    return kept;
  }

  async #propose(
    requester: Actor,
    reason: string,
    breaches: readonly Breach[],
    log: Proposal['log'],
  ): Promise<Proposal> {
    const { policy, ids } = this.#deps;
    const { ttlMs, ...rule } = rearmingRule(policy);
    const createdAt = this.#now();
    const remembered = await this.#remembered();
    // Behind whatever was remembered or read: no process takes what follows for something it has seen.
    const isFarther = remembered !== undefined && remembered.seq >= log.tip.seq;
    const base = isFarther ? { seq: remembered.seq, hash: remembered.hash } : log.tip;
    return {
      format: 1,
      requester,
      reason,
      rule,
      createdAt,
      expiresAt: createdAt + ttlMs,
      breaches: [...breaches],
      decided: [...(await this.#deps.breaches.decided())],
      log,
      base,
      next: ids.next(),
    };
  }

  async #examine(): Promise<{ readonly problem: string | undefined; readonly log: Proposal['log'] }> {
    const { auditStore } = this.#deps;
    const remembered = await this.#remembered();
    const known = { read: async () => remembered };
    const verdict = await verifyAudit(auditStore, known, { seals: this.#deps.decisions });
    const { entries, tip } = verdict;
    const hashes: string[] = [];
    for await (const part of auditStore.parts(remembered?.segment?.name)) {
      hashes.push(sha256Hex(await auditStore.read(part)));
    }
    const problems = verdict.problems.map(({ problem }) => problem);
    const log = { entries, tip, problems, sha256: sha256Hex(hashes.join('\n')) };
    return { problem: firstProblem(verdict), log };
  }

  /** What is remembered of the log's end; where that cannot be read, that is part of what was found. */
  async #remembered(): Promise<AnchorState | undefined> {
    return this.#deps.anchor.read().catch((error: unknown) => {
      if (error instanceof WardenError && error.code === 'audit-corrupt') return undefined;
      throw error;
    });
  }

  #now(): number {
    return this.#deps.clock.now();
  }
}

function approvalName(digest: string, by: Actor): string {
  return `rearmings/${digest}/approved-${by.id.toLowerCase()}.json`;
}

/** What distinguishes an approval from the same one given again: its time and its seal. */
const Made = z.looseObject({ at: z.int(), seal: Seal.exactOptional() });

function madeThen(text: string): Pick<Approval, 'at' | 'seal'> {
  try {
    const { at, seal } = Made.parse(JSON.parse(text));
    return { at, ...definedOnly({ seal }) };
  } catch {
    return { at: -1 };
  }
}

function unproven(name: string, why = ''): WardenError {
  return new WardenError('record-unproven', {
    message: `The stored decision to arm the gate again is not the one that ${name} says${why}.`,
    advice: 'Find out who can write the containers, and ask for it again.',
  });
}
