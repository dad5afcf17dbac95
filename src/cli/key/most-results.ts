/** `--maxresults`, as az calls it. */
import { z } from 'zod';
import type { OptionSpec } from '../frame/command.ts';

/** Limits a list. */
export const MOST_RESULTS: OptionSpec = { flags: '--maxresults <n>', description: 'show at most so many' };
/** The value of {@link MOST_RESULTS}. */
export const MostResults = { maxresults: z.coerce.number().int().min(1).optional() };
