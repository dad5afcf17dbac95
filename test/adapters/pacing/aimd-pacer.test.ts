/** The pacer never lets more start in a second than the rate says, loses almost no time, and follows the HSM's answers. */
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AimdPacer } from '../../../src/adapters/pacing/aimd-pacer.ts';
import type { Clock } from '../../../src/core/ports.ts';
import { failureOf } from '../../support/errors.ts';
import { ManualClock } from '../../support/memory/manual-clock.ts';

/** Timers that are late by up to this, each by another time, cost nothing in the long run. */
const USUAL_LATENESS_MS = 10;

/** A clock whose sleeps end late, by `lateness` milliseconds in turn, as a busy machine's do. */
function lateClock(clock: Clock, lateness: readonly number[]): Clock {
  let sleeps = 0;
  return {
    now: () => clock.now(),
    sleep(ms, signal) {
      const late = lateness[sleeps % Math.max(1, lateness.length)] ?? 0;
      sleeps += 1;
      return clock.sleep(ms + late, signal);
    },
  };
}

const RATE = fc.integer({ min: 1, max: 20 });
const COUNT = fc.integer({ min: 1, max: 200 });
const latenessUpTo = (max: number) => fc.array(fc.integer({ min: 0, max }), { maxLength: 40 });

/** The most starts in any window of one second that begins with a start. */
function mostInASecond(starts: readonly number[]): number {
  return Math.max(0, ...starts.map((from) => starts.filter((at) => at >= from && at < from + 1000).length));
}

async function startAll(pacer: AimdPacer, clock: Clock, count: number): Promise<number[]> {
  const starts: number[] = [];
  await Promise.all(Array.from({ length: count }, () => pacer.take().then(() => starts.push(clock.now()))));
  return starts;
}

