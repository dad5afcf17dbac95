/** Whether every approved recovery was done once, or failed with a reason, and nothing else was done. */
import { APPROVERS, type Evidence, IDENTITIES, type SeenAct, type SeenRecovery } from '../evidence.ts';
import type { AuditLine } from './chain.ts';

const ENDS = ['succeeded', 'failed', 'restored-other-key', 'rejected', 'cancelled', 'expired'];
const BEGINNINGS = ['recovery-execution-started', 'recovery-execution-resumed'];
/** What an app never does to a key. `KeyRecover` and `KeyRestore` are judged one by one. */
const NEVER = [
  'KeyCreate',
  'KeyImport',
  'KeyRotate',
  'KeyUpdate',
  'KeyDelete',
  'KeyPurge',
  'KeySign',
  'KeyDecrypt',
];
/** The storage account's clock has whole seconds. */
const ROUNDING_MS = 1_500;

/** Judges requests, the audit log's lines, and what the HSMs did. */
export function judgeRecoveries(evidence: Evidence, lines: readonly AuditLine[]) {
  const [lost, doubled, hung]: [string[], string[], string[]] = [[], [], []];
  const unapproved = [...foreignCalls(evidence)];
  const used = new Set<string>();
  for (const act of evidence.acts.filter(({ by }) => by === IDENTITIES.recovery)) {
    const fitting = evidence.recoveries.filter(
      (recovery) => isFor(recovery, act) && isAllowed(recovery, act, lines),
    );
    const free = fitting.find(({ id }) => !used.has(id));
    if (free !== undefined) used.add(free.id);
    else if (fitting.length > 0) doubled.push(`${describe(act)} once more than was approved`);
    else unapproved.push(`${describe(act)}, which nobody approved`);
  }
  for (const recovery of evidence.recoveries) {
    const { id, state, target, key } = recovery;
    const own = lines.filter(({ recoveryId }) => recoveryId === id);
    const name = `recovery ${id} of ${target}/${key}`;
    const ends = ENDS.filter((end) => own.some(({ event }) => event === `recovery-${end}`));
    if (ends.length > 1) doubled.push(`${name} ended as ${ends.join(' and as ')}`);
    if (state === 'approved' || state === 'executing') hung.push(`${name} is still ${state}`);
    const isEnd = ENDS.includes(state);
    if (isEnd && ends[0] !== state) lost.push(`${name} is ${state}, and the audit log does not say so`);
    if (!isEnd && ends.length > 0) lost.push(`${name} is ${state}, and the audit log says ${ends[0]}`);
    if (state === 'succeeded' && !used.has(id) && !isBackByOthers(evidence, recovery, own)) {
      lost.push(`${name} is said to have succeeded, and no HSM has done it`);
    }
    if (own.some(({ event }) => BEGINNINGS.includes(event)) && !isApproved(recovery, own)) {
      unapproved.push(`${name} was executed without the approvals that it needs`);
    }
  }
  return { lost, doubled, unapproved, hung };
}

/** What the apps did to keys besides bringing them back, and what the log has of that beyond what was seen on the wire. */
function* foreignCalls({ calls, acts }: Evidence): Generator<string> {
  for (const { hsm, key, operation, by } of calls) {
    const app = by === IDENTITIES.backup ? 'backup' : by === IDENTITIES.recovery ? 'recovery' : undefined;
    if (app === undefined) continue;
    const isBringing = operation === 'KeyRestore' || operation === 'KeyRecover';
    if (NEVER.includes(operation) || (isBringing && app === 'backup')) {
      yield `the ${app} app did ${operation} on ${hsm}/${key}`;
    }
  }
  for (const [operation, action] of [
    ['KeyRestore', 'restore'],
    ['KeyRecover', 'recover'],
  ] as const) {
    const logged = calls.filter(
      (call) => call.operation === operation && call.by === IDENTITIES.recovery,
    ).length;
    const seen = acts.filter((act) => act.action === action && act.by === IDENTITIES.recovery).length;
    if (logged > seen) yield `the HSMs log ${logged} ${operation} by the recovery app, and ${seen} were seen`;
  }
}

function isFor({ target, key, action }: SeenRecovery, act: SeenAct): boolean {
  return target === act.hsm && action === act.action && key.toLowerCase() === act.key.toLowerCase();
}

/** Approved and begun, both before the act. */
function isAllowed(recovery: SeenRecovery, act: SeenAct, lines: readonly AuditLine[]): boolean {
  const before = lines.filter(
    ({ recoveryId, at }) => recoveryId === recovery.id && at <= act.at + ROUNDING_MS,
  );
  return before.some(({ event }) => BEGINNINGS.includes(event)) && isApproved(recovery, before);
}

/** One person of each group, none of them the requester, all for one digest: that which was asked for, and begun. */
function isApproved({ requester }: SeenRecovery, own: readonly AuditLine[]): boolean {
  // A request that was noted and could not be stored is noted once more, at another moment, when it is repeated.
  const digest = own.find(({ event }) => BEGINNINGS.includes(event))?.digest;
  const isAsked = own.some((line) => line.event === 'recovery-requested' && line.digest === digest);
  if (digest === undefined || !isAsked) return false;
  const groups = own
    .filter(({ event, actor }) => event === 'recovery-approval-given' && actor.kind === 'person')
    .filter((line) => line.digest === digest && line.actor.id !== requester)
    .map(({ actor }) => APPROVERS[actor.id]);
  return Object.values(APPROVERS).every((group) => groups.includes(group));
}

/** Whether another hand brought the key back while the app was at it: of somebody else, or of the app for another request. */
function isBackByOthers(
  { calls, acts }: Evidence,
  recovery: SeenRecovery,
  own: readonly AuditLine[],
): boolean {
  const { target, key } = recovery;
  const begun = own.find(({ event }) => BEGINNINGS.includes(event))?.at ?? Number.POSITIVE_INFINITY;
  const ended = own.find(({ event }) => event === 'recovery-succeeded')?.at ?? Number.POSITIVE_INFINITY;
  const isMeanwhile = (at: number) => at >= begun - ROUNDING_MS && at <= ended + ROUNDING_MS;
  // Which request an act is of, the wire does not say; that there are no more acts than requests is judged above.
  if (acts.some((act) => isFor(recovery, act) && isMeanwhile(act.at))) return true;
  return calls.some(
    ({ hsm, operation, by, at, ...call }) =>
      hsm === target &&
      by !== IDENTITIES.recovery &&
      isMeanwhile(at) &&
      // The log does not say which key a restore brought back.
      (operation === 'KeyRestore' ||
        (['KeyRecover', 'KeyCreate'].includes(operation) && call.key.toLowerCase() === key.toLowerCase())),
  );
}

function describe({ hsm, key, action, at }: SeenAct): string {
  return `the recovery app did ${action} ${hsm}/${key} at ${new Date(at).toISOString()}`;
}
