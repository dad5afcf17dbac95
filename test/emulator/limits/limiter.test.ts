// The rates: what passes immediately, and what after how long.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { createLimiter } from '../../../src/emulator/limits/limiter.ts';
import { RATES } from '../../../src/emulator/limits/rates.ts';
import type { LimitClass } from '../../../src/emulator/model/operation.ts';

function limiter() {
  const clock = { ms: 0 };
  const { take } = createLimiter(() => clock.ms);
  const many = (limit: LimitClass, count: number) =>
    Array.from({ length: count }, () => take(limit)).filter(Boolean).length;
  return { clock, take, many };
}

describe.each(['create', 'delete', 'purge', 'backup', 'restore', 'get', 'roles'] as const)('%s', (limit) => {
  const { perSecond, burst } = RATES[limit];

  test('passes its burst together and nothing more', () => {
    expect(limiter().many(limit, burst + 5)).toBe(burst);
  });

  test.each([
    ['just before', 0.99, 0],
    ['at', 1, 1],
  ])('%s the time of one more: %d of it, %i passes', (_, share, passes) => {
    const { clock, many } = limiter();
    many(limit, burst);
    clock.ms = (1000 / perSecond) * share;
    expect(many(limit, 5)).toBe(passes);
  });

  test('is not affected by another class', () => {
    const { take, many } = limiter();
    many(limit, burst + 1);
    expect(take(limit === 'backup' ? 'restore' : 'backup')).toBe(true);
  });
});

test('operations without a rate always pass', () => {
  expect(limiter().many('none', 10_000)).toBe(10_000);
});

test('bursts of ten backups a second are never refused, also when they come some milliseconds early', () => {
  const { clock, many } = limiter();
  const early = [0, 3, -4, 0, 5, -2, 1];
  for (const [second, jitter] of early.entries()) {
    clock.ms = 100 + second * 1000 + jitter;
    expect(many('backup', 10)).toBe(10);
  }
});

property.prop([fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 50, maxLength: 200 })])(
  'in any time no more backups pass than the burst and the rate allow',
  (gaps) => {
    const { clock, take } = limiter();
    const passed: number[] = [];
    for (const gap of gaps) {
      clock.ms += gap;
      if (take('backup')) passed.push(clock.ms);
    }
    for (const [index, start] of passed.entries()) {
      for (const [offset, at] of passed.slice(index).entries()) {
        expect(offset + 1).toBeLessThanOrEqual(
          RATES.backup.burst + ((at - start) / 1000) * RATES.backup.perSecond + 1e-6,
        );
      }
    }
  },
);
