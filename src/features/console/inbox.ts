/** What waits for a person: requests to decide about, their own, losses to take note of, a gate to arm. */
import { isoTime } from '../../core/time.ts';
import { type Caller, ROLES } from '../recovery/access/caller.ts';
import type { RecoveryApp } from '../recovery/app.ts';
import type { FindingView } from '../recovery/findings/findings.ts';
import type { Operation, RecoveryRecord } from '../recovery/model/record.ts';
import type { InboxItem } from './model/people.ts';

/** What may wait. */
export interface Waiting {
  readonly open: readonly RecoveryRecord[];
  readonly findings: readonly FindingView[];
  readonly rearming: Awaited<ReturnType<RecoveryApp['rearmings']['open']>>;
}

/** The items of `caller`, soonest end first, those without one last. */
export function inboxOf(
  { open, findings, rearming }: Waiting,
  caller: Caller,
  standing: RecoveryApp['standing'],
): InboxItem[] {
  const mayApprove = caller.roles.includes(ROLES.approve);
  const requests = open.flatMap((record): InboxItem[] => {
    const { canApprove, isRequester } = standing(record, caller);
    if (!canApprove && !isRequester) return [];
    const { id, operation, requester, expiresAt } = record;
    const about = {
      hsm: operation.hsm,
      key: operation.key,
      id,
      until: isoTime(expiresAt),
      path: `/requests/${id}`,
    };
    return canApprove
      ? [
          {
            kind: 'approve',
            text: `${requester.name} asks to ${deed(operation)}`,
            ...about,
          },
        ]
      : [
          {
            kind: 'wait',
            text: `Your request to ${deed(operation)} is ${record.state}`,
            ...about,
          },
        ];
  });
  const losses = findings.flatMap(({ id, hsm, key, acknowledged }): InboxItem[] =>
    !mayApprove || acknowledged !== undefined
      ? []
      : [
          {
            kind: 'acknowledge',
            text: `${key} is lost, and nobody has taken note of it`,
            hsm,
            key,
            id,
            path: `/keys/${hsm}/${key}`,
          },
        ],
  );
  const gate: InboxItem[] =
    rearming === undefined || !mayApprove
      ? []
      : [
          {
            kind: 'rearm',
            text: 'The gate is to be armed again',
            until: isoTime(rearming.proposal.expiresAt),
            path: '/settings',
          },
        ];
  return [...requests, ...losses, ...gate].sort((a, b) => ((a.until ?? '~') < (b.until ?? '~') ? -1 : 1));
}

function deed({ action, key }: Operation): string {
  return action === 'adopt' ? `adopt a backup of ${key}` : `${action} ${key}`;
}
