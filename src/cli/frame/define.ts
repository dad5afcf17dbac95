/** Makes a command from its definition: what was given is checked by its schema before anything runs. */
import type { z } from 'zod';
import type { Command, Definition } from './command.ts';
import { UsageError } from './failures.ts';

/** The command of a definition. */
export function defineCommand<Schema extends z.ZodType>(definition: Definition<Schema>): Command {
  const { schema, run, ...rest } = definition;
  return {
    details: [],
    arguments: [],
    format: 'json',
    isAz: false,
    interrupted: 'nothing was changed.',
    ...rest,
    run: (context, given) => run(context, check(schema, given, definition)),
  };
}

function check<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  { path, arguments: positional = [] }: Definition<Schema>,
): z.output<Schema> {
  const inPlace = new Map(positional.map(({ name }) => [name.replaceAll(/[<>[\].]/g, ''), name]));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const [name] = issue.path;
    if (name === undefined) return issue.message;
    return `${inPlace.get(String(name)) ?? flagOf(String(name))}: ${issue.message}`;
  });
  throw new UsageError(`${faults.join('; ')}.`, `See: hsm-warden ${path} --help`);
}

/** `hsmName` was given as `--hsm-name`. */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
