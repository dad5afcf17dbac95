/** What people decide when they arm the gate again after a finding: exactly what was found, and where the log goes on. */
import { z } from 'zod';
import { canonicalDigest, canonicalJson } from '../../../core/canonical-json.ts';
import type { DocumentType } from '../../../core/documents/document-type.ts';
import { WardenError, type WardenErrorCode } from '../../../core/errors.ts';
import { Actor } from '../../../core/model/names.ts';
import { Seal } from '../../../core/seal/seal.ts';
import { Breach } from '../../audit/breaches.ts';
import type { DecisionFacts, DecisionJudge } from '../../audit/line-seals.ts';
import { SegmentName } from '../../audit/segment.ts';
import { ApprovalRule, missingFor, type RecoveryPolicy, ruleFor, satisfies } from '../model/policy.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Time = z.int().nonnegative();
const Tip = z.strictObject({ seq: z.int().nonnegative(), hash: Digest });

/** All that is decided, and its digest is over all of it. Times are epoch milliseconds. */
export const Proposal = z.strictObject({
  format: z.literal(1),
  requester: Actor,
  reason: z.string().min(1).max(1000),
  rule: ApprovalRule,
  createdAt: Time,
  expiresAt: Time,
  /** Everything that was found and nobody has decided about. */
  breaches: z.array(Breach),
  /** Ids of what was found and decided about before: that stays decided. */
  decided: z.array(z.string()),
  /** The log as it was found: how many lines follow each other, where they end, what is wrong, and the hash of all of its text. */
  log: z.strictObject({
    entries: z.int(),
    tip: Tip,
    problems: z.array(z.string()),
    sha256: Digest,
  }),
  /** The line that the next segment follows, and its name. */
  base: Tip,
  next: SegmentName,
});
export type Proposal = z.infer<typeof Proposal>;

const Approval = z.strictObject({
  by: Actor,
  groups: z.array(z.string()),
  digest: Digest,
  at: Time,
  /** Made when the person gave it, where decisions are sealed. */
  seal: Seal.exactOptional(),
});
export type Approval = z.infer<typeof Approval>;

/** The open decision as it is stored. */
const Rearming = z.strictObject({
  format: z.literal(1),
  digest: Digest,
  proposal: Proposal,
  approvals: z.array(Approval),
  /** Of the request for it, where decisions are sealed. */
  seal: Seal.exactOptional(),
  /** Set once the log has gone on by it. */
  done: z.literal(true).exactOptional(),
});
export type Rearming = z.infer<typeof Rearming>;

/** How it is stored. */
export const REARMING_DOCUMENT: DocumentType<'rearming', Rearming> = {
  kind: 'rearming',
  schema: Rearming,
  name: () => 'The decision to arm the gate again',
  advice: 'Ask for it again.',
  check: ({ digest, proposal }) =>
    digest === canonicalDigest(proposal) ? undefined : 'its digest is not that of its content',
  expendable: true,
};

/** The strictest of what the policy asks for any key: whoever arms the gate decides about all of them. */
export function rearmingRule(policy: RecoveryPolicy): ApprovalRule & { readonly ttlMs: number } {
  const { ttlMs, ...rule } = ruleFor({ ...policy, rules: [] }, '');
  const approvals = Math.max(rule.approvals, ...policy.rules.map(({ approvals: asked = 0 }) => asked));
  return { ...rule, approvals, ttlMs };
}

/** Opens a decision. */
export function openRearming(proposal: Proposal, seal: Seal | undefined): Rearming {
  const opened = { format: 1 as const, digest: canonicalDigest(proposal), proposal, approvals: [] };
  return seal === undefined ? opened : { ...opened, seal };
}

/** What is sealed when somebody asks for it: the digest binds everything else. */
export function askedFacts(proposal: Proposal): DecisionFacts {
  return { kind: 'rearming-requested', content: { digest: canonicalDigest(proposal) } };
}

/** What is sealed when somebody approves it. */
export function approvalFacts({ seal: _seal, ...approval }: Approval): DecisionFacts {
  return { kind: 'rearming-approval', content: approval };
}

/** Whose word in a decision no seal bears out; undefined when all are. */
export function unsealedIn(
  { proposal, approvals, seal }: Rearming,
  judge: DecisionJudge,
): string | undefined {
  const asked = judge.decision(askedFacts(proposal), seal);
  if (!asked.good) return `that ${proposal.requester.id} asked for it, for ${asked.why}`;
  for (const approval of approvals) {
    const approved = judge.decision(approvalFacts(approval), approval.seal);
    if (!approved.good) return `that ${approval.by.id} approved it, for ${approved.why}`;
  }
  return undefined;
}

/**
 * Adds an approval. Fails with `rearming-unknown`, `own-request`, `approved-already`, `digest-mismatch` or `recovery-expired`.
 */
export function approveRearming(rearming: Rearming | undefined, approval: Approval): Rearming {
  if (rearming === undefined || rearming.done === true) throw nothingOpen();
  const { proposal, digest, approvals } = rearming;
  const { by } = approval;
  if (approval.digest !== digest) {
    throw refuse('digest-mismatch', 'the approval carries the digest of something else');
  }
  if (approval.at >= proposal.expiresAt) throw refuse('recovery-expired', 'its time has run out');
  if (isSame(by, proposal.requester)) throw refuse('own-request', 'nobody approves their own request');
  if (approvals.some((one) => isSame(one.by, by))) {
    throw refuse('approved-already', 'this person has approved it already');
  }
  return { ...rearming, approvals: [...approvals, approval] };
}

/** Whether its approvals meet its rule and that of today. Each is judged again. */
export function isApprovedRearming({ proposal, digest, approvals }: Rearming, today: ApprovalRule): boolean {
  if (canonicalDigest(proposal) !== digest) return false;
  const approvers = approvals
    .filter(({ by, digest: approved }) => by.kind === 'person' && approved === digest)
    .filter(({ by, at }) => !isSame(by, proposal.requester) && at < proposal.expiresAt)
    .map(({ by, groups }) => ({ id: by.id.toLowerCase(), groups }));
  return satisfies(proposal.rule, approvers) && satisfies(today, approvers);
}

/** How many approvals and which groups are missing by the stricter of both rules. */
export function missingOf({ proposal, approvals }: Rearming, today: ApprovalRule) {
  const approvers = approvals.map(({ by, groups }) => ({ id: by.id.toLowerCase(), groups }));
  return missingFor([proposal.rule, today], approvers);
}

/** The text by which an approval is kept beside the log. */
export function approvalText(approval: Approval): string {
  return canonicalJson(approval);
}

/** The refusal where nothing waits for a decision. */
export function nothingOpen(): WardenError {
  return new WardenError('rearming-unknown', {
    message: 'There is no open decision to arm the gate again.',
    advice: 'Ask for one: POST /api/gate/rearming, or hsm-warden recovery rearm.',
  });
}

function refuse(code: WardenErrorCode, why: string): WardenError {
  return new WardenError(code, {
    message: `The gate is not armed again by this: ${why}.`,
    advice: 'Read it again (GET /api/gate) and decide about what it says now.',
  });
}

function isSame(a: Actor, b: Actor): boolean {
  return a.kind === b.kind && a.id.toLowerCase() === b.id.toLowerCase();
}
