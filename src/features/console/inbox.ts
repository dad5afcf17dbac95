/** What waits for a person: requests to decide about, their own, losses and incidents to take note of, a gate to arm. */
import { isWardenError } from '../../core/errors.ts';
import { isoTime } from '../../core/time.ts';
import { type Caller, ROLES } from '../recovery/access/caller.ts';
import type { RecoveryApp } from '../recovery/app.ts';
import type { FindingView } from '../recovery/findings/findings.ts';
import type { IncidentView } from '../recovery/findings/incidents.ts';
import type { Operation, RecoveryRecord } from '../recovery/model/record.ts';
import type { KnownRequests } from './known-requests.ts';
import type { Inbox, InboxItem } from './model/people.ts';
import { endOf } from './request-events.ts';

type Rearming = Awaited<ReturnType<RecoveryApp['rearmings']['open']>>;

/** What may wait. */
export interface Waiting {
  readonly open: readonly RecoveryRecord[];
  /** Requests that ended otherwise than people wanted. */
  readonly troubled: readonly RecoveryRecord[];
  readonly findings: readonly FindingView[];
  readonly incidents: readonly IncidentView[];
  readonly rearming: Rearming;
}

/** The part of the recovery that the inbox is read from. */
interface InboxRecovery extends Pick<RecoveryApp, 'list' | 'standing'> {
  readonly findings: Pick<RecoveryApp['findings'], 'list'>;
  readonly incidents: Pick<RecoveryApp['incidents'], 'list'>;
  readonly rearmings: Pick<RecoveryApp['rearmings'], 'open'>;
}

/** The inbox of `caller`. What cannot be read hides nothing else. */
export async function readInbox(
  requests: KnownRequests,
  recovery: InboxRecovery,
  caller: Caller,
): Promise<Inbox> {
  const [open, troubled, findings, incidents, rearming] = await Promise.all([
    requests.open(recovery),
    requests.troubled(recovery),
    read('Losses that nobody acknowledged', [], () => recovery.findings.list()),
    read('Incidents', [], () => recovery.incidents.list()),
    read<Rearming>('Whether the gate is to be armed again', undefined, () => recovery.rearmings.open()),
  ]);
  const waiting = {
    open: open.items,
    troubled: troubled.items,
    findings: findings.value,
    incidents: incidents.value,
    rearming: rearming.value,
  };
  const unknown = [open, troubled, findings, incidents, rearming].flatMap((part) => part.unknown);
  return { items: inboxOf(waiting, caller, recovery.standing), unknown: [...new Set(unknown)] };
}

async function read<T>(what: string, none: T, from: () => Promise<T>) {
  try {
    return { value: await from(), unknown: [] };
  } catch (error) {
    if (!isWardenError(error)) throw error;
    return { value: none, unknown: [`${what} could not be read: ${error.message}`] };
  }
}

/** The items of `caller`, soonest end first, those without one last. */
export function inboxOf(
  { open, troubled, findings, incidents, rearming }: Waiting,
  caller: Caller,
  standing: RecoveryApp['standing'],
): InboxItem[] {
  const items = [
    ...open.flatMap((record) => waitingItem(record, standing(record, caller))),
    ...troubled.flatMap((record) => endedItem(record, caller)),
    ...(caller.roles.includes(ROLES.approve) ? approverItems(findings, incidents, rearming) : []),
  ];
  return items.sort((a, b) => ((a.until ?? '~') < (b.until ?? '~') ? -1 : 1));
}

function waitingItem(
  record: RecoveryRecord,
  { canApprove, isRequester }: ReturnType<RecoveryApp['standing']>,
): InboxItem[] {
  const { operation, requester, expiresAt, state } = record;
  const about = { ...aboutOf(record), until: isoTime(expiresAt) };
  if (canApprove)
    return [{ kind: 'approve', text: `${requester.name} asks to ${deed(operation)}`, ...about }];
  return isRequester
    ? [{ kind: 'wait', text: `Your request to ${deed(operation)} is ${state}`, ...about }]
    : [];
}

/** It concerns who asked, who approved, and, where a key came back that nobody approved, everybody who may approve. */
function endedItem(record: RecoveryRecord, { actor, roles }: Caller): InboxItem[] {
  const { requester, approvals, state, operation } = record;
  const id = actor.id.toLowerCase();
  const isTheirs = [requester, ...approvals.map(({ by }) => by)].some((one) => one.id.toLowerCase() === id);
  const isForAll = state === 'restored-other-key' && roles.includes(ROLES.approve);
  if (!isTheirs && !isForAll) return [];
  const whose = requester.id.toLowerCase() === id ? 'Your request' : `The request of ${requester.name}`;
  const end = endOf(record)?.text ?? state;
  return [{ kind: 'ended', text: `${whose} to ${deed(operation)}: ${end}`, ...aboutOf(record) }];
}

function approverItems(
  findings: readonly FindingView[],
  incidents: readonly IncidentView[],
  rearming: Rearming,
): InboxItem[] {
  const losses = findings.filter(({ acknowledged }) => acknowledged === undefined);
  const lasting = incidents.filter(({ acknowledged }) => acknowledged === undefined);
  return [
    ...losses.map(
      ({ id, hsm, key }): InboxItem => ({
        kind: 'acknowledge',
        text: `${key} is lost, and nobody has taken note of it`,
        hsm,
        key,
        id,
        path: `/keys/${hsm}/${key}`,
      }),
    ),
    ...lasting.map(
      ({ id, reference, hsm, what, subjects }): InboxItem => ({
        kind: 'incident',
        text: `${reference}: ${what}${subjects > 1 ? ` And ${subjects - 1} more.` : ''}`,
        ...(hsm === undefined ? {} : { hsm }),
        id,
        path: '/',
      }),
    ),
    ...(rearming === undefined
      ? []
      : [
          {
            kind: 'rearm',
            text: 'The gate is to be armed again',
            until: isoTime(rearming.proposal.expiresAt),
            path: '/settings',
          } satisfies InboxItem,
        ]),
  ];
}

function aboutOf({ id, operation: { hsm, key } }: RecoveryRecord) {
  return { hsm, key, id, path: `/requests/${id}` };
}

function deed({ action, key }: Operation): string {
  return action === 'adopt' ? `adopt a backup of ${key}` : `${action} ${key}`;
}
