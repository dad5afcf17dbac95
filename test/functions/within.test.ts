/** A read ends in time with a clear answer; a change is waited for. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withinLimit } from '../../functions/http/within.ts';
import { isWardenError } from '../../src/core/errors.ts';
import { ANSWER_LIMIT_MS } from '../../src/core/route.ts';
import { API_ROUTES } from '../../src/platform/features.ts';

const never = () => new Promise<string>(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an answer', () => {
  it.each([
    [{ method: 'GET' }, ANSWER_LIMIT_MS],
    [{ method: 'GET', limitMs: 50_000 }, 50_000],
  ] as const)('of %j that is not there in time ends as late', async (route, limit) => {
    const ended = vi.fn<(error: unknown) => void>();
    const waiting = withinLimit(route, never()).catch(ended);
    await vi.advanceTimersByTimeAsync(limit - 1);
    expect(ended).not.toHaveBeenCalled();

    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(ended.mock.calls.flat().every((error) => isWardenError(error, 'answer-late'))).toBe(true);
    expect(ended).toHaveBeenCalledOnce();
  });

  it('to a change is waited for', async () => {
    const ended = vi.fn<() => void>();
    void withinLimit({ method: 'POST' }, never()).finally(ended);
    await vi.advanceTimersByTimeAsync(10 * ANSWER_LIMIT_MS);
    expect(ended).not.toHaveBeenCalled();
  });

  it('that is there in time leaves nothing behind', async () => {
    expect(await withinLimit({ method: 'GET' }, Promise.resolve('answer'))).toBe('answer');
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('comes before the pages (30 s) and the command line (60 s) give up', () => {
  const limits = API_ROUTES.map(({ spec }) => [spec.operation, spec.limitMs ?? ANSWER_LIMIT_MS] as const);
  const others = limits.filter(([operation]) => operation !== 'verifyAudit');
  expect(Math.max(...others.map(([, limit]) => limit))).toBeLessThan(30_000);
  expect(new Map(limits).get('verifyAudit')).toBeLessThan(55_000);
});
