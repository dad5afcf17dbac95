import { describe, expect, it } from 'vitest';
import { ERROR_CLASSES, WardenError, type WardenErrorCode } from '../../src/core/errors.ts';
import { withRetries } from '../../src/core/retry.ts';
import { ManualClock } from '../support/memory/manual-clock.ts';

const policy = { attempts: 4, firstDelayMs: 1_000, maxDelayMs: 3_000 };

/** Fails `times` times with `code`, then answers; counts its calls. */
function failing(code: WardenErrorCode, times: number, retryAfterMs?: number) {
  const state = { calls: 0 };
  const attempt = async () => {
    state.calls += 1;
    if (state.calls <= times)
      throw new WardenError(code, { message: code, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    return 'done';
  };
  return { state, attempt };
}

function run(attempt: () => Promise<string>, clock: ManualClock, signal = new AbortController().signal) {
  return withRetries(attempt, clock, policy, signal);
}

describe('retries', () => {
  it.each([
    ['no failure', 0, 0],
    ['one failure', 1, 1_000],
    ['two failures', 2, 3_000],
    ['three failures, at the longest distance', 3, 6_000],
  ])('wait for %s as long as the policy says', async (_case, times, waited) => {
    const clock = new ManualClock({ now: 0, autoAdvance: true });

    await expect(run(failing('hsm-unavailable', times).attempt, clock)).resolves.toBe('done');

    expect(clock.now()).toBe(waited);
  });

  it('throw the last error when the attempts are used up', async () => {
    const { state, attempt } = failing('hsm-unavailable', 99);

    await expect(run(attempt, new ManualClock({ autoAdvance: true }))).rejects.toMatchObject({
      code: 'hsm-unavailable',
    });

    expect(state.calls).toBe(4);
  });

  it('wait at least as long as the service asks', async () => {
    const clock = new ManualClock({ now: 0, autoAdvance: true });

    await run(failing('hsm-throttled', 1, 9_000).attempt, clock);

    expect(clock.now()).toBe(9_000);
  });

  it.each([
    ['just below the longest wait', 59_999, 59_999],
    ['the longest wait', 60_000, 60_000],
    ['an hour', 3_600_000, 60_000],
  ])('wait no longer than a minute for a service that asks for %s', async (_case, asked, waited) => {
    const clock = new ManualClock({ now: 0, autoAdvance: true });

    await run(failing('hsm-throttled', 1, asked).attempt, clock);

    expect(clock.now()).toBe(waited);
  });

  it.each(Object.entries(ERROR_CLASSES))('%s is %s', async (code, kind) => {
    const known =
      Object.keys(ERROR_CLASSES).find((name): name is WardenErrorCode => name === code) ?? 'aborted';
    const { state, attempt } = failing(known, 1);

    await run(attempt, new ManualClock({ autoAdvance: true })).catch(() => undefined);

    // An abort is somebody's wish, not a fault: repeating against it would be wrong.
    expect(state.calls).toBe(kind === 'transient' && code !== 'aborted' ? 2 : 1);
  });

  it('do not touch errors that nobody foresaw', async () => {
    const attempt = () => Promise.reject(new TypeError('a bug'));
    await expect(run(attempt, new ManualClock({ autoAdvance: true }))).rejects.toThrow(TypeError);
  });

  it.each([
    ['Ctrl-C', undefined, 'aborted'],
    ['a lost lease', new WardenError('lease-lost', { message: 'lost' }), 'lease-lost'],
    ['a host that stops', new WardenError('app-stopping', { message: 'stopping' }), 'app-stopping'],
  ])('stop waiting at once, and say why: %s', async (_why, reason, code) => {
    const stop = new AbortController();
    const waiting = run(failing('hsm-unavailable', 1).attempt, new ManualClock(), stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toMatchObject({ code });
  });

  it('say the reason also when the attempt itself is aborted', async () => {
    const stop = new AbortController();
    stop.abort(new WardenError('lease-lost', { message: 'lost' }));
    const attempt = () => Promise.reject(new WardenError('hsm-unreachable', { message: 'cut off' }));

    await expect(run(attempt, new ManualClock(), stop.signal)).rejects.toMatchObject({ code: 'lease-lost' });
  });
});
