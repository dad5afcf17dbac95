/** What lists have in common: `--maxresults`, as az calls it, and items that cannot be read. */
import type { OptionSpec } from '../frame/command.ts';
import { wholeNumber } from '../frame/option-values.ts';

/** Limits a list. */
export const MOST_RESULTS: OptionSpec = { flags: '--maxresults <n>', description: 'show at most so many' };
/** The value of {@link MOST_RESULTS}. */
export const MostResults = { maxresults: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional() };

/** Items that cannot be read, as lines that come before the answer. */
export function doubtsOf(odd: readonly string[]): readonly string[] {
  return odd.map((fault) => `CANNOT TELL: ${fault}`);
}
