/** `--version`, as az calls it. */
import { z } from 'zod';
import type { OptionSpec } from '../frame/command.ts';

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
