// Reads the command line of the emulator.
import { parseArgs } from 'node:util';
import {
  COMMAND_OPTIONS,
  type CommandOption,
  CommandValues,
  memberName,
  optionsOf,
} from './command-options.ts';
import type { EmulatorOptions } from './options.ts';

const HELP: CommandOption = { name: 'help', short: 'h', description: 'print this and end' };
const ALL = [...COMMAND_OPTIONS, HELP];
const COLUMN = 28;

export const USAGE = [
  'usage: npm run emulator -- [options]',
  ...ALL.map((option) => `  ${flagsOf(option).padEnd(COLUMN)}${option.description}`),
].join('\n');

/** The command line does not say what to start. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the command line asks for: the help text, or an emulator. Throws UsageError listing every problem. */
export function readCommandLine(
  args: readonly string[],
): 'help' | { readonly options: EmulatorOptions; readonly json: boolean } {
  const { help, ...values } = rawValues(args);
  if (help === true) return 'help';
  const parsed = CommandValues.safeParse(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [memberName(name), value])),
  );
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${optionOf(path[0])}: ${message}`);
    throw new UsageError(faults.join('\n'));
  }
  return { options: optionsOf(parsed.data), json: parsed.data.json ?? false };
}

function rawValues(args: readonly string[]): Readonly<Record<string, unknown>> {
  const options = ALL.map(({ name, short, value }) => {
    const type: 'string' | 'boolean' = value === undefined ? 'boolean' : 'string';
    return [name, { type, ...(short !== undefined && { short }) }] as const;
  });
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(options) }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** How an option is written in a help text: `-n, --name NAME`. */
function flagsOf({ name, short, value }: CommandOption): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value.toUpperCase()}`;
  return short === undefined ? long : `-${short}, ${long}`;
}

function optionOf(member: PropertyKey | undefined): string {
  const known = COMMAND_OPTIONS.find(({ name }) => memberName(name) === member);
  return `--${known?.name ?? String(member)}`;
}
