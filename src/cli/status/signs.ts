/** How verdicts look. */
import type { Verdict } from '../../features/status/hsm-status.ts';

/** The colour of each verdict, and its words. */
export const SIGNS = {
  safe: ['green', 'SAFE'],
  'at-risk': ['red', 'AT RISK'],
  unknown: ['yellow', 'UNKNOWN'],
} as const satisfies Record<Verdict, readonly ['green' | 'red' | 'yellow', string]>;
