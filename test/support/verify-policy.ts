import { EVERY_KEY } from '../../src/core/model/selection.ts';
import { DEFAULT_RETRY } from '../../src/core/retry.ts';
import type { VerifyPolicy } from '../../src/features/verify/verify.ts';
import { DAY_MS } from './watch-world.ts';

/** The rules of a verification that ends in one part and of a store that removes nothing yet, with `change`. */
export function aVerifyPolicy(change: Partial<VerifyPolicy> = {}): VerifyPolicy {
  return {
    concurrency: 2,
    budgetMs: DAY_MS,
    retry: DEFAULT_RETRY,
    selection: EVERY_KEY,
    retentionMs: 400 * DAY_MS,
    ...change,
  };
}
