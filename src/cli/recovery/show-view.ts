/** A recovery request for people: what will happen, on what evidence, who asked, who must still approve, until when. */
import type { RecoveryView } from '../../features/recovery/model/asking.ts';
import { counted, isoCell } from '../connect/warden-options.ts';
import type { Answer, Cell } from '../frame/command.ts';

type Fact = readonly [string, Cell];

/** The answer of every command about one request. `page`: where the console shows it. */
export function viewAnswer(view: RecoveryView, page?: string): Answer {
  const { outcome } = view;
  const facts: readonly Fact[] = [
    ['id', view.id],
    ['state', view.state],
    [isOpen(view) ? 'will happen' : 'asked for', whatHappens(view)],
    ...evidenceOf(view),
    ['requester', view.requester.name],
    ['reason', view.reason],
    ['requested', moment(view.createdAt)],
    ...view.preflight.map((note): Fact => ['pre-flight', note]),
    ...view.approvals.map(({ by, at }): Fact => ['approved by', `${by.name} at ${at}`]),
    ['still needed', stillNeeded(view)],
    ...executionOf(view),
    [isOpen(view) ? 'ends' : 'would have ended', moment(view.expiresAt)],
    ['digest', view.digest],
    ...(page === undefined ? [] : [['page', page] satisfies Fact]),
    ...(view.endedAt === undefined ? [] : [['ended', moment(view.endedAt)] satisfies Fact]),
    ...(outcome === undefined ? [] : [['outcome', `${outcome.result}: ${outcome.message}`] satisfies Fact]),
    ...(outcome?.advice === undefined ? [] : [['what to do', outcome.advice] satisfies Fact]),
    ...(outcome?.warnings ?? []).map((warning): Fact => ['warning', warning]),
  ];
  return { data: view, table: { columns: ['Fact', 'Value'], rows: facts, wraps: true } };
}

function isOpen({ state }: RecoveryView): boolean {
  return state === 'requested' || state === 'approved' || state === 'executing';
}

function whatHappens({ operation: { action, key, hsm, target } }: RecoveryView): string {
  if (action === 'recover') {
    return `recover key ${key} on HSM ${target}: its deletion is undone, with all its versions, and nothing is restored`;
  }
  if (action === 'adopt') {
    return `adopt the backup below of key ${key} of HSM ${hsm}: it counts as a recovery point from then on, and no key is touched`;
  }
  const from = target === hsm ? '' : `, whose backup is of HSM ${hsm}`;
  return `restore key ${key} into HSM ${target} from the backup below${from}: no key of that name is there`;
}

/** The backup of a restore; a recovery is verified by what could be seen of the deleted key, which pre-flight says. */
function evidenceOf({ operation: { backup } }: RecoveryView): readonly Fact[] {
  if (backup === undefined) return [];
  const { blob, capturedAt, sha256, versions = [] } = backup;
  const confirmed = versions.filter((version) => version.confirmed).length;
  return [
    ['backup', blob],
    ['captured', moment(capturedAt)],
    ['sha256', sha256],
    ...(versions.length === 0
      ? []
      : ([
          [
            'evidence',
            `${counted(versions.length, 'version')}, ${confirmed} of them known to the catalogue, too`,
          ],
        ] satisfies Fact[])),
  ];
}

function stillNeeded(view: RecoveryView): string {
  const { missingApprovals, missingGroups, state, policy, requester, execution } = view;
  if (state === 'approved' || state === 'executing') {
    return execution?.waitsFor === undefined ? 'nothing; it is executed now' : 'nothing; it waits';
  }
  if (state !== 'requested') return 'nothing';
  const groups = missingGroups.length === 0 ? '' : `, among them of ${missingGroups.join(' and ')}`;
  return `${counted(missingApprovals, 'approval')} of ${policy.approvals}${groups}; not by ${requester.name}, who asked`;
}

/** What an execution waits for, since when, and until when. */
function executionOf({ execution }: RecoveryView): readonly Fact[] {
  if (execution === undefined) return [];
  const { attempt, attempts, until, isRunning, waitsFor } = execution;
  return [
    ...(waitsFor === undefined
      ? []
      : [['waits for', `since ${waitsFor.since}: ${waitsFor.message}`] satisfies Fact]),
    ['attempt', `${attempt} of ${attempts}, ${isRunning ? 'to end by' : 'to begin at'} ${until}`],
  ];
}

function moment(iso: string): Cell {
  const cell = isoCell(iso);
  return cell === undefined ? undefined : { ...cell, both: true };
}
