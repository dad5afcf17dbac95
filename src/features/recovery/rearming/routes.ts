/** The routes of the gate: what it found, and the decision to arm it again. */
import { z } from 'zod';
import { Actor } from '../../../core/model/names.ts';
import { defineRoute, NOTHING, type RouteCall } from '../../../core/route.ts';
import { isoTime } from '../../../core/time.ts';
import type { Breach } from '../../audit/breaches.ts';
import { type Caller, READERS, ROLES, requireCaller } from '../access/caller.ts';
import type { GateVerdict } from '../access/gate-reports.ts';
import { ApprovalBody, EndBody } from '../model/asking.ts';
import { ApprovalRule } from '../model/policy.ts';
import { missingOf, type Rearming } from './proposal.ts';
import type { Rearmings } from './rearming.ts';

/** What these routes work with. */
interface RearmingApp {
  readonly rearmings: Rearmings;
  gateVerdict(): Promise<GateVerdict>;
  /** What was found in the audit log and nobody has decided about. */
  breaches(): Promise<readonly Breach[]>;
  /** What the policy asks of whoever arms the gate today. */
  readonly rearmingRule: ApprovalRule;
}

const Time = z.iso.datetime();
const Found = z.strictObject({ id: z.string(), at: Time, problem: z.string() });

/** The decision to arm the gate again, as the API shows it. */
export const RearmingView = z.strictObject({
  state: z.enum(['requested', 'rearmed']),
  digest: z.string().meta({ description: 'What an approval must carry' }),
  requester: Actor,
  reason: z.string(),
  policy: ApprovalRule,
  createdAt: Time,
  expiresAt: Time,
  found: z.array(Found).meta({ description: 'What is taken note of: exactly this, and nothing found later' }),
  log: z.strictObject({
    entries: z.int(),
    lastLine: z.int(),
    problems: z.array(z.string()),
    sha256: z.string(),
  }),
  approvals: z.array(z.strictObject({ by: Actor, groups: z.array(z.string()), at: Time })),
  missingApprovals: z.int().nonnegative(),
  missingGroups: z.array(z.string()),
});
export type RearmingView = z.infer<typeof RearmingView>;

/** The gate as the API shows it. */
export const GateView = z.strictObject({
  armed: z.boolean(),
  problems: z.array(z.string()),
  found: z.array(Found),
  rearming: RearmingView.exactOptional(),
});
export type GateView = z.infer<typeof GateView>;

const show = defineRoute(
  {
    ...NOTHING,
    name: 'gateShow',
    operation: 'showGate',
    method: 'GET',
    path: 'gate',
    summary: 'Say whether the gate is armed, what was found, and what is decided about it',
    roles: READERS,
    answers: { 200: { description: 'The gate', schema: GateView } },
  },
  async ({ app }: RouteCall<RearmingApp, Caller>) => {
    const { armed, problems } = await app.gateVerdict();
    const [found, rearming] = await Promise.all([app.breaches(), app.rearmings.open()]);
    const body = { armed, problems, found: found.map(foundView) };
    return {
      status: 200,
      body: rearming === undefined ? body : { ...body, rearming: viewOf(rearming, app.rearmingRule) },
    };
  },
);

const ask = defineRoute(
  {
    ...NOTHING,
    name: 'gateRearm',
    operation: 'askToRearm',
    method: 'POST',
    path: 'gate/rearming',
    summary: 'Ask to arm the gate again after something was found in the audit log',
    roles: [ROLES.request, ROLES.approve],
    action: 'request',
    body: EndBody,
    answers: { 202: { description: 'The decision, waiting for approvals', schema: RearmingView } },
  },
  async (call: RouteCall<RearmingApp, Caller>, { body }) => {
    const { app } = call;
    const rearming = await app.rearmings.ask(requireCaller(call).actor, body.reason);
    return { status: 202, body: viewOf(rearming, app.rearmingRule) };
  },
);

const approve = defineRoute(
  {
    ...NOTHING,
    name: 'gateRearmApprove',
    operation: 'approveRearming',
    method: 'POST',
    path: 'gate/rearming/approvals',
    summary: 'Approve exactly this decision',
    roles: [ROLES.approve],
    action: 'rearm',
    body: ApprovalBody,
    answers: { 200: { description: 'The decision as it stands now', schema: RearmingView } },
  },
  async (call: RouteCall<RearmingApp, Caller>, { body }) => {
    const { app } = call;
    const { actor, groups } = requireCaller(call);
    const rearming = await app.rearmings.approve(actor, groups, body.digest);
    return { status: 200, body: viewOf(rearming, app.rearmingRule) };
  },
);

/** By operation. */
export const REARMING_ROUTES = { show, ask, approve } as const;

function viewOf(rearming: Rearming, today: ApprovalRule): RearmingView {
  const { digest, proposal, approvals, done } = rearming;
  const { requester, reason, rule, createdAt, expiresAt, breaches, log } = proposal;
  return {
    state: done === true ? 'rearmed' : 'requested',
    digest,
    requester,
    reason,
    policy: rule,
    createdAt: isoTime(createdAt),
    expiresAt: isoTime(expiresAt),
    found: breaches.map(foundView),
    log: { entries: log.entries, lastLine: log.tip.seq, problems: log.problems, sha256: log.sha256 },
    approvals: approvals.map(({ by, groups, at }) => ({ by, groups, at: isoTime(at) })),
    ...missingOf(rearming, today),
  };
}

function foundView({ id, at, problem }: Breach) {
  return { id, at: isoTime(at), problem };
}
