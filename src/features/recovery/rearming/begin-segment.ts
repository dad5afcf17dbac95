/** Lets the audit log go on after a finding: a segment whose first lines are the decision itself. */
import { WardenError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import type { AuditAnchor, AuditPart, AuditStore } from '../../audit/audit-log.ts';
import { utcDay } from '../../audit/chain-end.ts';
import {
  type AuditEntry,
  type AuditEvent,
  entryLine,
  entryOf,
  lineBody,
  parseEntry,
} from '../../audit/entry.ts';
import { type DecisionSeals, judgeOf } from '../../audit/line-seals.ts';
import { REARMED } from '../../audit/segment.ts';
import { WARDEN } from '../request/state-machine.ts';
import type { Rearming } from './proposal.ts';

/** What it writes to. */
export interface SegmentDeps {
  readonly auditStore: AuditStore;
  readonly anchor: AuditAnchor;
  readonly clock: Clock;
  /** Seals the lines, where decisions are sealed. What they say is borne out by the seals of the people's own words. */
  readonly decisions: DecisionSeals | undefined;
}

/**
 * Writes the first lines of the next segment, and lets the anchor point there. Killed in between, it is done again with the same
 * result. Fails with `state-conflict` when somebody else has written there, `seal-unavailable`, or a storage code.
 */
export async function beginSegment(deps: SegmentDeps, rearming: Rearming): Promise<void> {
  const { auditStore, anchor, clock } = deps;
  const { base, next } = rearming.proposal;
  const part: AuditPart = { segment: next, day: utcDay(clock.now()), number: 1 };
  const existing = await firstLines(auditStore, next);
  let last = existing?.at(-1);
  if (existing === undefined) {
    const entries = await decisionLines(rearming, clock.now(), deps.decisions);
    await auditStore.open(part);
    await auditStore.append(part, entries.map(entryLine).join(''), 0);
    last = entries.at(-1);
  }
  const judge = await judgeOf(deps.decisions);
  const isOurs = last?.event === REARMED && last.digest === rearming.digest && judge.line(last).good;
  if (last === undefined || !isOurs) throw taken(next);
  await anchor.restart({ seq: last.seq, hash: last.hash, segment: { name: next, base, armed: last.hash } });
}

/** The decision as lines of the log, in the order in which it came about. */
async function decisionLines(
  { proposal, digest, approvals }: Rearming,
  now: number,
  seals: DecisionSeals | undefined,
): Promise<readonly AuditEntry[]> {
  const { requester, reason, breaches, createdAt } = proposal;
  const found = breaches.map(({ problem }) => problem).join('; ');
  const about: readonly { readonly event: AuditEvent; readonly at: number }[] = [
    {
      at: createdAt,
      event: {
        event: 'rearming-requested',
        actor: requester,
        decision: 'allowed',
        digest,
        detail: `${reason} (${found})`,
      },
    },
    ...approvals.map(({ by, groups, at }) => ({
      at,
      event: {
        event: 'rearming-approval-given',
        actor: by,
        decision: 'allowed' as const,
        digest,
        groups: [...groups],
      },
    })),
    { at: now, event: { event: REARMED, actor: WARDEN, decision: 'allowed', digest, detail: found } },
  ];
  const entries: AuditEntry[] = [];
  let tip = proposal.base;
  for (const { event, at } of about) {
    const line = lineBody(tip, event, now, at, seals !== undefined);
    const entry = (await seals?.sealLine(line)) ?? entryOf(line);
    entries.push(entry);
    tip = { seq: entry.seq, hash: entry.hash };
  }
  return entries;
}

async function firstLines(store: AuditStore, segment: string): Promise<readonly AuditEntry[] | undefined> {
  for await (const part of store.parts(segment)) {
    const text = await store.read(part);
    if (text === '') continue;
    const entries = text.trimEnd().split('\n').map(parseEntry);
    return entries.filter((entry) => entry !== undefined);
  }
  return undefined;
}

function taken(segment: string): WardenError {
  return new WardenError('state-conflict', {
    message: `Somebody else has written into the segment ${segment} of the audit log.`,
    advice: 'Ask again to arm the gate: another segment is begun.',
  });
}
