/** `--maxresults`, as az calls it. */
import type { OptionSpec } from '../frame/command.ts';
import { wholeNumber } from '../frame/option-values.ts';

/** Limits a list. */
export const MOST_RESULTS: OptionSpec = { flags: '--maxresults <n>', description: 'show at most so many' };
/** The value of {@link MOST_RESULTS}. */
export const MostResults = { maxresults: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional() };
