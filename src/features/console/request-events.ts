/** What happened to a request, on the timeline of its key, in words that say no more than is known. */
import { isoTime } from '../../core/time.ts';
import type { RecoveryRecord } from '../recovery/model/record.ts';
import type { TimelineEvent } from './model/keys.ts';

const ENDS = {
  failed: ['failed', 'It failed'],
  'restored-other-key': ['failed', 'Another key than the approved one came back'],
  rejected: ['rejected', 'The request was rejected'],
  cancelled: ['cancelled', 'The request was cancelled'],
  expired: ['expired', 'The time of the request ran out'],
} as const;

/** From the asking to the end. */
export function requestEvents(record: RecoveryRecord): TimelineEvent[] {
  const { id, operation, requester, createdAt, approvals, endedAt } = record;
  const about = { recoveryId: id };
  const asked = {
    at: isoTime(createdAt),
    kind: 'requested' as const,
    text: `Asked for (${operation.action})`,
    by: requester.name,
    ...about,
  };
  const votes = approvals.map(({ by, at }) => ({
    at: isoTime(at),
    kind: 'approved' as const,
    text: 'Approved',
    by: by.name,
    ...about,
  }));
  if (endedAt === undefined) return [asked, ...votes];
  const end = endOf(record);
  return end === undefined
    ? [asked, ...votes]
    : [asked, ...votes, { at: isoTime(endedAt), ...end, ...about }];
}

/** How a request ended; undefined of one that has not. */
export function endOf(record: RecoveryRecord): Pick<TimelineEvent, 'kind' | 'text'> | undefined {
  const { state, outcome } = record;
  if (state === 'succeeded') return success(record);
  if (!Object.hasOwn(ENDS, state)) return undefined;
  const [kind, words] = ENDS[state as keyof typeof ENDS];
  return { kind, text: outcome === undefined ? words : `${words}: ${outcome.message}` };
}

/** What a success was, and no more: how many versions were verified is said in numbers. */
function success({ operation, outcome }: RecoveryRecord): Pick<TimelineEvent, 'kind' | 'text'> {
  if (operation.action === 'adopt') {
    return { kind: 'adopted', text: 'The backup counts as a recovery point' };
  }
  const { versions, verified } = outcome ?? {};
  const proven =
    versions === undefined || verified === undefined
      ? 'how many versions were verified is not known'
      : `${verified} of ${versions} version${versions === 1 ? '' : 's'} verified`;
  return { kind: 'recovered', text: `Brought back; ${proven}` };
}