describe('AimdPacer', () => {
  it('takes at most 2 % longer than the rate alone would, and the lateness of one timer', async () => {
    await fc.assert(
      fc.asyncProperty(RATE, COUNT, latenessUpTo(USUAL_LATENESS_MS), async (rate, count, lateness) => {
        const clock = new ManualClock({ autoAdvance: true });
        const pacer = new AimdPacer({ ratePerSecond: rate, clock: lateClock(clock, lateness) });
        const begin = clock.now();

        const starts = await startAll(pacer, clock, count);

        expect(mostInASecond(starts)).toBeLessThanOrEqual(rate);
        expect(clock.now() - begin).toBeLessThanOrEqual((1.02 * count * 1000) / rate + USUAL_LATENESS_MS + 1);
      }),
    );
  });

  it('never starts more than the rate in any second, however late timers are', async () => {
    await fc.assert(
      fc.asyncProperty(RATE, COUNT, latenessUpTo(3000), async (rate, count, lateness) => {
        const clock = new ManualClock({ autoAdvance: true });
        const pacer = new AimdPacer({ ratePerSecond: rate, clock: lateClock(clock, lateness) });

        expect(mostInASecond(await startAll(pacer, clock, count))).toBeLessThanOrEqual(rate);
      }),
    );
  });

  it('loses nothing to timers that are always late by the same time, however long', async () => {
    const clock = new ManualClock({ autoAdvance: true });
    const pacer = new AimdPacer({ ratePerSecond: 10, clock: lateClock(clock, [60]) });
    const begin = clock.now();

    await startAll(pacer, clock, 600);

    expect(clock.now() - begin).toBeLessThanOrEqual(60_000 * 1.02);
  });

  it('never starts more than the rate in any second, whatever comes in between', async () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 1500 }) }),
      fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1, max: 15 }) }),
      fc.record({ kind: fc.constant('throttled' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
      fc.record({ kind: fc.constant('succeeded' as const) }),
      fc.record({ kind: fc.constant('abort' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(event, { maxLength: 60 }),
        async (rate, events) => {
          const clock = new ManualClock();
          const pacer = new AimdPacer({ ratePerSecond: rate, clock });
          const starts: number[] = [];
          let closedUntil = 0;
          let early = false;
          let doomed = new AbortController();
          for (const one of events) {
            if (one.kind === 'wait') await clock.advance(one.ms);
            if (one.kind === 'succeeded') pacer.succeeded();
            if (one.kind === 'throttled') {
              pacer.throttled(one.ms);
              closedUntil = Math.max(closedUntil, clock.now() + one.ms);
            }
            if (one.kind === 'abort') {
              doomed.abort();
              doomed = new AbortController();
            }
            for (let n = 0; one.kind === 'take' && n < one.count; n += 1) {
              const take = pacer.take(n % 3 === 0 ? doomed.signal : undefined).then(() => {
                early ||= clock.now() < closedUntil;
                starts.push(clock.now());
              });
              take.catch(() => undefined);
            }
            await setImmediate();
            expect(pacer.rate).toBeGreaterThanOrEqual(Math.min(0.5, rate));
            expect(pacer.rate).toBeLessThanOrEqual(rate);
          }
          expect(early).toBe(false);
          expect(mostInASecond(starts)).toBeLessThanOrEqual(rate);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('starts the first at once and the others evenly, 1.5 % further apart than the rate says', async () => {
    const clock = new ManualClock({ autoAdvance: true });
    const begin = clock.now();

    const starts = await startAll(new AimdPacer({ ratePerSecond: 10, clock }), clock, 4);

    expect(starts.map((at) => at - begin)).toEqual([0, 102, 203, 305]);
  });

  it('keeps a rate with a fraction', async () => {
    const clock = new ManualClock({ autoAdvance: true });
    const begin = clock.now();

    const starts = await startAll(new AimdPacer({ ratePerSecond: 2.5, clock }), clock, 51);

    expect(clock.now() - begin).toBeLessThanOrEqual(1.02 * 50 * 400);
    expect(mostInASecond(starts)).toBe(3);
  });

  it('saves up no time in which nobody wanted to start', async () => {
    const clock = new ManualClock();
    const pacer = new AimdPacer({ ratePerSecond: 10, clock });
    await pacer.take();
    await clock.advance(60_000);
    const starts: number[] = [];
    for (let n = 0; n < 5; n += 1) void pacer.take().then(() => starts.push(clock.now()));

    await clock.advance(210);

    expect(starts).toHaveLength(3);
  });

  it('serves whoever came first', async () => {
    const clock = new ManualClock({ autoAdvance: true });
    const pacer = new AimdPacer({ ratePerSecond: 10, clock });
    const served: number[] = [];

    await Promise.all([1, 2, 3, 4].map((n) => pacer.take().then(() => served.push(n))));

    expect(served).toEqual([1, 2, 3, 4]);
  });

  it('slows down when throttled, but once for all requests that were under way together', async () => {
    const clock = new ManualClock();
    const pacer = new AimdPacer({ ratePerSecond: 10, clock });

    for (let n = 0; n < 5; n += 1) pacer.throttled();
    const first = pacer.rate;
    await clock.advance(1000);
    pacer.throttled();

    expect(first).toBeCloseTo(7);
    expect(pacer.rate).toBeCloseTo(4.9);
  });

  it.each([
    ['just before', 4_999, 0],
    ['at', 5_000, 1],
  ])('starts nothing %s the end of the time the HSM asked for', async (_when, ms, started) => {
    const clock = new ManualClock();
    const pacer = new AimdPacer({ ratePerSecond: 10, clock });
    pacer.throttled(5_000);
    const starts: number[] = [];
    void pacer.take().then(() => starts.push(clock.now()));

    await clock.advance(ms);

    expect(starts).toHaveLength(started);
  });

  it('comes back from its slowest to the set rate within ten seconds of success', async () => {
    const clock = new ManualClock({ autoAdvance: true });
    const pacer = new AimdPacer({ ratePerSecond: 10, clock });
    for (let n = 0; n < 30; n += 1) {
      pacer.throttled();
      await clock.sleep(1000);
    }
    const slowest = pacer.rate;
    const begin = clock.now();

    while (pacer.rate < 10) {
      await pacer.take();
      pacer.succeeded();
    }

    expect(slowest).toBe(0.5);
    expect(clock.now() - begin).toBeLessThanOrEqual(10_000);
  });

  it('forgets a waiter that gives up, and serves those behind it', async () => {
    const clock = new ManualClock();
    const pacer = new AimdPacer({ ratePerSecond: 1, clock });
    await pacer.take();
    const gaveUp = new AbortController();
    const failure = failureOf(pacer.take(gaveUp.signal));
    const served: string[] = [];
    void pacer.take().then(() => served.push('behind'));

    gaveUp.abort();
    await clock.advance(1015);

    expect((await failure).code).toBe('aborted');
    expect(served).toEqual(['behind']);
  });

  it('sleeps no longer once the last waiter has given up, and still serves who comes then', async () => {
    const clock = new ManualClock();
    const pacer = new AimdPacer({ ratePerSecond: 1, clock });
    await pacer.take();
    const gaveUp = new AbortController();
    const failure = failureOf(pacer.take(gaveUp.signal));
    gaveUp.abort();
    await failure;
    await setImmediate();
    const sleeping = clock.sleeping;
    const served: string[] = [];
    void pacer.take().then(() => served.push('later'));

    await clock.advance(1015);

    expect(sleeping).toBe(0);
    expect(served).toEqual(['later']);
    expect((await failureOf(pacer.take(AbortSignal.abort()))).code).toBe('aborted');
  });
});
