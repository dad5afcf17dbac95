// What arrived: totals, seconds, and the busiest second wherever it begins.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createArrivals } from '../../../src/emulator/limits/arrivals.ts';
import { startEmulator } from '../../../src/emulator/start-emulator.ts';
import { API, raw } from '../support/emulator.ts';

const START = Date.UTC(2026, 0, 1);

function counting(startMs = 5_000) {
  const clock = { ms: startMs };
  const arrivals = createArrivals(
    () => clock.ms,
    () => START,
  );
  /** Lets `backupKey` arrive at these times, milliseconds since counting began. */
  const at = (...times: readonly number[]) => {
    for (const time of times) {
      clock.ms = startMs + time;
      arrivals.arrived('backupKey');
    }
  };
  return { arrivals, at };
}

describe('the busiest second', () => {
  test.each([
    ['999 ms apart: one second', [0, 999], 2],
    ['1000 ms apart: two seconds', [0, 1000], 1],
    ['across the border of two whole seconds', [900, 950, 1100, 1200], 4],
    ['early on, quiet later', [0, 1, 2, 5000, 9000], 3],
  ])('%s', (_, times, busiest) => {
    const { arrivals, at } = counting();
    at(...times);
    expect(arrivals.counts().operations).toEqual({
      backupKey: { total: times.length, throttled: 0, busiestSecond: busiest },
    });
  });

  property.prop([fc.array(fc.integer({ min: 0, max: 1200 }), { maxLength: 60 })])(
    'is the most that any 1000 ms hold',
    (gaps) => {
      const times = gaps.map((_, index) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0));
      const { arrivals, at } = counting();
      at(...times);
      const expected = times.map((end) => times.filter((time) => time <= end && time > end - 1000).length);
      const most = arrivals.counts().operations.backupKey?.busiestSecond ?? 0;
      // Several may arrive in the same millisecond: all of them count for the last one.
      expect(most).toBe(Math.max(0, ...expected));
    },
  );
});

test('seconds are counted from the beginning, those without arrivals are left out', () => {
  const { arrivals, at } = counting();
  at(0, 999, 1000, 7400);
  expect(arrivals.counts()).toMatchObject({
    since: '2026-01-01T00:00:00.000Z',
    seconds: [
      { second: 0, counts: { backupKey: 2 } },
      { second: 1, counts: { backupKey: 1 } },
      { second: 7, counts: { backupKey: 1 } },
    ],
  });
});

test('an hour of busy seconds is kept, the totals are not cut', () => {
  const { arrivals, at } = counting();
  at(...Array.from({ length: 3700 }, (_, second) => second * 1000));
  const { operations, seconds } = arrivals.counts();
  expect([seconds.length, seconds[0]?.second, operations.backupKey?.total]).toEqual([3600, 100, 3700]);
});

test('clearing starts from zero', () => {
  const { arrivals, at } = counting();
  at(0, 400);
  arrivals.clear();
  expect(arrivals.counts()).toMatchObject({ operations: {}, seconds: [] });
  at(600);
  expect(arrivals.counts().operations.backupKey).toEqual({ total: 1, throttled: 0, busiestSecond: 1 });
});

test('GET /_emulator/requests reports what arrived and what was throttled; moving the clock plays no part', async () => {
  const emulator = await startEmulator({ seedKeys: 1 });
  const call = (method: string, path: string) => raw(emulator, method, `${path}?${API}`);
  // So many that some are above the rate, however slow the machine is.
  const backups = 150;
  await Promise.all(Array.from({ length: backups }, () => call('POST', '/keys/seed-00001/backup')));
  await emulator.advanceClock(60_000);
  await call('GET', '/keys/seed-00001');
  await call('GET', '/nowhere');
  await raw(emulator, 'GET', `/keys?${API}`, { token: null });
  emulator.faults.add({ operation: 'getKeys', fault: { type: 'throttled' }, count: 1 });
  await call('GET', '/keys');

  const { json } = await raw(emulator, 'GET', '/_emulator/requests', { token: null });
  expect(json).toEqual(emulator.arrivals.counts());
  const Counts = z.object({
    operations: z.record(z.string(), z.object({ total: z.number(), throttled: z.number() })),
    seconds: z.array(z.object({ second: z.number(), counts: z.record(z.string(), z.number()) })),
  });
  const { operations, seconds } = Counts.parse(json);
  expect(operations).toMatchObject({
    backupKey: { total: backups },
    getKey: { total: 1, throttled: 0 },
    getKeys: { total: 1, throttled: 1 },
  });
  expect(operations.backupKey?.throttled).toBeGreaterThan(0);
  expect(Object.keys(operations)).toHaveLength(3);
  expect(seconds.reduce((sum, { counts }) => sum + (counts.backupKey ?? 0), 0)).toBe(backups);
  expect(seconds.at(-1)?.second).toBeLessThan(60);

  expect((await raw(emulator, 'DELETE', '/_emulator/requests')).status).toBe(204);
  expect(emulator.arrivals.counts().operations).toEqual({});
  await emulator.close();
});
