/** Requests in a line each, read to the end of the list. */
import { definedOnly } from '../../core/defined-only.ts';
import { isoTime } from '../../core/time.ts';
import type { RecoveryApp } from '../recovery/app.ts';
import type { RecoveryRecord } from '../recovery/model/record.ts';
import { type LiveRequests, placeOf } from './key-list.ts';
import type { TroubledRequest, WaitingRequest } from './model/requests.ts';
import { endOf } from './request-events.ts';

/** Requests read concurrently: the most that the list gives. */
const AT_ONCE = 100;
/** Requests of one key that its page shows, newest first. */
const MOST_OF_KEY = 500;

/** Requests that need attention, at most. */
const MOST_TROUBLED = 200;

type List = Pick<RecoveryApp, 'list'>;

/**
 * Every request that can still be acted on at `now` (epoch milliseconds), those that end first first. The policy bounds how many
 * there are; the list gives the newest first, so that those in a hurry are on its last page. Fails with the codes of the list.
 */
export async function openRequests(recovery: List, now: number): Promise<readonly RecoveryRecord[]> {
  const { items } = await read(recovery, { open: true }, Number.POSITIVE_INFINITY);
  return items
    .filter(({ state, expiresAt }) => state === 'executing' || expiresAt > now)
    .toSorted((a, b) => a.expiresAt - b.expiresAt);
}

/** Requests of the last days that ended otherwise than people wanted, newest first. Fails with the codes of the list. */
export async function troubledRequests(recovery: List): Promise<readonly RecoveryRecord[]> {
  const { items } = await read(recovery, { attention: true }, MOST_TROUBLED);
  return items;
}

/** The requests for a key, newest first, and what is not among them in a sentence. Fails with the codes of the list. */
export async function requestsOfKey(
  recovery: List,
  place: { readonly hsm: string; readonly key: string },
): Promise<{ readonly items: readonly RecoveryRecord[]; readonly unknown: readonly string[] }> {
  const { items, isAll } = await read(recovery, place, MOST_OF_KEY);
  const unknown = isAll ? [] : [`There are more requests than the newest ${items.length}.`];
  return { items, unknown };
}

async function read(
  recovery: List,
  query: { open?: true; attention?: true; hsm?: string; key?: string },
  most: number,
) {
  const items: RecoveryRecord[] = [];
  let next: string | undefined;
  do {
    const page = await recovery.list({ ...query, limit: AT_ONCE, ...definedOnly({ next }) });
    items.push(...page.items);
    next = page.next;
  } while (next !== undefined && items.length < most);
  return { items, isAll: next === undefined };
}

/** A request in a line. */
export function waitingOf({
  id,
  state,
  operation,
  requester,
  approvals,
  rule,
  expiresAt,
}: RecoveryRecord): WaitingRequest {
  return {
    id,
    state,
    action: operation.action,
    hsm: operation.hsm,
    target: operation.target,
    key: operation.key,
    requester: requester.name,
    approvals: approvals.length,
    approvalsNeeded: rule.approvals,
    expiresAt: isoTime(expiresAt),
  };
}

/** One that ended, in a line. */
export function troubledOf(record: RecoveryRecord): TroubledRequest {
  const { endedAt = record.createdAt } = record;
  return { ...waitingOf(record), endedAt: isoTime(endedAt), what: endOf(record)?.text ?? record.state };
}

/** Live requests by the key that they are about. */
export function liveByKey(records: readonly RecoveryRecord[]): LiveRequests {
  return new Map(
    records.map(({ id, state, operation }) => [placeOf(operation.hsm, operation.key), { id, state }]),
  );
}
