/** A held lease is prolonged in time, and its holder learns before the term ends that it could not be. */
import { describe, expect, it } from 'vitest';
import { holdLease } from '../../../src/adapters/blob/hold-lease.ts';
import { isWardenError, WardenError } from '../../../src/core/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';

const START = 1_000_000;

function hold(renew: (n: number, signal: AbortSignal) => Promise<void>) {
  const clock = new ManualClock({ now: START });
  const renewedAt: number[] = [];
  let given = 0;
  const lease = holdLease({
    name: 'contoso',
    seconds: 60,
    startedAt: START,
    clock,
    renew: (signal) => {
      renewedAt.push(clock.now() - START);
      return renew(renewedAt.length, signal);
    },
    giveBack: async () => {
      given += 1;
    },
  });
  return { clock, lease, renewedAt, given: () => given };
}

describe('holdLease', () => {
  it('prolongs every third of the term for as long as it is held', async () => {
    const { clock, lease, renewedAt } = hold(async () => undefined);

    await clock.advance(100_000);

    expect(renewedAt).toEqual([20_000, 40_000, 60_000, 80_000, 100_000]);
    expect(lease.lost.aborted).toBe(false);
    await lease.release();
  });

  it('tries again soon after a fault that passes', async () => {
    const { clock, lease, renewedAt } = hold(async (n) => {
      if (n <= 2) throw new WardenError('storage-unavailable', { message: 'busy' });
    });

    await clock.advance(60_000);

    expect(renewedAt).toEqual([20_000, 22_000, 24_000, 44_000]);
    expect(lease.lost.aborted).toBe(false);
    await lease.release();
  });

  it.each([
    ['just before', 59_999, false],
    ['at', 60_000, true],
  ])(
    'is not known to be lost before the term ends when no renewal works: %s its end',
    async (_when, ms, lost) => {
      const { clock, lease } = hold(async () => {
        throw new WardenError('storage-unreachable', { message: 'no network' });
      });

      await clock.advance(ms);

      expect(lease.lost.aborted).toBe(lost);
      expect(isWardenError(lease.lost.reason, 'lease-lost')).toBe(lost);
      await lease.release();
    },
  );

  it('is lost at the end of the term although a renewal still hangs', async () => {
    const { clock, lease } = hold(
      (_n, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );

    await clock.advance(60_000);

    expect(isWardenError(lease.lost.reason, 'lease-lost')).toBe(true);
    await lease.release();
  });

  it('is lost at once when the store says so', async () => {
    const { clock, lease } = hold(async () => {
      throw new WardenError('lease-lost', { message: 'taken' });
    });

    await clock.advance(20_000);

    expect(isWardenError(lease.lost.reason, 'lease-lost')).toBe(true);
    await lease.release();
  });

  it('stops prolonging when released, and does not call that a loss', async () => {
    const { clock, lease, renewedAt, given } = hold(async () => undefined);
    await clock.advance(20_000);

    await lease.release();
    await clock.advance(100_000);

    expect(renewedAt).toEqual([20_000]);
    expect(lease.lost.aborted).toBe(false);
    expect(given()).toBe(1);
    expect(clock.sleeping).toBe(0);
  });
});
