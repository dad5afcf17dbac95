/** Options that several commands take, as az calls them. */
import { z } from 'zod';
import type { OptionSpec } from '../frame/command.ts';
import { wholeNumber } from '../frame/option-values.ts';

/** Names a version of a key. */
export const VERSION_OPTION: OptionSpec = {
  flags: '-v, --version <version>',
  description: 'a version of the key, in place of the newest',
};
/** The value of {@link VERSION_OPTION}; empty means the newest, as with az. */
export const VersionOption = {
  version: z
    .string()
    .regex(/^([0-9a-f]{32})?$/i, 'expected 32 hex digits')
    .transform((version) => (version === '' ? undefined : version.toLowerCase()))
    .optional(),
};

/** Limits a list. */
export const MOST_RESULTS: OptionSpec = { flags: '--maxresults <n>', description: 'show at most so many' };
/** The value of {@link MOST_RESULTS}. */
export const MostResults = { maxresults: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional() };

/** Items that cannot be read, as lines that come before the answer. */
export function doubtsOf(odd: readonly string[]): readonly string[] {
  return odd.map((fault) => `CANNOT TELL: ${fault}`);
}
