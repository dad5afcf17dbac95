/** The options of a command: its own, and those that all have. */
import { InvalidArgumentError, Option } from 'commander';
import { type Command, FORMATS, type OptionSpec } from './command.ts';
import { AZ_FORMATS } from './render-az.ts';

/** What az takes with every command. */
const AZ_OPTIONS: readonly OptionSpec[] = [
  { flags: '--query <jmespath>', description: 'JMESPath expression for what to show, like "[].name"' },
  { flags: '--only-show-errors', description: 'as --quiet' },
  { flags: '--verbose', description: 'taken for the sake of az; HSM_WARDEN_LOG=info says more' },
  { flags: '--debug', description: 'taken for the sake of az; HSM_WARDEN_LOG=info says more' },
  {
    flags: '--subscription <id>',
    description: 'taken for the sake of az; names of HSMs are known to all of Azure',
  },
];

/** The options of a command, with those that all have. */
export function allOptions(command: Command): readonly OptionSpec[] {
  const output = command.isAz
    ? {
        description: 'how to show the answer, as az does (default: a table on a terminal, else json)',
        choices: AZ_FORMATS,
      }
    : { description: `how to show the answer (default: ${command.format})`, choices: FORMATS };
  return [
    ...command.options,
    ...(command.isAz ? AZ_OPTIONS : []),
    { flags: '--utc', description: 'show moments exactly (UTC), not by how far they are' },
    { flags: '-q, --quiet', description: 'say nothing of progress and waits' },
    { flags: '-o, --output <format>', ...output },
  ];
}

/** The option as commander knows it. Values of a list are taken in any case, as az does. */
export function commanderOption({ flags, description, choices }: OptionSpec): Option {
  const option = new Option(flags, description);
  if (choices === undefined) return option;
  option.choices([...choices]);
  return option.argParser((value: string, before: unknown) => {
    const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (found === undefined) {
      throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    }
    if (!option.variadic) return found;
    return Array.isArray(before) ? [...before, found] : [found];
  });
}
