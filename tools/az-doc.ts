/** Makes the text of docs/az.md: the commands of az for keys and roles, flag by flag, beside ours. */
import { COMMANDS } from '../src/cli/commands.ts';
import type { Command } from '../src/cli/frame/command.ts';
import { EXIT_CODES } from '../src/cli/frame/exit-codes.ts';
import { allOptions } from '../src/cli/frame/options.ts';
import { AZ_FORMATS } from '../src/cli/frame/render-az.ts';
import { AZ_COMMANDS, AZ_GLOBAL_FLAGS, DIFFERENCES, type Difference } from './az-reference.ts';

const HEAD = `# hsm-warden and az

A script for the Azure CLI works after replacing \`az keyvault key\` by \`hsm-warden key\`, and \`az keyvault role\` by
\`hsm-warden role\`:

    az keyvault key list --hsm-name ContosoHSM --query "[?attributes.enabled].name" -o tsv
    hsm-warden key list --hsm-name ContosoHSM --query "[?attributes.enabled].name" -o tsv

Members, their order and their values are those of Azure CLI 2.45, which was tried against the same emulator; more than
170 commands are compared with what it printed (\`npx vitest run test/cli/az\`). What az does without a guard is safer here. This
page is made from the commands themselves by \`npm run docs\`; a test fails when the two differ.

## Output

\`-o\` takes FORMATS, in any case, and \`AZURE_CORE_OUTPUT\` says it for all commands, as with az; \`yaml\` and \`yamlc\`
are refused. Without \`-o\` and \`--query\` a terminal gets a table for people, with more columns; everything else gets JSON.

\`--query\` is JMESPath as az has it: strings have an order (\`[?attributes.created < '2026-01-01']\`), and a literal that is
no JSON is a string. The library is \`@jmespath-community/jmespath\`. \`@aws-lambda-powertools/jmespath\` is as well kept and
follows the specification more closely, but has neither of the two and shows its syntax tree to nobody, so that they cannot be
added; scripts compare dates all the time. The community's finds no largest text by \`max_by\` and \`min_by\`, which is put right
here, and has functions that az has not (\`items\`, \`split\`, \`let\`). It is one file of 72 kB without dependencies (the other:
108 kB and one dependency), loaded for \`--query\` alone; its licence is MPL-2.0, its source is on npm.

\`-o table\` and \`-o tsv\` leave out what could steer a terminal. \`keyOps\` has the service's order, which changes from call to call.

## Exit codes

EXIT_CODES
az ends with 1 where a file cannot be read, a password is wrong or the key is not named; here that is 2, for nothing was tried.

## Flags of every command

GLOBALS
## Command by command

`;

const VERDICTS = {
  same: 'same',
  safer: 'safer',
  more: 'same, and more',
  partly: 'partly refused',
  refused: 'refused',
} as const;

/** The whole page. Fails when a command or flag of az is neither here nor explained. */
export function azPage(): string {
  const codes = Object.values(EXIT_CODES).map(({ code, meaning }) => `- ${code}: ${meaning}\n`);
  const [any] = COMMANDS.filter(({ isAz }) => isAz);
  if (any === undefined) throw new Error('no command of az');
  const globals = AZ_GLOBAL_FLAGS.map((flag) => {
    const ours = allOptions(any).find(({ flags }) => namesIn(flags).includes(flag));
    return `- \`${flag}\`: ${flag === '--help' ? 'the help of the command' : (ours?.description ?? fail(flag))}\n`;
  });
  const head = HEAD.replace('FORMATS', AZ_FORMATS.map((format) => `\`${format}\``).join(', '))
    .replace('EXIT_CODES', codes.join(''))
    .replace('GLOBALS', globals.join(''));
  return head + Object.entries(AZ_COMMANDS).map(commandText).join('');
}

function commandText([path, flags]: [string, readonly string[]]): string {
  const command = COMMANDS.find((one) => one.path === path && one.isAz) ?? fail(path);
  const difference = DIFFERENCES[path];
  const verdict = difference === undefined ? 'Same' : `Safer: ${difference.why}`;
  const rows = flags.map((flag) => flagRow(command, flag));
  const known = new Set([...flags, ...AZ_GLOBAL_FLAGS]);
  const own = command.options
    .map(({ flags: given }) => namesIn(given).at(-1) ?? '')
    .filter((name) => !known.has(name));
  return [
    `### az keyvault ${path}\n\n\`hsm-warden ${path}\`. ${verdict}.\n`,
    rows.length === 0 ? '' : `\n| flag of az | ours | |\n|---|---|---|\n${rows.join('')}`,
    own.length === 0 ? '' : `\nOurs alone: ${own.map((name) => `\`${name}\``).join(', ')}.\n`,
    '\n',
  ].join('');
}

function flagRow(command: Command, flag: string): string {
  const ours = command.options.find(({ flags }) => namesIn(flags).includes(flag));
  const difference: Difference | undefined =
    DIFFERENCES[`${command.path} ${flag}`] ?? DIFFERENCES[`* ${flag}`];
  if (ours === undefined && difference?.verdict !== 'refused') fail(`${command.path} ${flag}`);
  const verdict = VERDICTS[difference?.verdict ?? 'same'];
  return `| \`${flag}\` | ${ours === undefined ? '' : `\`${ours.flags}\``} | ${verdict}${difference === undefined ? '' : `: ${difference.why}`} |\n`;
}

function namesIn(flags: string): readonly string[] {
  return flags.split(/[ ,]+/).filter((word) => word.startsWith('-'));
}

function fail(what: string): never {
  throw new Error(`az has ${what}; docs/az.md says nothing of it`);
}
