// Latencies are distributed as recorded.
import { describe, expect, test } from 'vitest';
import { quantile, recordedLatency, seededUniform } from '../../../src/emulator/latency/sampler.ts';
import { LATENCIES } from '../../../src/emulator/latency/table.ts';

test.each([
  [0, 34],
  [0.1, 34],
  [0.3, 57],
  [0.5, 80],
  [0.9, 131],
  [0.99, 180],
  [1, 180],
])('the quantile %d of key backups is %d ms', (share, ms) => {
  expect(quantile(LATENCIES.backupKey, share)).toBeCloseTo(ms);
});

describe('drawn with a seed', () => {
  test('half of the backups take no longer than the recorded median, within two per cent', () => {
    const sample = recordedLatency(seededUniform(7));
    const draws = Array.from({ length: 20_000 }, () => sample('backupKey'));
    const share = draws.filter((ms) => ms <= 80).length / draws.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.02);
  });

  test('the same seed gives the same latencies, another seed others', () => {
    const draw = (seed: number) => {
      const sample = recordedLatency(seededUniform(seed));
      return [sample('getKey'), sample('createKey'), sample('getKeys')];
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
