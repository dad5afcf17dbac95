// Draws latencies that are distributed as the recorded ones.
import type { LatencyClass } from '../model/operation.ts';
import { LATENCIES } from './table.ts';

const MARKS = [0.1, 0.5, 0.9, 0.99] as const;

/** Milliseconds for one operation of a class. */
export type LatencySampler = (latency: LatencyClass) => number;

/** Answers as fast as they can be. */
export const NO_LATENCY: LatencySampler = () => 0;

/** Draws from the recorded distributions with `uniform`, numbers from 0 to 1. */
export function recordedLatency(uniform: () => number): LatencySampler {
  return (latency) => quantile(LATENCIES[latency], uniform());
}

/** The value at `share`: straight lines between the known percentiles, flat beyond the first and the last. */
export function quantile(values: readonly number[], share: number): number {
  const upper = MARKS.findIndex((mark) => share <= mark);
  if (upper === -1) return values.at(-1) ?? 0;
  if (upper === 0) return values[0] ?? 0;
  const [from = 0, to = 1] = [MARKS[upper - 1], MARKS[upper]];
  const [low = 0, high = 0] = [values[upper - 1], values[upper]];
  return low + ((share - from) / (to - from)) * (high - low);
}

/** A small seeded generator of uniform numbers from 0 to 1 (mulberry32), so that a run can be repeated. */
export function seededUniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
