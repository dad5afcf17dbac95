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
    ...rest,
    run: (context, given) => run(context, check(schema, given, definition.path)),
  };
}

function check<Schema extends z.ZodType>(schema: Schema, given: unknown, path: string): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const [name] = issue.path;
    return name === undefined ? issue.message : `${flagOf(String(name))}: ${issue.message}`;
  });
  throw new UsageError(`${faults.join('; ')}.`, `See: hsm-warden ${path} --help`);
}

/** `hsmName` was given as `--hsm-name`. */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
