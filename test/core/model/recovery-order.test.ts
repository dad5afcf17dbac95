/** Which of two recovery points is the younger: it decides what is restored, pinned and shown. */
import { describe, expect, it } from 'vitest';
import { olderFirst, type PointInTime, placeInTime } from '../../../src/core/model/recovery-order.ts';

interface Point {
  readonly storedAt?: number;
  readonly capturedAt?: number;
  readonly versions?: number;
  readonly blob?: string;
}

function aPoint({ storedAt = 1000, capturedAt = 1000, versions = 1, blob = 'b' }: Point): PointInTime {
  const record = {
    capturedAt,
    versions: Array.from({ length: versions }, (_, n) => ({ version: String(n).padStart(32, '0') })),
  };
  return { blob, storedAt, record };
}

describe('the order of recovery points', () => {
  it.each<{ name: string; older: Point; younger: Point }>([
    {
      name: 'captured and stored earlier, though it has more versions',
      older: { storedAt: 1000, capturedAt: 900, versions: 9 },
      younger: { storedAt: 2000, capturedAt: 1900 },
    },
    {
      name: 'captured earlier than the original of a copy that was stored later',
      older: { storedAt: 9000, capturedAt: 1000 },
      younger: { storedAt: 2000, capturedAt: 2000 },
    },
    {
      name: 'stored earlier, though a clock that was ahead dated it later',
      older: { storedAt: 1000, capturedAt: 99_000 },
      younger: { storedAt: 2000, capturedAt: 2000 },
    },
    {
      name: 'with fewer versions within the same second, though it was captured later',
      older: { capturedAt: 1700, versions: 1 },
      younger: { capturedAt: 1200, versions: 2 },
    },
    {
      name: 'captured earlier, with as many versions within the same second',
      older: { capturedAt: 1200, blob: 'z' },
      younger: { capturedAt: 1700, blob: 'a' },
    },
    {
      name: 'with the name that comes first, where nothing else differs',
      older: { blob: 'a' },
      younger: { blob: 'b' },
    },
  ])('the older one is that $name', ({ older, younger }) => {
    const [a, b] = [aPoint(older), aPoint(younger)];

    expect(olderFirst(a, b)).toBeLessThan(0);
    expect(olderFirst(b, a)).toBeGreaterThan(0);
    expect([b, a].sort(olderFirst)).toEqual([a, b]);
  });

  it('makes no difference between a point and itself', () => {
    expect(olderFirst(aPoint({}), aPoint({}))).toBe(0);
    expect(placeInTime(aPoint({}), aPoint({ versions: 2, blob: 'a' }))).toBe(0);
  });
});
