/** What every command has that opens a request: which key, why, and what an interruption leaves open. */
import { z } from 'zod';
import type { OptionSpec } from '../frame/command.ts';

/** The key that is asked for. */
export const KEY_OPTIONS: readonly OptionSpec[] = [
  { flags: '--hsm <name>', description: 'the HSM the key was on' },
  { flags: '--key <name>', description: 'the key' },
];

/** Why it is asked for. */
export const REASON_OPTION: OptionSpec = {
  flags: '--reason <text>',
  description: 'why, for the approvers and the audit log',
};

/** Their values. */
export const Asking = {
  hsm: z.string('expected the name of an HSM').min(1),
  key: z.string('expected the name of a key').min(1),
  reason: z.string('expected a reason').min(1),
};

/** What Ctrl-C leaves open. */
export const ASK_INTERRUPTED =
  'whether the request was opened is not known; hsm-warden recovery list tells. The same command can be run again.';
