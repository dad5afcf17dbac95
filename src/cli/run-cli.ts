/** Runs one command line in given surroundings; the entry and the tests call this. */
import { COMMANDS, GROUPS } from './commands.ts';
import type { CliContext } from './frame/context.ts';
import { runProgram } from './frame/program.ts';

/** The version of the product, as in package.json; a test compares them. */
export const VERSION = '0.2.0';

/** The exit code of `hsm-warden ...args`. */
export function runCli(args: readonly string[], context: CliContext): Promise<number> {
  return runProgram({ version: VERSION, commands: COMMANDS, groups: GROUPS }, args, context);
}
