/** Makes the text of docs/cli.md from the definitions of the commands. */

import { COMMANDS, GROUPS } from '../src/cli/commands.ts';
import type { Command, OptionSpec } from '../src/cli/frame/command.ts';
import { EXIT_CODES } from '../src/cli/frame/exit-codes.ts';
import { allOptions } from '../src/cli/frame/options.ts';
import { capturesSection } from './captures.ts';

const HEAD = `# The command line

\`hsm-warden\` does what an operator does: keys, backups, the watch, recoveries, and the one question that matters:

    hsm-warden status

It runs with your own credential (\`DefaultAzureCredential\`: az login, a workload, a managed identity), so it can do what
you may do and no more. Installed it is \`npx hsm-warden …\`; in a checkout \`npm run -s warden -- …\`. To try it, leave
\`npm start\` running in another terminal and add \`--emulator\`:

    npm run -s warden -- status --emulator

On a fresh laptop, in the folder where azd was used or with the name of the group that holds the two apps:

    az login
    hsm-warden init                                    # or: hsm-warden init --resource-group rg-warden
    hsm-warden whoami

\`init\` reads the settings of the two apps and writes them into a named profile, without their secrets; \`hsm-warden use NAME\`
changes to another, and \`--profile NAME\` does so for one command. Where \`WARDEN_…\` variables are set
([configuration](configuration.md); \`WARDEN_CREDENTIAL\` and \`WARDEN_CLIENT_ID\` do not count here), these count alone. Without
settings the \`key\` commands still work, but nothing is backed up and nothing is deleted without \`--no-backup --yes-really\`.

When the app is down and the HSM is new: [break glass](break-glass.md).

This page is made from the commands themselves by \`npm run docs\`; a test fails when the two differ.

## For people who know az

Every command of "Manage a Managed HSM using the Azure CLI" works with \`az keyvault key\` replaced by
\`hsm-warden key\`, and prints what az prints; on a terminal without \`-o\` it is a table for people. Command by command, flag
by flag: [hsm-warden and az](az.md). What is different, on purpose:

- \`delete\` first makes sure of a good backup of all versions, and takes one where there is none.
- \`purge\` asks for the key's name, and refuses a key without a good backup.
- \`create\` and \`import\` take a first backup at once.
- \`backup\` never overwrites a file.
- \`restore\` says whether an active or a soft-deleted key is in the way, and what to do then.
- \`list-versions\` of a key that is not there is an error, not an empty list.
- \`--pem-password\` works, but warns; \`--pem-password-file\` takes a file, or \`-\` for standard input.

The article (2025-04-25) has misprints of its own: \`--tags “usage=signing] appname=myapp”\` stands for
\`--tags usage=signing appname=myapp\`; the last import by \`--id\` says \`key recover\` and \`--password\` for \`key import\` and
\`--pem-password\`; the HSM is ContosoMHSM in the beginning and ContosoHSM later.

## Output

\`-o json\`, \`-o table\` or \`-o tsv\`; of the commands that az has, too, in its formats and with its \`--query\`: [az](az.md).
The answer goes to standard output; progress, questions and troubles go to standard
error. Tables fit the terminal: long values are cut in the middle, moments are shown by how far they are (\`--utc\` shows
them exactly), sizes in units. TSV has the columns of the table in the same order, without titles, and never cut: moments as
\`2026-11-24T02:00:00Z\`, sizes in bytes; a new column comes at the end. JSON has everything that the table has, and more.

What could not be read is never left out in silence: the first line is \`CANNOT TELL: contoso could not be read (503)\` (on
standard error with json and tsv), no list or number stands for it, and the exit code is 2.

Moments in options are \`2027-01-31\`, \`2027-01-31T12:00Z\` or \`2027-01-31T12:00:00+02:00\`; without a zone they are UTC. Files
and pipes are read as UTF-8.

After a second without an answer a line on standard error says who is asked, and when the next try is due; \`--quiet\` leaves
that and all progress out. Ctrl-C is answered within a second, with what was done and how to go on. A reader that goes away
(\`| head\`) changes neither what is done nor the exit code. Progress bars are on terminals only, and colour on terminals only
unless \`NO_COLOR\` is set. Troubles are the log's own
lines, JSON; with \`HSM_WARDEN_LOG=info\` all its lines come, also those about what went well.

## Exit codes

| code | meaning |
|---|---|
`;

const CAPTURES = `
## On the screen

The same moment on a terminal of 80 and one of 140 columns, made from a fixed world by \`npm run docs\`. Colours are left out.
`;

/** The whole page. */
export function cliPage(): string {
  const codes = Object.values(EXIT_CODES).map(({ code, meaning }) => `| ${code} | ${meaning} |\n`);
  const groups = [...new Set(COMMANDS.map(({ path }) => path.split(' ')[0] ?? ''))];
  return `${HEAD}${codes.join('')}${CAPTURES}${capturesSection()}${groups.map(groupText).join('')}`;
}

function groupText(group: string): string {
  const commands = COMMANDS.filter(({ path }) => path.split(' ')[0] === group);
  const [only] = commands;
  const about = GROUPS[group];
  if (about === undefined) return only === undefined ? '' : commandText(only, '##');
  return `\n## ${group}\n\n${about}.\n${commands.map((command) => commandText(command, '###')).join('')}`;
}

function commandText(command: Command, heading: string): string {
  const words = ['hsm-warden', command.path, ...command.arguments.map(({ name }) => name)].join(' ');
  const rows = [
    ...command.arguments.map(({ name, description }) => row(name, description)),
    ...allOptions(command).map(optionRow),
  ];
  return [
    `\n${heading} ${words}\n`,
    ...[`${command.summary}.`, ...command.details].map((text) => `\n${text}\n`),
    `\n| option | meaning |\n|---|---|\n${rows.join('')}`,
    `\n${command.examples.map((example) => `    ${example}\n`).join('')}`,
  ].join('');
}

function optionRow({ flags, description, choices }: OptionSpec): string {
  const known =
    choices === undefined || description.includes(choices.join(' '))
      ? ''
      : `: ${choices.map((choice) => `\`${choice}\``).join(', ')}`;
  return row(flags, `${description}${known}`);
}

function row(name: string, text: string): string {
  return `| \`${name}\` | ${text} |\n`.replaceAll(/(?<=\S)\|(?=\S)/g, '\\|');
}
