// How long real answers took: percentiles of `x-ms-server-latency` in recorded answers of real pools, 2020 to 2025.
import type { LatencyClass } from '../model/operation.ts';

/** Milliseconds at the 10th, 50th, 90th and 99th percentile. */
export type Percentiles = readonly [p10: number, p50: number, p90: number, p99: number];

/** The number of samples stands behind each line; operations without recordings use a similar one's figures. */
export const LATENCIES: Readonly<Record<LatencyClass, Percentiles>> = {
  backupKey: [34, 80, 131, 180], // 53
  createKey: [207, 247, 396, 2041], // 1050
  decrypt: [0, 3, 94, 152], // 185
  deleteKey: [78, 145, 184, 420], // 624
  encrypt: [0, 1, 78, 115], // 121
  getDeletedKey: [28, 34, 41, 76], // 514
  getDeletedKeys: [31, 39, 74, 345], // 118
  getKey: [0, 17, 99, 450], // 388
  getKeyVersions: [33, 72, 108, 154], // 93
  getKeys: [29, 41, 74, 272], // 228
  importKey: [213, 260, 364, 1020], // 168
  purgeDeletedKey: [101, 115, 222, 382], // 432
  recoverDeletedKey: [117, 131, 233, 327], // 85
  restoreKey: [44, 117, 171, 282], // 53
  sign: [2, 12, 137, 192], // 363
  unwrapkey: [3, 13, 135, 168], // 57
  updateKey: [58, 76, 510, 984], // 59
};
