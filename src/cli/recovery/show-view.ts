/** A recovery request for people: what, who, how far. */
import type { RecoveryView } from '../../features/recovery/model/asking.ts';
import type { Answer } from '../frame/command.ts';

/** The answer of every command about one request. */
export function viewAnswer(view: RecoveryView): Answer {
  const { operation, outcome } = view;
  const { backup } = operation;
  const facts: [string, string][] = [
    ['id', view.id],
    ['state', view.state],
    [
      'operation',
      `${operation.action} key ${operation.key} of HSM ${operation.hsm} into ${operation.target}`,
    ],
    ...(backup === undefined
      ? []
      : ([
          ['backup', `${backup.blob} (captured ${backup.capturedAt})`],
          ['sha256', backup.sha256],
        ] satisfies [string, string][])),
    ['requester', view.requester.name],
    ['reason', view.reason],
    ['expires', view.expiresAt],
    ...view.preflight.map((note): [string, string] => ['pre-flight', note]),
    ...view.approvals.map(({ by, at }): [string, string] => ['approved by', `${by.name} at ${at}`]),
    ['missing', missing(view)],
    ['digest', view.digest],
    ...(outcome === undefined
      ? []
      : ([['outcome', `${outcome.result}: ${outcome.message}`]] satisfies [string, string][])),
    ...(outcome?.warnings ?? []).map((warning): [string, string] => ['warning', warning]),
  ];
  return { data: view, table: { columns: ['Fact', 'Value'], rows: facts } };
}

function missing({ missingApprovals, missingGroups, state }: RecoveryView): string {
  if (state !== 'requested') return 'nothing';
  const groups = missingGroups.length === 0 ? '' : `, of ${missingGroups.join(' and ')}`;
  return `${missingApprovals} approvals${groups}`;
}
