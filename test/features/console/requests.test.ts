/** Requests as pages need them: none may be missing because there are many. */
import { describe, expect, it } from 'vitest';
import { openRequests, requestsOfKey } from '../../../src/features/console/requests.ts';
import type { RecoveryQuery } from '../../../src/features/recovery/model/asking.ts';
import type { RecoveryRecord } from '../../../src/features/recovery/model/record.ts';
import { anApprovedRequest, aRequest, HOUR_MS, T0 } from '../../support/recovery-builders.ts';

/** As the list of requests: pages of at most 100, newest first. */
function listOf(records: readonly RecoveryRecord[]) {
  const asked: RecoveryQuery[] = [];
  return {
    asked,
    async list(query: RecoveryQuery) {
      asked.push(query);
      const start = Number(query.next ?? 0);
      const end = start + query.limit;
      const items = records.slice(start, end);
      return end < records.length ? { items, next: String(end) } : { items };
    },
  };
}

/** `count` requests, newest first; the oldest ends first. */
function requests(count: number): RecoveryRecord[] {
  return Array.from({ length: count }, (_, index) =>
    aRequest({ id: String(index).padStart(26, '0'), ttlMs: HOUR_MS * (count - index) }),
  );
}

describe('open requests', () => {
  it.each([0, 1, 100, 101, 1000])(
    'are all there when there are %i, those that end first first',
    async (count) => {
      const found = await openRequests(listOf(requests(count)), T0);

      expect(found.map(({ id }) => Number(id))).toEqual(
        Array.from({ length: count }, (_, n) => count - 1 - n),
      );
    },
  );

  it('have not ended, or are being executed', async () => {
    const approved = anApprovedRequest();
    const executing = { ...approved, state: 'executing' as const, expiresAt: T0 };
    const found = await openRequests(listOf([...requests(3), executing]), T0 + HOUR_MS);

    expect(found.map(({ id }) => id)).toEqual([executing.id, '1'.padStart(26, '0'), '0'.padStart(26, '0')]);
  });
});

describe('the requests for a key', () => {
  const place = { hsm: 'contoso', key: 'orders' };

  it.each([
    [101, 101, []],
    [500, 500, []],
    [501, 500, ['There are more requests than the newest 500.']],
  ])('are, of %i, %i, and it is said when that is not all', async (count, shown, unknown) => {
    const list = listOf(requests(count));
    const found = await requestsOfKey(list, place);

    expect([found.items.length, found.unknown]).toEqual([shown, unknown]);
    expect(list.asked.every((query) => query.hsm === 'contoso' && query.key === 'orders')).toBe(true);
  });
});
